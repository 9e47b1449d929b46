//! Sizes of a detector, and their cost.

use serde::{Deserialize, Serialize};

use super::config::MAX_CHANNELS;
use crate::dsp::BINS;

/// Side of the squares of frames and bands that a pixel unshuffle turns into channels before the first block.
pub(crate) const PATCH: usize = 2;

/// Max pooling, frames and bands, after each block but the last.
pub(crate) const POOLS: [[usize; 2]; 2] = [[2, 2], [1, 2]];

/// Bottleneck factor of the frequency-wise layers.
pub(crate) const FREQUENCY_BOTTLENECK: usize = 4;

/// Learnt weighted sums over the rows (frequency templates) for each channel.
pub(crate) const TEMPLATES: usize = 2;

/// Kernel size, in steps, of the temporal convolution before the output: 0.9 s.
pub(crate) const MOVEMENT_STEPS: usize = 5;

/// Frames of one output step: 0.19 s.
pub const FRAMES_PER_STEP: usize = PATCH * POOLS[0][0] * POOLS[1][0];

/// Upper bound: the number of bins.
const MAX_BANDS: usize = 512;

/// Sizes of a [`Detector`](super::Detector). Serialised into the model card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DetectorConfig {
    /// Mel bands; divisible by 32, since each block needs a multiple of 4 rows.
    pub bands: usize,
    /// Channels of each block.
    pub channels: [usize; 3],
    /// Channels after the sums over rows.
    pub hidden: usize,
    /// Outputs, one for each source.
    pub sources: usize,
}

impl DetectorConfig {
    /// Input channels of the first block: patches of the mixture and of each source.
    pub(crate) fn inputs(&self) -> usize {
        PATCH * PATCH * (1 + self.sources)
    }

    /// Rows of each block.
    pub(crate) fn rows(&self) -> [usize; 3] {
        let first = self.bands / PATCH;
        let second = first / POOLS[0][1];
        [first, second, second / POOLS[1][1]]
    }

    /// Floating-point operations (a multiplication and an addition count as two) of one forward pass over `frames`
    /// frames: the bands, and the blocks' convolutions and frequency layers, which cost nearly all.
    pub fn flops(&self, frames: usize) -> u64 {
        let mut steps = frames / PATCH;
        let mut channels_in = self.inputs();
        let mut total = 2 * frames * (1 + self.sources) * BINS * self.bands;
        for (block, (channels, rows)) in self.channels.into_iter().zip(self.rows()).enumerate() {
            let pixels = steps * rows;
            total += pixels * 18 * (channels_in * channels + channels * channels);
            total += pixels * 4 * channels * (rows / FREQUENCY_BOTTLENECK);
            steps /= POOLS.get(block).map_or(1, |[frames, _]| *frames);
            channels_in = channels;
        }
        total as u64
    }

    /// What is wrong with the sizes, if anything.
    pub fn problem(&self) -> Option<String> {
        if !self.bands.is_multiple_of(32) || !(32..=MAX_BANDS).contains(&self.bands) {
            return Some(format!(
                "a detector of {} bands: 32 to {MAX_BANDS}, a multiple of 32",
                self.bands
            ));
        }
        let mut widths = self.channels.into_iter().chain([self.hidden, self.sources]);
        widths
            .find(|width| !(1..=MAX_CHANNELS).contains(width))
            .map(|width| format!("{width} channels in the detector: 1 to {MAX_CHANNELS}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: DetectorConfig = DetectorConfig {
        bands: 96,
        channels: [32, 64, 72],
        hidden: 64,
        sources: 5,
    };

    #[test]
    fn rows_and_cost_are_those_counted_by_hand() {
        assert_eq!(CONFIG.rows(), [48, 24, 12]);
        let bands = 2 * 512 * 6 * 512 * 96;
        let convolutions = 2 * 9 * (256 * 48 * (24 + 32) * 32 + 128 * 24 * (32 + 64) * 64)
            + 2 * 9 * 128 * 12 * (64 + 72) * 72;
        let flops = CONFIG.flops(512) as f64;
        assert!(
            (1.0..1.05).contains(&(flops / f64::from(bands + convolutions))),
            "{flops}"
        );
    }

    #[test]
    fn impossible_sizes_are_named() {
        assert_eq!(CONFIG.problem(), None);
        for bands in [0, 16, 100, 1024] {
            assert!(
                DetectorConfig { bands, ..CONFIG }.problem().is_some(),
                "{bands}"
            );
        }
        for hidden in [0, usize::MAX] {
            assert!(
                DetectorConfig { hidden, ..CONFIG }.problem().is_some(),
                "{hidden}"
            );
        }
    }
}
