//! Forward passes while training: on a LibTorch device a whole network, or its convolutional trunk, is one operation
//! with LibTorch's own gradients and in mixed precision, several times faster than burn's operations one by one. On
//! any other device, and in builds without the feature `tch`, they are the network's own.

use burn::tensor::Tensor;

use crate::model::{Detector, UNet};

#[cfg(feature = "tch")]
mod enabled;
#[cfg(feature = "tch")]
mod packing;
#[cfg(feature = "tch")]
use enabled as backend;

#[cfg(not(feature = "tch"))]
mod disabled;
#[cfg(not(feature = "tch"))]
use disabled as backend;

/// [`UNet::logits`]: `[batch, 1, frames, bins]` to `[batch, masks, frames, bins]`.
pub fn logits(network: &UNet, log_magnitudes: Tensor<4>) -> Tensor<4> {
    backend::logits(network, &log_magnitudes).unwrap_or_else(|| network.logits(log_magnitudes))
}

/// [`Detector::frame_logits`]: `[batch, 1 + sources, frames, bands]` to `[batch, sources, frames]`.
pub fn frame_logits(detector: &Detector, mel: Tensor<4>) -> Tensor<3> {
    let features = backend::trunk(detector, &mel).unwrap_or_else(|| detector.trunk(mel));
    detector.frame_logits_of(features)
}
