//! Builds without LibTorch: no device has its operations.

use burn::tensor::Tensor;

use crate::model::{Detector, UNet};

/// `None`: burn's own operations do it.
pub fn logits(_network: &UNet, _log_magnitudes: &Tensor<4>) -> Option<Tensor<4>> {
    None
}

/// `None`: burn's own operations do it.
pub fn trunk(_network: &Detector, _mel: &Tensor<4>) -> Option<Tensor<4>> {
    None
}
