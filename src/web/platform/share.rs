//! The clipboard, and the address's fragment, which browsers do not send to the server.

use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::{PlatformError, clock::scope};

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
        // The entry keeps the name of its view.
        let state = history.state().unwrap_or(JsValue::NULL);
        history.replace_state_with_url(&state, "", Some(&format!("#{fragment}")))
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
