//! The separator.

use burn::module::Module;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::tensor::{Device, Tensor, activation::softmax};

use super::UNetConfig;
use super::blocks::{Block, Upsampling, channels_to_patches, patches_to_channels};
use super::convolution::{Convolution, Normalization};

/// A U-Net (Ronneberger et al. 2015) from a log-magnitude spectrogram to soft masks.
///
/// Contracting blocks, each followed by 2 x 2 max pooling; a bottleneck block; expanding blocks of upsampling, skip
/// connection and two convolutions; a last 1 x 1 convolution and a softmax over the sources. Optionally all of it works
/// on patches of pixels.
#[derive(Module, Debug)]
pub struct UNet {
    pub(crate) contracting: Vec<Block>,
    pub(crate) bottom: Block,
    pub(crate) doublings: Vec<Upsampling>,
    pub(crate) expanding: Vec<Block>,
    pub(crate) last: Convolution,
    pool: MaxPool2d,
    pub(crate) patch: usize,
}

impl UNetConfig {
    /// A network for training: random weights, with batch normalisation.
    pub fn init_training(&self, device: &Device) -> UNet {
        self.init_with(Normalization::Batch, device)
    }

    /// A network for finished weights: without batch normalisation, which is folded into them.
    pub fn init(&self, device: &Device) -> UNet {
        self.init_with(Normalization::None, device)
    }

    fn init_with(&self, norm: Normalization, device: &Device) -> UNet {
        let levels = self.levels();
        let channels = &self.channels;
        let patch_pixels = self.patch * self.patch;
        let block = |channels_in: usize, level: usize| {
            Block::new(
                [channels_in, channels[level]],
                self.level_bins() >> level,
                self.frequency_bottleneck,
                norm,
                device,
            )
        };
        UNet {
            contracting: (0..levels)
                .map(|level| {
                    let channels_in = match level {
                        0 => patch_pixels,
                        _ => channels[level - 1],
                    };
                    block(channels_in, level)
                })
                .collect(),
            bottom: block(channels[levels - 1], levels),
            doublings: (0..levels)
                .rev()
                .map(|level| Upsampling::new([channels[level + 1], channels[level]], device))
                .collect(),
            expanding: (0..levels)
                .rev()
                .map(|level| block(2 * channels[level], level))
                .collect(),
            last: Convolution::new(
                [channels[0], self.masks * patch_pixels],
                1,
                Normalization::None,
                device,
            ),
            pool: MaxPool2dConfig::new([2, 2]).with_strides([2, 2]).init(),
            patch: self.patch,
        }
    }
}

impl UNet {
    /// Masks of a batch of tiles: `[batch, 1, frames, bins]` to `[batch, sources, frames, bins]`, each value in
    /// \[0, 1\] and every bin's summing to 1. Frames and bins must be divisible by the patch times 2 to the number of
    /// levels.
    pub fn forward(&self, log_magnitudes: Tensor<4>) -> Tensor<4> {
        softmax(self.logits(log_magnitudes), 1)
    }

    /// The masks before the softmax, same shapes as [`Self::forward`].
    pub fn logits(&self, log_magnitudes: Tensor<4>) -> Tensor<4> {
        self.logits_through(log_magnitudes, |_, block, features| block.forward(features))
    }

    /// [`Self::logits`] with the contracting blocks run by `contract`, which gets the level (the finest first), its
    /// block and the input.
    pub(crate) fn logits_through(
        &self,
        log_magnitudes: Tensor<4>,
        contract: impl Fn(usize, &Block, Tensor<4>) -> Tensor<4>,
    ) -> Tensor<4> {
        let mut skips = Vec::with_capacity(self.contracting.len());
        let mut features = patches_to_channels(log_magnitudes, self.patch);
        for (level, block) in self.contracting.iter().enumerate() {
            let output = contract(level, block, features);
            features = self.pool.forward(output.clone());
            skips.push(output);
        }
        features = self.bottom.forward(features);
        for ((doubling, block), skip) in self
            .doublings
            .iter()
            .zip(&self.expanding)
            .zip(skips.into_iter().rev())
        {
            features = block.forward(Tensor::cat(vec![skip, doubling.forward(features)], 1));
        }
        channels_to_patches(self.last.forward(features), self.patch)
    }

    /// The same network with its logits scaled by `factor` (temperature scaling): softer masks below 1, harder ones
    /// above.
    pub fn with_scaled_logits(self, factor: f64) -> Self {
        Self {
            last: self.last.scaled(factor),
            ..self
        }
    }

    /// The same function with batch normalisation folded into the convolutions, as it is shipped.
    pub fn folded(self) -> Self {
        let fold = |blocks: Vec<Block>| blocks.into_iter().map(Block::folded).collect();
        Self {
            contracting: fold(self.contracting),
            bottom: self.bottom.folded(),
            expanding: fold(self.expanding),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Distribution;

    #[test]
    fn masks_sum_to_one_at_every_bin() {
        let device = Device::flex();
        device.seed(3);
        let config = UNetConfig {
            channels: vec![4, 6, 6, 8, 8],
            bins: 64,
            patch: 2,
            frequency_bottleneck: Some(2),
            masks: 5,
        };
        let input = Tensor::<4>::random([2, 1, 32, 64], Distribution::Default, &device);
        let masks = config.init(&device).forward(input);
        assert_eq!(masks.dims(), [2, 5, 32, 64]);
        let sums = masks
            .sum_dim(1)
            .into_data()
            .try_to_vec::<f32>()
            .expect("floats");
        assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5));
    }
}
