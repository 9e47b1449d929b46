//! Spectra for the page, so that the page needs no Fourier transform of its own.

use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};

use crate::dsp::{Complex, Stft};

/// The power of every bin of each window, under a Hann window.
pub(super) fn powers(window_length: usize, attachments: &[JsValue]) -> Float32Array {
    let samples = attachments
        .first()
        .and_then(|samples| samples.dyn_ref())
        .map(Float32Array::to_vec)
        .unwrap_or_default();
    let mut stft = Stft::new(window_length, window_length / 2);
    let mut spectrum = vec![Complex::default(); stft.bins()];
    let mut powers = Vec::new();
    for window in samples.chunks_exact(window_length) {
        stft.analyse_window(window, &mut spectrum);
        powers.extend(spectrum.iter().map(Complex::norm_sqr));
    }
    Float32Array::from(powers.as_slice())
}
