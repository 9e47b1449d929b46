//! Builds without LibTorch: no device has its operations.

use burn::tensor::Tensor;

use super::{Normalised, NormalisedParameters};

/// `None`: burn's own operations do it.
pub fn normalised_convolution(
    _input: &Tensor<4>,
    _parameters: impl FnOnce() -> NormalisedParameters,
) -> Option<Normalised> {
    None
}

/// `None`: burn's own operations do it.
pub fn plain_convolution(
    _input: &Tensor<4>,
    _weight: &Tensor<4>,
    _bias: Option<&Tensor<1>>,
) -> Option<Tensor<4>> {
    None
}

/// `None`: burn's own operations do it.
pub fn frequency_layers(
    _input: &Tensor<4>,
    _weights: [&Tensor<2>; 2],
    _biases: [&Tensor<1>; 2],
) -> Option<Tensor<4>> {
    None
}
