//! Frees the browser's own memory at once, where it would otherwise lie about until the next garbage collection: a song
//! is too large for that.

use js_sys::{Array, ArrayBuffer, Float32Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{AudioBuffer, MessageChannel, MessagePort};

use super::error::ignore;

thread_local! {
    /// A port whose other end is closed.
    static NOBODY: Option<MessagePort> = closed_port().ok();
}

fn closed_port() -> Result<MessagePort, JsValue> {
    let channel = MessageChannel::new()?;
    channel.port2().close();
    Ok(channel.port1())
}

/// Frees the buffer's memory; nobody can read it any more. Where the browser cannot do that, nothing happens.
///
/// The buffer is sent away. `ArrayBuffer.prototype.transfer` would take it from JavaScript only: what Chromium's own
/// objects hold of it would stay, and no longer hasten a collection.
pub fn free(buffer: &ArrayBuffer) {
    NOBODY.with(|nobody| {
        if let Some(nobody) = nobody {
            let sent = nobody.post_message_with_transferable(&JsValue::NULL, &Array::of1(buffer));
            ignore(sent);
        }
    });
}

/// The samples, whose array is freed.
pub fn take_samples(array: &Float32Array) -> Vec<f32> {
    let samples = array.to_vec();
    free(&array.buffer());
    samples
}

/// The bytes, whose buffer is freed.
pub fn take_bytes(buffer: &ArrayBuffer) -> Vec<u8> {
    let bytes = Uint8Array::new(buffer).to_vec();
    free(buffer);
    bytes
}

/// [`free`] for the samples of all channels.
pub fn free_audio(audio: &AudioBuffer) {
    let samples_of = |channel: u32| {
        let get: Function = Reflect::get(audio, &"getChannelData".into())?.dyn_into()?;
        get.call1(audio, &channel.into())
    };
    for channel in 0..audio.number_of_channels() {
        if let Ok(samples) = samples_of(channel) {
            free(&samples.unchecked_ref::<Float32Array>().buffer());
        }
    }
}
