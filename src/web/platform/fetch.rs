//! Small files of the page's own origin.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, RequestInit, Response};

use super::{PlatformError, clock};

/// Why a file could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No answer.
    #[error("{url} could not be loaded: {cause}")]
    Unreachable {
        /// Its address.
        url: String,
        /// The browser's error.
        cause: PlatformError,
    },
    /// The server does not have it.
    #[error("{url} is missing on the server")]
    Missing {
        /// Its address.
        url: String,
    },
    /// Another answer than success.
    #[error("{url} could not be loaded: the server answered {status}")]
    Status {
        /// Its address.
        url: String,
        /// HTTP status.
        status: u16,
    },
}

impl FetchError {
    /// Why a file was not sent, by the HTTP status.
    pub(super) fn of_status(url: &str, status: u16) -> Self {
        let url = url.to_owned();
        match status {
            404 | 410 => Self::Missing { url },
            status => Self::Status { url, status },
        }
    }
}

/// The file's text.
pub async fn fetch_text(url: &str) -> Result<String, FetchError> {
    let unreachable = |value| unreachable(url, value);
    let response = request(url).await?;
    let text = JsFuture::from(response.text().map_err(unreachable)?).await;
    Ok(text.map_err(unreachable)?.as_string().unwrap_or_default())
}

/// The file's bytes.
pub async fn fetch_bytes(url: &str) -> Result<Vec<u8>, FetchError> {
    Ok(Uint8Array::new(&fetch_buffer(url).await?).to_vec())
}

/// The file as a blob of the given media type.
pub async fn fetch_blob(url: &str, media_type: &str) -> Result<Blob, FetchError> {
    let bytes = fetch_buffer(url).await?;
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_buffer_source_sequence_and_options(&Array::of1(&bytes), &options)
        .map_err(|value| unreachable(url, value))
}

/// The file as an `ArrayBuffer`.
async fn fetch_buffer(url: &str) -> Result<JsValue, FetchError> {
    let unreachable = |value| unreachable(url, value);
    let response = request(url).await?;
    let bytes = JsFuture::from(response.array_buffer().map_err(unreachable)?).await;
    bytes.map_err(unreachable)
}

async fn request(url: &str) -> Result<Response, FetchError> {
    let options = RequestInit::new();
    // Cached files are revalidated: parts of different versions of the site do not fit together.
    Reflect::set(&options, &"cache".into(), &"no-cache".into())
        .map_err(|value| unreachable(url, value))?;
    let answer = JsFuture::from(clock::scope().fetch_with_str_and_init(url, &options)).await;
    let response: Response = answer
        .map_err(|value| unreachable(url, value))?
        .unchecked_into();
    match response.status() {
        _ if response.ok() => Ok(response),
        status => Err(FetchError::of_status(url, status)),
    }
}

fn unreachable(url: &str, value: JsValue) -> FetchError {
    FetchError::Unreachable {
        url: url.to_owned(),
        cause: value.into(),
    }
}
