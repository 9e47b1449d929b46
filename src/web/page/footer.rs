//! The footer: the device and time of the last analysis, offline use, privacy.

use leptos::prelude::*;

use super::{
    format,
    session::{Phase, Session},
    words,
};
use crate::web::{
    platform::offline::{self, OfflineState},
    worker::client::EngineStatus,
};

/// The page's last lines.
#[component]
pub fn Footer() -> impl IntoView {
    let session = expect_context::<Session>();
    let machine = Memo::new(move |_| match session.phase.get() {
        Phase::Done(song) => Some(format!(
            "Computed on {} in {}; {} from file to result. Model {}.",
            song.opened.device,
            format::elapsed(song.compute_secs),
            format::elapsed(song.total_secs as f32),
            song.opened.model_id,
        )),
        _ => None,
    });
    view! {
        <footer class="colophon">
            <p id="machine" class="colophon__machine">{machine}</p>
            <Offline/>
            <p>
                "Everything runs in this page. Its security policy lets it talk to no server but the one it came from, and \
                 that one is asked for the page's own files only. "
                <a href="privacy.html">"What that means, and how to see it for yourself"</a>
            </p>
            <p>
                "An instrument's share is the part of the song in which you can hear it. Songs are compared by their five \
                 shares."
            </p>
        </footer>
    }
}

/// Stores the site for offline use, and shows how far that is.
#[component]
fn Offline() -> impl IntoView {
    let session = expect_context::<Session>();
    let kept = RwSignal::new(None);
    // Once the engine is ready, so that the first song does not wait for files that only the next visit needs.
    let may_begin = Memo::new(move |may_begin: Option<&bool>| {
        may_begin.is_some_and(|may_begin| *may_begin)
            || matches!(session.engine_status.get(), EngineStatus::Ready(_))
    });
    Effect::new(move |_| {
        if may_begin.get() {
            offline::keep(move |state| kept.set(Some(state)));
        }
    });
    view! { <p id="kept" class="colophon__kept">{move || kept.get().map(offline_text)}</p> }
}

fn offline_text(state: OfflineState) -> &'static str {
    match state {
        OfflineState::Underway => "Being saved on this machine, to work offline.",
        OfflineState::Yes => words::WORKS_OFFLINE,
        OfflineState::NewerWaits => words::NEWER_VERSION,
        OfflineState::No => "Not saved on this machine: the next visit needs a network.",
    }
}
