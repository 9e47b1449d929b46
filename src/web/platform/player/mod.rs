//! L7: one audio element that plays one part at a time.

use std::rc::Rc;

use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlAudioElement;

use super::{PlatformError, error::ignore};

/// What is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Playback {
    /// Position in the song.
    pub position_secs: f64,
    /// Whether it moves.
    pub is_playing: bool,
}

/// Plays audio from object URLs and reports its position.
pub struct Player {
    element: HtmlAudioElement,
    _listener: Closure<dyn Fn()>,
}

impl Player {
    /// A silent player; `report` hears of every change, some four times a second while playing.
    pub fn new(report: impl Fn(Playback) + 'static) -> Result<Self, PlatformError> {
        let element = HtmlAudioElement::new()?;
        let report = Rc::new(report);
        let listener = {
            let element = element.clone();
            Closure::<dyn Fn()>::new(move || report(playback(&element)))
        };
        for event in ["timeupdate", "play", "pause", "ended", "seeked"] {
            element.add_event_listener_with_callback(event, listener.as_ref().unchecked_ref())?;
        }
        Ok(Self {
            element,
            _listener: listener,
        })
    }

    /// Plays this part from the given position.
    pub fn play(&self, url: &str, position_secs: f64) {
        self.element.set_src(url);
        self.element.set_current_time(position_secs);
        self.resume();
    }

    /// Goes on playing.
    pub fn resume(&self) {
        let Ok(started) = self.element.play() else {
            return;
        };
        wasm_bindgen_futures::spawn_local(async move {
            // Refused (no permission yet, or replaced by another part): the element stays paused and has said so.
            ignore(JsFuture::from(started).await);
        });
    }

    /// Stops where it is.
    pub fn pause(&self) {
        // Pausing a paused element does nothing.
        ignore(self.element.pause());
    }

    /// Moves to another position.
    pub fn seek(&self, position_secs: f64) {
        self.element.set_current_time(position_secs);
    }

    /// Forgets what it played.
    pub fn unload(&self) {
        self.pause();
        // An element without a source has nothing to remove.
        ignore(self.element.remove_attribute("src"));
    }
}

fn playback(element: &HtmlAudioElement) -> Playback {
    Playback {
        position_secs: element.current_time(),
        is_playing: !element.paused() && !element.ended(),
    }
}
