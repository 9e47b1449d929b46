//! The system's own controls for what plays (media keys, lock screen), and files that it opens with the page. Where a
//! browser lacks one of them, nothing happens.

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DataTransfer, File};

use super::{clock::scope, error::ignore, file_picker::Dropped};

/// What a media key or the lock screen asks for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MediaAction {
    /// Go on.
    Play,
    /// Rest.
    Pause,
    /// So many seconds on, or back where negative.
    SeekBy(f64),
    /// To this moment of the song.
    SeekTo(f64),
}

/// Seconds that the system's buttons move where it does not say.
const STEP_SECS: f64 = 10.0;

/// Calls back with what the system's controls ask for, and plays as music does: on a phone that is switched to silent.
pub fn listen(on_action: impl Fn(MediaAction) + Clone + 'static) {
    let navigator = scope().navigator();
    if let Some(session) = member(&navigator, "audioSession") {
        set(&session, "type", &"playback".into());
    }
    let Some(session) = session() else { return };
    let number =
        |details: &JsValue, name: &str| member(details, name).and_then(|number| number.as_f64());
    for name in ["play", "pause", "seekbackward", "seekforward", "seekto"] {
        let on_action = on_action.clone();
        let handler = Closure::<dyn Fn(JsValue)>::new(move |details: JsValue| {
            let offset_secs = number(&details, "seekOffset").unwrap_or(STEP_SECS);
            on_action(match name {
                "play" => MediaAction::Play,
                "pause" => MediaAction::Pause,
                "seekbackward" => MediaAction::SeekBy(-offset_secs),
                "seekforward" => MediaAction::SeekBy(offset_secs),
                _ => MediaAction::SeekTo(number(&details, "seekTime").unwrap_or(0.0)),
            });
        });
        if let Some(method) = method(&session, "setActionHandler") {
            // Unknown actions are refused; the others work.
            ignore(method.call2(&session, &name.into(), &handler.into_js_value()));
        }
    }
}

/// Says what is played.
pub fn name_song(title: &str, artist: &str) {
    let metadata = Object::new();
    set(&metadata, "title", &title.into());
    set(&metadata, "artist", &artist.into());
    let constructor = method(&scope(), "MediaMetadata");
    let made = constructor.and_then(|make| Reflect::construct(&make, &Array::of1(&metadata)).ok());
    if let (Some(session), Some(made)) = (session(), made) {
        set(&session, "metadata", &made);
    }
}

/// Says whether it plays.
pub fn set_playing(is_playing: bool) {
    if let Some(session) = session() {
        let state = if is_playing { "playing" } else { "paused" };
        set(&session, "playbackState", &state.into());
    }
}

/// Calls back with each single file that the system opens with the page (where it is installed).
pub fn on_opened_file(on_file: impl Fn(File) + 'static) {
    let Some(queue) = member(&scope(), "launchQueue") else {
        return;
    };
    let on_file = std::rc::Rc::new(on_file);
    let consumer = Closure::<dyn Fn(JsValue)>::new(move |launch: JsValue| {
        let files = member(&launch, "files").map(|files| Array::from(&files));
        let Some(handle) = files.and_then(|files| files.iter().next()) else {
            return;
        };
        let opened = method(&handle, "getFile").and_then(|get| get.call0(&handle).ok());
        let on_file = std::rc::Rc::clone(&on_file);
        spawn_local(async move {
            let Some(opened) = opened else { return };
            // A file that has gone meanwhile is not opened.
            let file = JsFuture::from(Promise::resolve(&opened)).await;
            if let Some(file) = file.ok().and_then(|file| file.dyn_into::<File>().ok()) {
                on_file(file);
            }
        });
    });
    if let Some(set_consumer) = method(&queue, "setConsumer") {
        ignore(set_consumer.call1(&queue, &consumer.into_js_value()));
    }
}

/// The file that was pasted, if it is a single one.
pub fn pasted_file(event: &JsValue) -> Option<File> {
    let transfer: DataTransfer = member(event, "clipboardData")?.dyn_into().ok()?;
    Dropped::of(&transfer).single_file()
}

fn session() -> Option<JsValue> {
    member(&scope().navigator(), "mediaSession")
}

fn member(object: &JsValue, name: &str) -> Option<JsValue> {
    let member = Reflect::get(object, &name.into()).ok()?;
    (!member.is_undefined() && !member.is_null()).then_some(member)
}

fn method(object: &JsValue, name: &str) -> Option<Function> {
    member(object, name)?.dyn_into().ok()
}

fn set(object: &JsValue, name: &str, value: &JsValue) {
    // A browser that refuses goes without.
    ignore(Reflect::set(object, &name.into(), value));
}
