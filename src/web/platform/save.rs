//! L7: files for the visitor to keep.

use wasm_bindgen::JsCast;
use web_sys::{Blob, HtmlAnchorElement};

use super::{PlatformError, clock, page};

/// The browser has taken up a download long before this.
const TAKEN_UP_MILLIS: i32 = 60_000;

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
    clock::after_millis(TAKEN_UP_MILLIS, move || page::revoke_url(&url));
    Ok(())
}
