//! Frees the browser's own memory at once, where it would otherwise lie about until the next garbage collection: a song
//! is too large for that.

use js_sys::{ArrayBuffer, Float32Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AudioBuffer;

use super::error::ignore;

/// Frees the buffer's memory; nobody can read it any more. Where the browser cannot do that, nothing happens.
pub fn free(buffer: &ArrayBuffer) {
    // Moved into an empty buffer, which takes nothing along (ECMAScript 2024, ArrayBuffer.prototype.transfer).
    ignore(method(buffer, "transfer").and_then(|transfer| transfer.call1(buffer, &0.into())));
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
    for channel in 0..audio.number_of_channels() {
        let get = method(audio, "getChannelData");
        if let Ok(samples) = get.and_then(|get| get.call1(audio, &channel.into())) {
            free(&samples.unchecked_ref::<Float32Array>().buffer());
        }
    }
}

fn method(object: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(object, &name.into())?.dyn_into()
}
