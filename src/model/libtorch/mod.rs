//! L2: the network's layers as LibTorch's own operations while training: whole groups of operations with LibTorch's
//! gradients and in mixed precision, several times faster than burn's operations one by one.

#[cfg(feature = "tch")]
mod enabled;
#[cfg(feature = "tch")]
pub use enabled::{frequency_layers, normalised_convolution, plain_convolution};

#[cfg(not(feature = "tch"))]
mod disabled;
#[cfg(not(feature = "tch"))]
pub use disabled::{frequency_layers, normalised_convolution, plain_convolution};

use burn::tensor::Tensor;

/// A normalised convolution's results.
#[derive(Debug)]
pub struct Normalised {
    /// `[batch, channels out, height, width]`, no value below 0.
    pub output: Tensor<4>,
    /// Mean of each channel before normalisation, `[channels out]`.
    pub mean: Tensor<1>,
    /// Variance (biased) of each channel before normalisation, `[channels out]`.
    pub variance: Tensor<1>,
}

/// Parameters of a normalised convolution.
#[cfg_attr(not(feature = "tch"), allow(dead_code, reason = "LibTorch reads them"))]
#[derive(Debug)]
pub struct NormalisedParameters {
    /// `[channels out, channels in, kernel, kernel]`.
    pub weight: Tensor<4>,
    /// `[channels out]`.
    pub bias: Tensor<1>,
    /// Scale after normalisation, `[channels out]`.
    pub gamma: Tensor<1>,
    /// Shift after normalisation, `[channels out]`.
    pub beta: Tensor<1>,
    /// Keeps the division by the deviation finite.
    pub epsilon: f64,
}
