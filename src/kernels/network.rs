//! Separator and detector, one after the other, a tile at a time.

use super::block::Buffers;
use super::detector::{self, Detector};
use super::mel::Separated;
use super::simd::Level;
use super::unet::{self, UNet};
use crate::dsp::BINS;
use crate::model::{
    DetectorConfig, FRAMES_PER_STEP, ModelCard, Tensors, UNetConfig, WeightsError, verify,
};
use crate::source::Source;

/// A separator and a detector with their weights, packed for this processor. Threads can share one; each needs a
/// [`Workspace`] of its own.
#[derive(Clone, Debug)]
pub struct Network {
    level: Level,
    separator: UNet,
    detector: Detector,
    frames_step: usize,
}

/// Activations of a tile, kept from one tile to the next.
#[derive(Clone, Debug)]
pub struct Workspace {
    frames: usize,
    separator: unet::Activations,
    detector: detector::Activations,
    buffers: Buffers,
}

impl Workspace {
    /// Gives memory back that only computing needs; the next tile takes it again.
    pub fn release(&mut self) {
        self.buffers = Buffers::default();
    }
}

impl Network {
    /// The networks that `card` describes.
    ///
    /// # Errors
    /// When the SHA-256 of `weights`, a safetensors file, is not the card's, or names or shapes of its tensors differ
    /// from the architecture's.
    pub fn load(card: &ModelCard, weights: Vec<u8>) -> Result<Self, WeightsError> {
        verify(card, &weights)?;
        Self::pack(Tensors::read(weights)?, &card.architecture, &card.detector)
    }

    /// Networks of these sizes.
    ///
    /// # Errors
    /// When names or shapes of the tensors differ from the architecture's.
    pub fn pack(
        mut tensors: Tensors,
        separator: &UNetConfig,
        detector: &DetectorConfig,
    ) -> Result<Self, WeightsError> {
        let level = Level::best();
        let network = Self {
            level,
            frames_step: separator.smallest_frames().max(FRAMES_PER_STEP),
            separator: UNet::load(level, &mut tensors, separator)?,
            detector: Detector::load(level, &mut tensors, detector)?,
        };
        tensors.finish()?;
        Ok(network)
    }

    /// The same for many tiles, or many threads: 7 % faster, for 40 MB more (of the shipped networks).
    #[must_use]
    pub fn prepared(mut self) -> Self {
        let separator = self.separator.blocks_mut();
        for block in separator.chain(self.detector.blocks_mut()) {
            block.prepare(self.level);
        }
        self
    }

    /// Room for tiles of `frames` frames, a multiple of what the architecture halves them by.
    ///
    /// # Panics
    /// Where it is none.
    pub fn workspace(&self, frames: usize) -> Workspace {
        let step = self.frames_step;
        assert!(
            frames.is_multiple_of(step),
            "{frames} frames: expected a multiple of {step}"
        );
        Workspace {
            frames,
            separator: self.separator.activations(frames),
            detector: self.detector.activations(frames),
            buffers: Buffers::default(),
        }
    }

    /// What is in a tile of normalised log magnitudes `[frame, bin]`: masks `[source, frame, bin]`, each in \[0, 1\] and
    /// every bin's summing to 1, then logits that each source plays, `[source, frame]`.
    ///
    /// # Panics
    /// Unless the tile has as many frames as the workspace.
    pub fn run(&self, log_magnitudes: &[f32], workspace: &mut Workspace) -> Vec<f32> {
        let Workspace {
            frames,
            separator,
            detector,
            buffers,
        } = workspace;
        assert_eq!(log_magnitudes.len(), *frames * BINS, "the workspace's size");
        let mut values = vec![0.0; Source::COUNT * *frames * (BINS + 1)];
        let (masks, logits) = values.split_at_mut(Source::COUNT * *frames * BINS);
        let level = self.level;
        self.separator
            .run(level, log_magnitudes, separator, buffers, masks);
        let tile = Separated {
            log_magnitudes,
            masks,
        };
        self.detector.run(level, tile, detector, buffers, logits);
        values
    }
}
