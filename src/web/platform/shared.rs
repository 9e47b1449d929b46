//! A song that another program shared with the installed page: the service worker (`public/offline.js`) has put it in a
//! cache before it opened the page.

use js_sys::{Array, decode_uri_component};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, Cache, File, Response};

use super::{PlatformError, clock::scope, error::ignore, page, share};

/// The parameter of the address by which the worker says that there is a song.
const PARAMETER: &str = "shared";

/// Takes the song, which is gone from the cache then; `None` where none was shared.
///
/// # Errors
/// When the browser's store fails.
pub async fn take() -> Result<Option<File>, PlatformError> {
    if page::query_parameter(PARAMETER).is_none() {
        return Ok(None);
    }
    // So that neither a reload nor a copied address asks again.
    let address = share::folder_address();
    let history = scope().history()?;
    let state = history.state().unwrap_or(JsValue::NULL);
    ignore(history.replace_state_with_url(&state, "", Some(&address)));
    let cache = format!("deepmelody shared {address}");
    let cache: Cache = JsFuture::from(scope().caches()?.open(&cache))
        .await?
        .unchecked_into();
    let key = format!("{address}{PARAMETER}");
    let found = JsFuture::from(cache.match_with_str(&key)).await?;
    let Ok(response) = found.dyn_into::<Response>() else {
        return Ok(None);
    };
    let name = response.headers().get("X-File-Name")?.unwrap_or_default();
    let name = decode_uri_component(&name).map_or(name, String::from);
    let content: Blob = JsFuture::from(response.blob()?).await?.unchecked_into();
    JsFuture::from(cache.delete_with_str(&key)).await?;
    Ok(Some(File::new_with_blob_sequence(
        &Array::of1(&content),
        &name,
    )?))
}
