//! Who computes a tile's masks: a network in this thread, or others behind the same trait.

use burn::tensor::{Device, Tensor, TensorData};

use crate::dsp::{BINS, TILE_FRAMES};
use crate::model::UNet;

/// Why masks could not be computed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("computing the masks failed: {0}")]
pub struct EstimateError(pub String);

/// Computes soft masks.
#[allow(
    async_fn_in_trait,
    reason = "single-threaded on the web, driven by block_on natively"
)]
pub trait MaskEstimator {
    /// Tiles that may be in flight at once.
    fn parallelism(&self) -> usize;

    /// Masks `[source, frame, bin]` of a tile of normalised log magnitudes `[frame, bin]`.
    ///
    /// # Errors
    /// When the device fails.
    async fn masks(&self, tile: Vec<f32>) -> Result<Vec<f32>, EstimateError>;
}

/// A network on a device of this thread.
#[derive(Debug)]
pub struct LocalEstimator {
    network: UNet,
    device: Device,
}

impl LocalEstimator {
    /// `network` must be on `device`.
    pub fn new(network: UNet, device: Device) -> Self {
        Self { network, device }
    }
}

impl MaskEstimator for LocalEstimator {
    fn parallelism(&self) -> usize {
        1
    }

    async fn masks(&self, tile: Vec<f32>) -> Result<Vec<f32>, EstimateError> {
        let data = TensorData::new(tile, [1, 1, TILE_FRAMES, BINS]);
        let masks = self.network.forward(Tensor::from_data(data, &self.device));
        let data = masks
            .into_data_async()
            .await
            .map_err(|error| EstimateError(error.to_string()))?;
        data.try_into_vec()
            .map_err(|error| EstimateError(format!("{error:?}")))
    }
}
