//! L6: a finished run at work, whatever its approach and view: to score recipes that are not shipped.

use burn::tensor::{Device, Tensor};

use super::config::{TrainConfig, View};
use super::evaluate::Separate;
use super::images::ImageSeparator;
use super::network::Network;
use super::run::{RunFolder, TrainError};
use crate::audio::Waveform;
use crate::separate::{LocalEstimator, Observer, SeparateError, Separator, Stems, TileNetwork};

/// Frames that neighbouring tiles share: 1.5 s. More costs time; the network sees enough around a tile's middle.
pub const OVERLAP_FRAMES: usize = 32;

/// A trained network that separates songs in the view that it was trained on.
#[derive(Debug)]
pub enum TrainedSeparator {
    /// Tile by tile.
    Tiles(Separator<LocalEstimator<Network>>),
    /// As one image.
    Images(ImageSeparator<LocalEstimator<Network>>),
}

impl TrainedSeparator {
    /// The finished network of `run`, on `device`.
    ///
    /// # Errors
    /// When the run has no finished weights, or they are not of its configuration.
    pub fn open(run: &RunFolder, config: &TrainConfig, device: Device) -> Result<Self, TrainError> {
        let network = Network::decode_finished(config, run.finished_weights()?, &device)?;
        Ok(Self::new(network, config, device))
    }

    /// A finished network of `config`'s, on `device`.
    pub fn new(network: Network, config: &TrainConfig, device: Device) -> Self {
        let estimator = LocalEstimator::new(network, device);
        match config.view {
            View::Tiles => Self::Tiles(Separator::new(estimator, OVERLAP_FRAMES)),
            View::Images => Self::Images(ImageSeparator::new(estimator)),
        }
    }
}

impl Separate for TrainedSeparator {
    async fn separate(
        &self,
        song: &Waveform,
        observer: &mut impl Observer,
    ) -> Result<Stems, SeparateError> {
        match self {
            Self::Tiles(separator) => separator.separate(song, observer).await,
            Self::Images(separator) => separator.separate(song, observer).await,
        }
    }
}

impl TileNetwork for Network {
    fn estimate(&self, log_magnitudes: Tensor<4>) -> (Tensor<4>, Option<Tensor<3>>) {
        match self {
            Self::Detector(networks) => networks.estimate(log_magnitudes),
            _ => (self.forward(log_magnitudes), None),
        }
    }
}
