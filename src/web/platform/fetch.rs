//! L7: files of the page's own origin, with progress.

use js_sys::{Array, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, ReadableStreamDefaultReader, RequestInit, Response};

use super::{PlatformError, clock};

/// How far a download is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Bytes so far, after decompression.
    pub bytes: u64,
    /// Bytes in all, where the server says so and does not compress.
    pub total_bytes: Option<u64>,
}

/// Why a file could not be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// No answer.
    #[error("{url} could not be loaded: {cause}")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// The browser's words.
        cause: PlatformError,
    },
    /// An answer other than success.
    #[error("{url} could not be loaded: the server answered {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// HTTP status.
        status: u16,
    },
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
    let unreachable = |value| unreachable(url, value);
    let response = request(url).await?;
    let bytes = JsFuture::from(response.array_buffer().map_err(unreachable)?).await;
    Ok(Uint8Array::new(&bytes.map_err(unreachable)?).to_vec())
}

/// The file as a blob of the given media type; `progress` hears of each piece.
pub async fn fetch_blob(
    url: &str,
    media_type: &str,
    mut progress: impl FnMut(Loaded),
) -> Result<Blob, FetchError> {
    let unreachable = |value| unreachable(url, value);
    let response = request(url).await?;
    let mut loaded = Loaded {
        bytes: 0,
        total_bytes: total_bytes(&response),
    };
    progress(loaded);
    let pieces = Array::new();
    if let Some(body) = response.body() {
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        while let Some(piece) = next_piece(&reader).await.map_err(unreachable)? {
            loaded.bytes += u64::from(piece.length());
            pieces.push(&piece);
            progress(loaded);
        }
    }
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_u8_array_sequence_and_options(&pieces, &options).map_err(unreachable)
}

async fn request(url: &str) -> Result<Response, FetchError> {
    let options = RequestInit::new();
    // What the browser keeps is asked about first: parts of different versions of the site do not fit together.
    Reflect::set(&options, &"cache".into(), &"no-cache".into())
        .map_err(|value| unreachable(url, value))?;
    let answer = JsFuture::from(clock::scope().fetch_with_str_and_init(url, &options)).await;
    let response: Response = answer
        .map_err(|value| unreachable(url, value))?
        .unchecked_into();
    if !response.ok() {
        return Err(FetchError::Status {
            url: url.to_owned(),
            status: response.status(),
        });
    }
    Ok(response)
}

fn unreachable(url: &str, value: JsValue) -> FetchError {
    FetchError::Unreachable {
        url: url.to_owned(),
        cause: value.into(),
    }
}

/// A compressed body's length says nothing about the bytes that arrive.
fn total_bytes(response: &Response) -> Option<u64> {
    let header = |name| response.headers().get(name).ok().flatten();
    match header("content-encoding") {
        Some(_) => None,
        None => header("content-length")?.parse().ok(),
    }
}

async fn next_piece(reader: &ReadableStreamDefaultReader) -> Result<Option<Uint8Array>, JsValue> {
    let result = JsFuture::from(reader.read()).await?;
    let done = Reflect::get(&result, &"done".into())?.is_truthy();
    match done {
        true => Ok(None),
        false => Ok(Some(
            Reflect::get(&result, &"value".into())?.unchecked_into(),
        )),
    }
}
