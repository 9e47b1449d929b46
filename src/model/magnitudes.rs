//! The network's input scale on tensors: [`log_magnitude`](crate::dsp::features::log_magnitude) without the gain, and
//! its inverse.

use std::f64::consts::LN_10;

use burn::tensor::Tensor;

use crate::dsp::features::MAGNITUDE_FLOOR;

/// Magnitudes to the network's input scale.
pub fn log_magnitudes<const D: usize>(magnitudes: Tensor<D>) -> Tensor<D> {
    ((magnitudes + f64::from(MAGNITUDE_FLOOR)).log() / LN_10 + 1.0) / 2.0
}

/// The inverse of [`log_magnitudes`].
pub(super) fn magnitudes<const D: usize>(log_magnitudes: Tensor<D>) -> Tensor<D> {
    ((log_magnitudes * 2.0 - 1.0) * LN_10).exp() - f64::from(MAGNITUDE_FLOOR)
}
