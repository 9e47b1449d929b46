//! A network in this thread as estimator of masks.

use burn::tensor::{Device, Tensor, TensorData};

use super::{EstimateError, MaskEstimator};
use crate::dsp::{BINS, TILE_FRAMES};
use crate::model::UNet;

/// Whatever makes masks of spectrograms.
pub trait MaskNetwork {
    /// Masks `[batch, source, frame, bin]` of normalised log magnitudes `[batch, 1, frame, bin]`.
    fn masks(&self, log_magnitudes: Tensor<4>) -> Tensor<4>;
}

impl MaskNetwork for UNet {
    fn masks(&self, log_magnitudes: Tensor<4>) -> Tensor<4> {
        self.forward(log_magnitudes)
    }
}

/// A network on a device of this thread.
#[derive(Debug)]
pub struct LocalEstimator<N = UNet> {
    network: N,
    device: Device,
}

impl<N: MaskNetwork> LocalEstimator<N> {
    /// `network` must be on `device`.
    pub fn new(network: N, device: Device) -> Self {
        Self { network, device }
    }
}

impl<N: MaskNetwork> MaskEstimator for LocalEstimator<N> {
    fn parallelism(&self) -> usize {
        1
    }

    async fn masks(&self, tile: Vec<f32>) -> Result<Vec<f32>, EstimateError> {
        let data = TensorData::new(tile, [1, 1, TILE_FRAMES, BINS]);
        let masks = self.network.masks(Tensor::from_data(data, &self.device));
        let data = masks
            .into_data_async()
            .await
            .map_err(|error| EstimateError(error.to_string()))?;
        data.try_into_vec()
            .map_err(|error| EstimateError(format!("{error:?}")))
    }
}
