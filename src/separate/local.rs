//! A tile estimator that runs networks in this thread.

use burn::tensor::{Device, Tensor, TensorData};

use super::{EstimateError, TileEstimate, TileEstimator};
use crate::dsp::{BINS, TILE_FRAMES};
use crate::model::Networks;
use crate::source::Source;

/// A network that estimates masks and, with a detector, activity.
pub trait TileNetwork {
    /// Masks `[batch, source, frame, bin]` of normalised log magnitudes `[batch, 1, frame, bin]`, and activity logits
    /// `[batch, source, frame]`, if it has a detector.
    fn estimate(&self, log_magnitudes: Tensor<4>) -> (Tensor<4>, Option<Tensor<3>>);
}

impl TileNetwork for Networks {
    fn estimate(&self, log_magnitudes: Tensor<4>) -> (Tensor<4>, Option<Tensor<3>>) {
        let (masks, logits) = self.forward(log_magnitudes);
        (masks, Some(logits))
    }
}

/// Networks on a device of this thread.
#[derive(Debug)]
pub struct LocalEstimator<N = Networks> {
    network: N,
    device: Device,
}

impl<N: TileNetwork> LocalEstimator<N> {
    /// `network` must be on `device`.
    pub fn new(network: N, device: Device) -> Self {
        Self { network, device }
    }
}

impl<N: TileNetwork> TileEstimator for LocalEstimator<N> {
    fn parallelism(&self) -> usize {
        1
    }

    async fn estimate(&self, tile: Vec<f32>) -> Result<TileEstimate, EstimateError> {
        let data = TensorData::new(tile, [1, 1, TILE_FRAMES, BINS]);
        let tile = Tensor::from_data(data, &self.device);
        let (masks, logits) = self.network.estimate(tile);
        let logits =
            logits.unwrap_or_else(|| Tensor::zeros([1, Source::COUNT, TILE_FRAMES], &self.device));
        let values = vec![masks.flatten::<1>(0, 3), logits.flatten::<1>(0, 2)];
        let values = Tensor::cat(values, 0);
        let data = values
            .into_data_async()
            .await
            .map_err(|error| EstimateError(error.to_string()))?;
        let values = data
            .try_into_vec()
            .map_err(|error| EstimateError(format!("{error:?}")))?;
        TileEstimate::from_values(values)
    }
}
