//! The browser's own audio decoders.

use js_sys::ArrayBuffer;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AudioBuffer, AudioBufferOptions, Blob, HtmlAudioElement, OfflineAudioContext};

use super::PlatformError;

/// The rate to decode at when a file's header does not say its own.
pub const DEFAULT_SAMPLE_RATE: u32 = 44_100;

/// Samples that are copied at once.
const BLOCK_SAMPLES: usize = 1 << 18;

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

/// Several recordings at one sampling rate as one, in their order; with as many channels as any of them.
pub fn join(parts: Vec<AudioBuffer>) -> Result<AudioBuffer, PlatformError> {
    let Some(first) = parts.first().filter(|_| parts.len() > 1) else {
        return parts
            .into_iter()
            .next()
            .ok_or_else(|| JsValue::from("nothing to join").into());
    };
    let length = parts.iter().map(AudioBuffer::length).sum();
    let options = AudioBufferOptions::new(length, first.sample_rate());
    let channels = parts.iter().map(AudioBuffer::number_of_channels).max();
    let channels = channels.unwrap_or(1);
    options.set_number_of_channels(channels);
    let joined = AudioBuffer::new(&options)?;
    let mut samples = vec![0.0; BLOCK_SAMPLES];
    for channel in 0..channels {
        let mut end = 0;
        for part in &parts {
            // A part in mono sounds from every channel.
            let of_part = channel.min(part.number_of_channels() - 1);
            for start in (0..part.length()).step_by(BLOCK_SAMPLES) {
                let count = BLOCK_SAMPLES.min((part.length() - start) as usize);
                let block = &mut samples[..count];
                part.copy_from_channel_with_start_in_channel(block, of_part as i32, start)?;
                joined.copy_to_channel_with_start_in_channel(block, channel as i32, end + start)?;
            }
            end += part.length();
        }
    }
    Ok(joined)
}
