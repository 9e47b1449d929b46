//! L7: what computed, how long it took, and what happens to the visitor's data.

use leptos::prelude::*;

use super::{
    format,
    studio::{Phase, Studio},
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
            <p>
                "Decoding, separation and search run in this page. Its security policy lets it talk to no server but \
                 the one it came from, and after loading it asks that one for nothing more."
            </p>
            <p>
                "The share of an instrument is the time in which it is heard, against the song's length. Songs are \
                 compared by these five shares."
            </p>
        </footer>
    }
}
