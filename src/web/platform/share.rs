//! L7: ways out of the page for what it found: files to save, the clipboard, and the address's fragment, which browsers
//! send to nobody.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement};

use super::{PlatformError, clock, clock::scope, page};

/// How long a saved file's address is kept: browsers read it soon after the click, but not at once.
const SAVING_MILLIS: i32 = 60_000;

/// Offers text as a file to save.
pub fn save_text(name: &str, media_type: &str, text: &str) -> Result<(), PlatformError> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let blob = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?;
    let url = page::object_url(&blob)?;
    let document = scope()
        .document()
        .ok_or_else(|| PlatformError::new("there is no document"))?;
    let anchor: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    anchor.set_href(&url);
    anchor.set_download(name);
    anchor.click();
    clock::after_millis(SAVING_MILLIS, move || page::revoke_url(&url));
    Ok(())
}

/// Puts text on the clipboard.
///
/// # Errors
/// When the browser has none for this page, or the visitor did not allow it.
pub async fn copy_text(text: &str) -> Result<(), PlatformError> {
    let navigator = scope().navigator();
    // Absent where the page does not come over a secure connection.
    let has_clipboard = Reflect::get(&navigator, &"clipboard".into())
        .is_ok_and(|clipboard| !clipboard.is_undefined());
    if !has_clipboard {
        return Err(PlatformError::new(
            "this browser gives the page no clipboard",
        ));
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await?;
    Ok(())
}

/// The address's fragment, without `#`.
pub fn fragment() -> String {
    let hash = scope().location().hash().unwrap_or_default();
    hash.strip_prefix('#').unwrap_or(&hash).to_owned()
}

/// Changes the address's fragment and nothing else; the history gets no new entry.
pub fn set_fragment(fragment: &str) {
    let replaced = scope().history().and_then(|history| {
        history.replace_state_with_url(&JsValue::NULL, "", Some(&format!("#{fragment}")))
    });
    // A browser that refuses (too many changes in a row) keeps the old address; the link itself is in the page.
    super::error::ignore(replaced);
}

/// The page's address with this fragment and without parameters.
pub fn address_with(fragment: &str) -> String {
    let location = scope().location();
    let (origin, path) = (location.origin(), location.pathname());
    format!(
        "{}{}#{fragment}",
        origin.unwrap_or_default(),
        path.unwrap_or_default()
    )
}

/// The address of the page's folder, with a slash at its end: what its relative addresses are relative to.
pub fn folder_address() -> String {
    let address = address_with("");
    let end = address.rfind('/').map_or(address.len(), |slash| slash + 1);
    address[..end].to_owned()
}
