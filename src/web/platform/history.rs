//! The browser's history: one entry for each view, marked by a name that survives a reload.

use leptos::{ev, prelude::window_event_listener};
use wasm_bindgen::JsValue;
use web_sys::History;

use super::{clock::scope, error::ignore};

/// The name that the current entry is marked by, if any.
pub fn state() -> Option<String> {
    history()?.state().ok()?.as_string()
}

/// Adds an entry with the page's plain address, and goes to it.
pub fn push(name: &str) {
    let address = address();
    if let Some(history) = history() {
        // A browser that refuses (too many changes in a row) merely has no entry to go back to.
        ignore(history.push_state_with_url(&name.into(), "", address.as_deref()));
    }
}

/// Marks the current entry by another name; its address stays.
pub fn replace(name: &str) {
    if let Some(history) = history() {
        ignore(history.replace_state(&JsValue::from_str(name), ""));
    }
}

/// Calls back with the entry's name whenever the visitor goes back or forward.
pub fn on_change(callback: impl Fn(Option<String>) + 'static) {
    window_event_listener(ev::popstate, move |_| callback(state()));
}

fn history() -> Option<History> {
    scope().history().ok()
}

/// The page's address without its fragment, which belongs to a shared search.
fn address() -> Option<String> {
    let location = scope().location();
    let path = location.pathname().ok()?;
    Some(format!("{path}{}", location.search().unwrap_or_default()))
}
