//! What is shipped: the network that separates and the one that listens beside it.

use burn::module::Module;

use super::{Detector, UNet};

/// A separator and a detector, in one file of weights.
#[derive(Module, Debug)]
pub struct Networks {
    /// Shares the mixture among the sources.
    pub separator: UNet,
    /// Tells when each source plays.
    pub detector: Detector,
}
