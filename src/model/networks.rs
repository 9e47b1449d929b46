//! What is shipped: the network that separates and the one that listens to its work.

use burn::module::Module;
use burn::tensor::Tensor;

use super::{Detector, UNet};

/// A separator and a detector, in one file of weights.
#[derive(Module, Debug)]
pub struct Networks {
    /// Shares the mixture among the sources.
    pub separator: UNet,
    /// Tells when each source plays.
    pub detector: Detector,
}

impl Networks {
    /// Masks `[batch, sources, frames, bins]` of normalised log magnitudes `[batch, 1, frames, bins]`, and logarithms of
    /// the odds that each source plays, `[batch, sources, frames]`.
    pub fn forward(&self, log_magnitudes: Tensor<4>) -> (Tensor<4>, Tensor<3>) {
        let masks = self.separator.forward(log_magnitudes.clone());
        let mel = self.detector.mel(log_magnitudes, masks.clone());
        let logits = self.detector.frame_logits(mel);
        (masks, logits)
    }

    /// The same function with every normalisation folded into the convolution before it: what is shipped.
    pub fn folded(self) -> Self {
        Self {
            separator: self.separator.folded(),
            detector: self.detector.folded(),
        }
    }
}
