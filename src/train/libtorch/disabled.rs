//! Builds without LibTorch: no device has its operations.

use burn::tensor::Tensor;

use crate::model::{Detector, UNet};

/// `None`: left to burn's own operations.
pub fn logits(_network: &UNet, _log_magnitudes: &Tensor<4>) -> Option<Tensor<4>> {
    None
}

/// `None`: left to burn's own operations.
pub fn trunk(_detector: &Detector, _mel: &Tensor<4>) -> Option<Tensor<4>> {
    None
}
