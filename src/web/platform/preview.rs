//! One audio element for the previews of a catalogue's songs.

use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, HtmlAudioElement};

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
    _listener: Closure<dyn Fn(Event)>,
}

impl Preview {
    /// A silent element; `on_end` is called when a preview ends.
    pub fn new(on_end: impl Fn(Ending) + 'static) -> Result<Self, PlatformError> {
        let element = HtmlAudioElement::new()?;
        let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            on_end(match event.type_().as_str() {
                "error" => Ending::Failed,
                _ => Ending::Over,
            });
        });
        for event in ["ended", "error"] {
            element.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref())?;
        }
        Ok(Self {
            element,
            _listener: listener,
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
