//! One audio element for the previews of a catalogue's songs.

use std::rc::Rc;

use gloo_events::EventListener;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlAudioElement;

use super::{PlatformError, error::ignore};

/// How a preview came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Played through, or stopped.
    Over,
    /// Missing, or impossible to decode.
    Failed,
}

/// Plays one preview at a time.
pub struct Preview {
    element: HtmlAudioElement,
    _listeners: [EventListener; 2],
}

impl Preview {
    /// A silent element; `on_end` is called when a preview ends.
    pub fn new(on_end: impl Fn(Ending) + 'static) -> Result<Self, PlatformError> {
        let element = HtmlAudioElement::new()?;
        let on_end = Rc::new(on_end);
        let ends_with = |event, ending| {
            let on_end = Rc::clone(&on_end);
            EventListener::new(&element, event, move |_| on_end(ending))
        };
        let listeners = [
            ends_with("ended", Ending::Over),
            ends_with("error", Ending::Failed),
        ];
        Ok(Self {
            element,
            _listeners: listeners,
        })
    }

    /// Plays the sound at this address from its beginning, in place of what was playing.
    pub fn play(&self, url: &str) {
        self.element.set_src(url);
        let Ok(started) = self.element.play() else {
            return;
        };
        wasm_bindgen_futures::spawn_local(async move {
            // Replaced by another preview, or missing: the listener gets the error event for the latter.
            ignore(JsFuture::from(started).await);
        });
    }

    /// Stops.
    pub fn stop(&self) {
        // Pausing a paused element does nothing.
        ignore(self.element.pause());
    }
}
