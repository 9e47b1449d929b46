//! The page's window and document: address, title, focus, object URLs.

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, Url, UrlSearchParams};

use super::{PlatformError, clock::scope, error::ignore};

/// A parameter of the page's address.
pub fn query_parameter(name: &str) -> Option<String> {
    let search = scope().location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Whether the visitor wants little to be downloaded: data saver is on, or the connection is a phone's. Browsers other
/// than Chromium do not say, and count as no.
pub fn saves_data() -> bool {
    let navigator = scope().navigator();
    let property = |object: &JsValue, name: &str| Reflect::get(object, &name.into()).ok();
    let Some(connection) = property(&navigator, "connection").filter(JsValue::is_object) else {
        return false;
    };
    let saves = property(&connection, "saveData").is_some_and(|saves| saves.is_truthy());
    let kind = property(&connection, "type").and_then(|kind| kind.as_string());
    saves || kind.as_deref() == Some("cellular")
}

/// Threads that the machine can run at once, as the browser reports it.
pub fn hardware_threads() -> usize {
    let threads = scope().navigator().hardware_concurrency();
    if threads.is_finite() && threads >= 1.0 {
        threads as usize
    } else {
        1
    }
}

/// The machine's memory in GiB, rounded to a power of two and at most 8 or so (W3C Device Memory); only Chromium says.
pub fn device_memory_gib() -> Option<f64> {
    Reflect::get(&scope().navigator(), &"deviceMemory".into())
        .ok()?
        .as_f64()
}

/// An address under which the page's media elements find the blob; free it with [`revoke_url`].
pub fn object_url(blob: &Blob) -> Result<String, PlatformError> {
    Ok(Url::create_object_url_with_blob(blob)?)
}

/// Frees an address made by [`object_url`].
pub fn revoke_url(url: &str) {
    // Revoking one twice does nothing.
    ignore(Url::revoke_object_url(url));
}

/// Sets the window's title.
pub fn set_title(title: &str) {
    if let Some(document) = scope().document() {
        document.set_title(title);
    }
}

/// Clicks the element with this id, as the visitor would.
pub fn click(id: &str) {
    let document = scope().document();
    let element = document.and_then(|document| document.get_element_by_id(id));
    if let Some(element) =
        element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        element.click();
    }
}

/// Moves the keyboard focus to the element with this id, which screen readers follow.
pub fn focus(id: &str) {
    let element = scope()
        .document()
        .and_then(|document| document.get_element_by_id(id));
    if let Some(element) =
        element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // An element that cannot be focused leaves the focus where it was.
        ignore(element.focus());
    }
}
