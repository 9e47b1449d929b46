//! L7: what computed, how long it took, and what happens to the visitor's data.

use leptos::prelude::*;

use super::{
    format,
    studio::{Phase, Studio},
};
use crate::web::{
    platform::offline::{self, Kept},
    worker::client::EngineStatus,
};

/// The page's last lines.
#[component]
pub fn Footer() -> impl IntoView {
    let studio = expect_context::<Studio>();
    let machine = Memo::new(move |_| match studio.phase.get() {
        Phase::Done(outcome) => Some(format!(
            "Computed on {} in {}; {} from file to result. Network {}.",
            outcome.opened.device,
            format::took(outcome.compute_secs),
            format::took(outcome.total_secs as f32),
            outcome.opened.model_id,
        )),
        _ => None,
    });
    view! {
        <footer class="colophon">
            <p id="machine" class="colophon__machine">{machine}</p>
            <Offline/>
            <p>
                "Decoding, separation and search run in this page. Its security policy lets it talk to no server but \
                 the one it came from, and after loading it asks that one for nothing more. "
                <a href="privacy.html">"What that means, and how to see it for yourself"</a>
            </p>
            <p>
                "The share of an instrument is the time in which it is heard, against the song's length. Songs are \
                 compared by these five shares."
            </p>
        </footer>
    }
}

/// Has the site kept for use without a network, and says how far that is.
#[component]
fn Offline() -> impl IntoView {
    let studio = expect_context::<Studio>();
    let kept = RwSignal::new(None);
    // Once the engine is there, so that a first visitor's song does not wait for what the next visit needs.
    let may_begin = Memo::new(move |may_begin: Option<&bool>| {
        may_begin.is_some_and(|may_begin| *may_begin)
            || matches!(studio.engine_status.get(), EngineStatus::Ready(_))
    });
    Effect::new(move |_| {
        if may_begin.get() {
            offline::keep(move |state| kept.set(Some(state)));
        }
    });
    view! { <p id="kept" class="colophon__kept">{move || kept.get().map(words)}</p> }
}

fn words(kept: Kept) -> &'static str {
    match kept {
        Kept::Underway => "Being kept on this machine, to work without a network.",
        Kept::Yes => "Kept on this machine: works without a network from now on.",
        Kept::NewerWaits => {
            "Works without a network. A newer version is here: reload the page to use it."
        }
        Kept::No => "Not kept on this machine: the page needs its server at the next visit.",
    }
}
