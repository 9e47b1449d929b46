//! L7: what the page's window knows: its address, its machine, its object URLs.

use wasm_bindgen::JsCast;
use web_sys::{Blob, Url, UrlSearchParams};

use super::{PlatformError, clock::scope, error::ignore};

/// A parameter of the page's address.
pub fn query_parameter(name: &str) -> Option<String> {
    let search = scope().location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// What the page's document says of itself under this name, if that is not empty.
pub fn meta(name: &str) -> Option<String> {
    let selector = format!("meta[name=\"{name}\"]");
    let element = scope().document()?.query_selector(&selector).ok()??;
    element
        .get_attribute("content")
        .filter(|content| !content.is_empty())
}

/// Threads that the machine can run at once, as the browser tells it.
pub fn hardware_threads() -> usize {
    let threads = scope().navigator().hardware_concurrency();
    if threads.is_finite() && threads >= 1.0 {
        threads as usize
    } else {
        1
    }
}

/// An address under which the page's media elements find the blob; free it with [`revoke_url`].
pub fn object_url(blob: &Blob) -> Result<String, PlatformError> {
    Ok(Url::create_object_url_with_blob(blob)?)
}

/// Frees an address made by [`object_url`].
pub fn revoke_url(url: &str) {
    // An address already freed is as good as freed.
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

/// Moves the keyboard focus to the element with this id, for readers who follow it.
pub fn focus(id: &str) {
    let element = scope()
        .document()
        .and_then(|document| document.get_element_by_id(id));
    if let Some(element) =
        element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok())
    {
        // An element that cannot take the focus leaves it where it was.
        ignore(element.focus());
    }
}
