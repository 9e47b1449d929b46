//! The shipped pair of networks.

use burn::module::Module;
use burn::tensor::Tensor;

use super::{Detector, UNet};

/// A separator and a detector, whose weights are in one file.
#[derive(Module, Debug)]
pub struct Networks {
    /// Estimates the masks of the sources.
    pub separator: UNet,
    /// Estimates when each source plays.
    pub detector: Detector,
}

impl Networks {
    /// Masks `[batch, sources, frames, bins]` of normalised log magnitudes `[batch, 1, frames, bins]`, and logits of
    /// each source's activity, `[batch, sources, frames]`.
    pub fn forward(&self, log_magnitudes: Tensor<4>) -> (Tensor<4>, Tensor<3>) {
        let masks = self.separator.forward(log_magnitudes.clone());
        let mel = self.detector.mel(log_magnitudes, masks.clone());
        let logits = self.detector.frame_logits(mel);
        (masks, logits)
    }

    /// The same function with batch normalisation folded into the convolutions, as it is shipped.
    pub fn folded(self) -> Self {
        Self {
            separator: self.separator.folded(),
            detector: self.detector.folded(),
        }
    }
}
