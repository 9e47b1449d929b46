//! The browser's own audio decoders.

use js_sys::{ArrayBuffer, Promise};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioBuffer, Blob, HtmlAudioElement, OfflineAudioContext};

use super::{PlatformError, clock, error::ignore};

/// The rate to decode at when a file's header does not say its own.
pub const DEFAULT_SAMPLE_RATE: u32 = 44_100;

/// How long to wait for a file's metadata before decoding without it.
const METADATA_PATIENCE_MILLIS: i32 = 3_000;

/// The bytes of a file or blob.
pub async fn read_bytes(blob: &Blob) -> Result<ArrayBuffer, PlatformError> {
    Ok(JsFuture::from(blob.array_buffer()).await?.unchecked_into())
}

/// The text of a file or blob.
pub async fn read_text(blob: &Blob) -> Result<String, PlatformError> {
    let text = JsFuture::from(blob.text()).await?;
    Ok(text.as_string().unwrap_or_default())
}

/// Decodes a whole file, off the main thread, at the given rate (or, where the browser does not support that rate, at
/// [`DEFAULT_SAMPLE_RATE`]). The buffer is detached: its bytes cannot be read again.
pub async fn decode(bytes: &ArrayBuffer, sample_rate: u32) -> Result<AudioBuffer, PlatformError> {
    let context = |rate: u32| {
        OfflineAudioContext::new_with_number_of_channels_and_length_and_sample_rate(
            1,
            1,
            rate as f32,
        )
    };
    let context = context(sample_rate).or_else(|_| context(DEFAULT_SAMPLE_RATE))?;
    let decoded = JsFuture::from(context.decode_audio_data(bytes)?).await?;
    Ok(decoded.unchecked_into())
}

/// Whether the browser says that it may be able to play a media type.
pub fn can_play(media_type: &str) -> bool {
    HtmlAudioElement::new().is_ok_and(|element| !element.can_play_type(media_type).is_empty())
}

/// A file's duration from its header, without decoding; `None` if the browser cannot find it out in time.
pub async fn header_duration_secs(url: &str) -> Option<f64> {
    let element = HtmlAudioElement::new().ok()?;
    let settled = Promise::new(&mut |resolve, _| {
        element.set_onloadedmetadata(Some(&resolve));
        element.set_onerror(Some(&resolve));
        let late = Closure::once_into_js(move || ignore(resolve.call0(&JsValue::NULL)));
        clock::after_millis(METADATA_PATIENCE_MILLIS, move || {
            ignore(
                late.unchecked_ref::<js_sys::Function>()
                    .call0(&JsValue::NULL),
            );
        });
    });
    element.set_preload("metadata");
    element.set_src(url);
    ignore(JsFuture::from(settled).await);
    let duration_secs = element.duration();
    element.set_onloadedmetadata(None);
    element.set_onerror(None);
    ignore(element.remove_attribute("src"));
    duration_secs.is_finite().then_some(duration_secs)
}
