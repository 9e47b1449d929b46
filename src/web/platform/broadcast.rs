//! Messages to the same site's pages in other tabs.

use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{BroadcastChannel, MessageEvent};

use super::{error::ignore, storage::site_path};

/// A channel to the other tabs, open for as long as the page is.
pub struct Broadcast(BroadcastChannel);

impl Broadcast {
    /// Opens the channel; `on_message` is called when another tab sends something. `None` where the browser has no
    /// channels: then tabs are not notified of each other's changes.
    pub fn open(on_message: impl Fn() + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(&format!("deepmelody {}", site_path())).ok()?;
        let listener = Closure::<dyn Fn(MessageEvent)>::new(move |_| on_message());
        channel.set_onmessage(Some(listener.into_js_value().unchecked_ref()));
        Some(Self(channel))
    }

    /// Notifies the other tabs that something has changed.
    pub fn send(&self) {
        // The only error is that the channel is closed; then there is no one to notify.
        ignore(self.0.post_message(&"changed".into()));
    }
}
