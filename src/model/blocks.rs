//! Building blocks of the networks: blocks of two convolutions, frequency-wise layers, and upsampling.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, activation::relu};

use super::convolution::{Convolution, Normalization};

/// Two 3 x 3 convolutions with ReLU, then optional frequency-wise layers.
#[derive(Module, Debug)]
pub struct Block {
    pub(crate) first: Convolution,
    pub(crate) second: Convolution,
    pub(crate) frequency: Option<FrequencyLayers>,
}

impl Block {
    /// `channels` in and out; `bins` is the level's width.
    pub fn new(
        channels: [usize; 2],
        bins: usize,
        frequency_bottleneck: Option<usize>,
        norm: Normalization,
        device: &Device,
    ) -> Self {
        Self {
            first: Convolution::new(channels, 3, norm, device),
            second: Convolution::new([channels[1], channels[1]], 3, norm, device),
            frequency: frequency_bottleneck
                .map(|factor| FrequencyLayers::new(bins, bins / factor, device)),
        }
    }

    /// `[batch, channels in, frames, bins]` to `[batch, channels out, frames, bins]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.forward_modulated(input, |features| features)
    }

    /// [`Self::forward`], with `modulate` between the last convolution and its ReLU.
    pub fn forward_modulated(
        &self,
        input: Tensor<4>,
        modulate: impl FnOnce(Tensor<4>) -> Tensor<4>,
    ) -> Tensor<4> {
        let features = self.second.forward(self.first.forward_relu(input));
        self.along_frequency(relu(modulate(features)))
    }

    fn along_frequency(&self, features: Tensor<4>) -> Tensor<4> {
        match &self.frequency {
            Some(layers) => layers.forward(features),
            None => features,
        }
    }

    /// The same function without normalisation layers.
    pub fn folded(self) -> Self {
        Self {
            first: self.first.folded(),
            second: self.second.folded(),
            frequency: self.frequency,
        }
    }
}

/// Two fully connected layers over all bins of a frame, shared by all channels, with a residual connection (TDF). Their
/// receptive field covers all harmonics of a note.
#[derive(Module, Debug)]
pub struct FrequencyLayers {
    pub(crate) narrow: Linear,
    pub(crate) widen: Linear,
}

impl FrequencyLayers {
    fn new(bins: usize, bottleneck: usize, device: &Device) -> Self {
        Self {
            narrow: LinearConfig::new(bins, bottleneck).init(device),
            widen: LinearConfig::new(bottleneck, bins).init(device),
        }
    }

    /// Keeps its input's shape `[batch, channels, frames, bins]`.
    fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let hidden = relu(self.narrow.forward(input.clone()));
        input + self.widen.forward(hidden)
    }
}

/// Transposed convolution of kernel and stride 2, computed as a 1 x 1 convolution and a pixel shuffle.
#[derive(Module, Debug)]
pub struct Upsampling {
    pub(crate) spread: Convolution,
}

impl Upsampling {
    /// `channels` in and out.
    pub fn new(channels: [usize; 2], device: &Device) -> Self {
        Self {
            spread: Convolution::new(
                [channels[0], channels[1] * 4],
                1,
                Normalization::None,
                device,
            ),
        }
    }

    /// `[batch, channels in, height, width]` to `[batch, channels out, 2 height, 2 width]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        channels_to_patches(self.spread.forward(input), 2)
    }
}

/// `[batch, channels, height, width]` to `[batch, channels side², height / side, width / side]`: pixel unshuffle.
pub fn patches_to_channels(input: Tensor<4>, side: usize) -> Tensor<4> {
    if side == 1 {
        return input;
    }
    let [batch, channels, height, width] = input.dims();
    let [height, width] = [height / side, width / side];
    input
        .reshape([batch, channels, height, side, width, side])
        .permute([0, 1, 3, 5, 2, 4])
        .reshape([batch, channels * side * side, height, width])
}

/// Pixel shuffle, the inverse of [`patches_to_channels`].
pub fn channels_to_patches(input: Tensor<4>, side: usize) -> Tensor<4> {
    if side == 1 {
        return input;
    }
    let [batch, channels, height, width] = input.dims();
    let channels = channels / (side * side);
    input
        .reshape([batch, channels, side, side, height, width])
        .permute([0, 1, 4, 2, 5, 3])
        .reshape([batch, channels, side * height, side * width])
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::TensorData;

    #[test]
    fn patches_become_channels_and_patches_again() {
        let device = Device::flex();
        let values: Vec<f32> = (0..2 * 4 * 6).map(|value| value as f32).collect();
        let image = Tensor::<4>::from_data(TensorData::new(values, [2, 1, 4, 6]), &device);
        let channels = patches_to_channels(image.clone(), 2);
        assert_eq!(channels.dims(), [2, 4, 2, 3]);
        let first_pixel = channels.clone().slice([0..1, 0..4, 0..1, 0..1]).into_data();
        assert_eq!(
            first_pixel.try_to_vec::<f32>().expect("floats"),
            [0.0, 1.0, 6.0, 7.0]
        );
        let back = channels_to_patches(channels, 2);
        assert_eq!(back.into_data(), image.into_data());
    }
}
