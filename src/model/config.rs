//! Sizes of a separator, and their cost.

use serde::{Deserialize, Serialize};

/// Sizes of a [`UNet`](super::UNet). Serialised into the model card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UNetConfig {
    /// Channels of each contracting level, the finest first, then of the bottleneck: six for the paper's five levels.
    pub channels: Vec<usize>,
    /// Frequency bins of the input; divisible by [`Self::patch`] and by 2 to the number of levels.
    pub bins: usize,
    /// Side of the squares of frames and bins that a pixel unshuffle turns into channels before the first level, and a
    /// pixel shuffle back after the last (sub-pixel convolution, Shi et al. 2016): full resolution costs most and gains
    /// least. 1 for none.
    #[serde(default = "one")]
    pub patch: usize,
    /// Bottleneck factor of the frequency-wise layers of each level; `None` for no such layers. They are the
    /// "time-distributed fully connected" layers of TFC-TDF networks (Choi et al., ISMIR 2020; Kim et al., MDX 2021).
    pub frequency_bottleneck: Option<usize>,
    /// Number of masks, one for each source.
    pub masks: usize,
}

fn one() -> usize {
    1
}

/// Upper bound: a bottleneck of this width alone has 150 million weights.
pub(super) const MAX_CHANNELS: usize = 4096;

/// Upper bound of the patch size.
const MAX_PATCH: usize = 16;

impl UNetConfig {
    /// The paper's network: channels double at each of five levels.
    pub fn paper(base_channels: usize, bins: usize, masks: usize) -> Self {
        Self {
            channels: (0..=5).map(|level| base_channels << level).collect(),
            bins,
            patch: 1,
            frequency_bottleneck: None,
            masks,
        }
    }

    /// Contracting levels above the bottleneck.
    pub fn levels(&self) -> usize {
        self.channels.len() - 1
    }

    /// Bins at the first level.
    pub fn level_bins(&self) -> usize {
        self.bins / self.patch
    }

    /// The number of frames of an input must be a multiple of this.
    pub fn smallest_frames(&self) -> usize {
        self.patch << self.levels()
    }

    /// What is wrong with the sizes, if anything.
    pub fn problem(&self) -> Option<String> {
        if self.channels.len() < 2 || self.channels.contains(&0) || self.masks == 0 {
            return Some(
                "a network needs at least one level, channels and masks above zero".to_owned(),
            );
        }
        if let Some(channels) = self.channels.iter().find(|&&it| it > MAX_CHANNELS) {
            return Some(format!(
                "{channels} channels: at most {MAX_CHANNELS} at a level"
            ));
        }
        if !(1..=MAX_PATCH).contains(&self.patch) || !self.bins.is_multiple_of(self.patch) {
            return Some(format!(
                "{} bins in patches of {}: patches have 1 to {MAX_PATCH}, and fit",
                self.bins, self.patch
            ));
        }
        let bins = self.level_bins();
        let halvings = self.levels() as u32;
        let narrowest = bins.checked_shr(halvings).unwrap_or(0);
        if narrowest == 0 || bins.trailing_zeros() < halvings {
            Some(format!("{bins} bins cannot be halved at {halvings} levels"))
        } else if self
            .frequency_bottleneck
            .is_some_and(|factor| factor == 0 || narrowest < factor)
        {
            Some(format!(
                "a frequency bottleneck of {:?} leaves nothing of {narrowest} bins",
                self.frequency_bottleneck
            ))
        } else {
            None
        }
    }

    /// Floating-point operations (a multiplication and an addition count as two) of one forward pass over `frames`
    /// frames, convolutions and frequency layers only.
    pub fn flops(&self, frames: usize) -> u64 {
        let mut total = 0;
        let mut channels_in = self.patch * self.patch;
        let frames = frames / self.patch;
        for (level, &channels) in self.channels.iter().enumerate() {
            let bins = self.level_bins() >> level;
            let pixels = bins * (frames >> level);
            let squares = channels * channels;
            total += pixels * 18 * (channels_in * channels + squares);
            let is_bottom = level == self.levels();
            if !is_bottom {
                let up = pixels / 4 * 2 * self.channels[level + 1] * channels * 4;
                total += up + pixels * 18 * 3 * squares;
            }
            if let Some(factor) = self.frequency_bottleneck {
                let layers = if is_bottom { 1 } else { 2 };
                total += layers * 4 * pixels * channels * (bins / factor);
            }
            channels_in = channels;
        }
        let last = 2 * self.channels[0] * self.masks * self.patch * self.patch;
        (total + self.level_bins() * frames * last) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_papers_network_costs_what_was_counted_by_hand() {
        let flops = UNetConfig::paper(16, 512, 5).flops(512);
        assert!((28e9..34e9).contains(&(flops as f64)), "{flops}");
    }

    #[test]
    fn impossible_sizes_are_named() {
        assert_eq!(UNetConfig::paper(16, 512, 5).problem(), None);
        assert!(UNetConfig::paper(16, 500, 5).problem().is_some());
        assert!(UNetConfig::paper(0, 512, 5).problem().is_some());
        let with_channels = |channels| UNetConfig {
            channels,
            ..UNetConfig::paper(16, 512, 5)
        };
        assert!(with_channels(Vec::new()).problem().is_some());
        assert!(with_channels(vec![1; 10]).problem().is_none());
        for levels in [10, 63, 64, 65, 1000] {
            assert!(
                with_channels(vec![1; levels + 1]).problem().is_some(),
                "{levels}"
            );
        }
        assert!(with_channels(vec![16, usize::MAX]).problem().is_some());
        let with_patch = |patch| UNetConfig {
            patch,
            ..UNetConfig::paper(16, 512, 5)
        };
        for (patch, possible) in [(0, false), (2, true), (3, false), (16, true), (32, false)] {
            assert_eq!(with_patch(patch).problem().is_none(), possible, "{patch}");
        }
        assert!(UNetConfig::paper(16, usize::MAX, 5).problem().is_some());
    }
}
