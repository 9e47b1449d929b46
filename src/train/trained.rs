//! Separates with any finished run, so that recipes that are not shipped can be scored.

use burn::tensor::{Device, Tensor};

use super::config::{InputView, TrainConfig};
use super::evaluate::Separate;
use super::images::ImageSeparator;
use super::libtorch;
use super::network::Network;
use super::run::{RunFolder, TrainError};
use crate::audio::Waveform;
use crate::model::Networks;
use crate::separate::{LocalEstimator, Observer, SeparateError, Separator, Stems, TileNetwork};

/// Overlap of neighbouring tiles in frames: 1.5 s.
pub const OVERLAP_FRAMES: usize = 32;

/// A finished network that separates songs in the input representation that it was trained on.
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
        let network = run.finished_network(config, &device)?;
        Ok(Self::new(network, config, device))
    }

    /// A finished network of `config`, which is on `device`.
    pub fn new(network: Network, config: &TrainConfig, device: Device) -> Self {
        let estimator = LocalEstimator::new(network, device);
        match config.view {
            InputView::Tiles => Self::Tiles(Separator::new(estimator, OVERLAP_FRAMES)),
            InputView::Images => Self::Images(ImageSeparator::new(estimator)),
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
            Self::Detector(Networks { detector, .. }) => {
                let masks = self.forward(log_magnitudes.clone());
                let mel = detector.mel(log_magnitudes, masks.clone());
                (masks, Some(libtorch::frame_logits(detector, mel)))
            }
            _ => (self.forward(log_magnitudes), None),
        }
    }
}
