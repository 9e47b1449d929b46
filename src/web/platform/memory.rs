//! Frees the browser's own memory at once, where it would otherwise lie about until the next garbage collection: a song
//! is too large for that.

use js_sys::{ArrayBuffer, Float32Array, Function, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::AudioBuffer;

use super::error::ignore;

/// Frees the array's memory; nobody can read it any more. Where the browser cannot do that, nothing happens.
pub fn free(array: &Float32Array) {
    let buffer: ArrayBuffer = array.buffer();
    // Moved into an empty buffer, which takes nothing along (ECMAScript 2024, ArrayBuffer.prototype.transfer).
    ignore(method(&buffer, "transfer").and_then(|transfer| transfer.call1(&buffer, &0.into())));
}

/// [`free`] for the samples of all channels.
pub fn free_audio(audio: &AudioBuffer) {
    for channel in 0..audio.number_of_channels() {
        let samples =
            method(audio, "getChannelData").and_then(|get| get.call1(audio, &channel.into()));
        if let Ok(samples) = samples {
            free(samples.unchecked_ref());
        }
    }
}

fn method(object: &JsValue, name: &str) -> Result<Function, JsValue> {
    Reflect::get(object, &name.into())?.dyn_into()
}
