//! Downloads: files offered to the visitor.

use js_sys::Array;
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement};

use super::{PlatformError, clock, page};

/// The browser has started a download long before this.
const STARTED_MILLIS: u32 = 60_000;

/// Offers a file of this name as a download.
pub fn offer(name: &str, file: &Blob) -> Result<(), PlatformError> {
    let document = clock::scope()
        .document()
        .ok_or_else(|| PlatformError::new("there is no document"))?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    let url = page::object_url(file)?;
    link.set_href(&url);
    link.set_download(name);
    link.click();
    clock::after_millis(STARTED_MILLIS, move || page::revoke_url(&url));
    Ok(())
}

/// Offers a text as a file of this name and media type.
pub fn offer_text(name: &str, media_type: &str, text: &str) -> Result<(), PlatformError> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let file = Blob::new_with_str_sequence_and_options(&Array::of1(&text.into()), &options)?;
    offer(name, &file)
}
