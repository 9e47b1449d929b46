//! A network in this thread as estimator of masks.

use burn::tensor::{Device, Tensor, TensorData};

use super::{EstimateError, MaskEstimator};
use crate::dsp::{BINS, TILE_FRAMES};
use crate::model::UNet;

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
