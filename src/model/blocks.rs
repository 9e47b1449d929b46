//! What a U-Net is made of: blocks of two convolutions, layers along the frequency axis, and doubling of resolution.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, activation::relu};

use super::convolution::{Convolution, Normalization};
use super::libtorch;

/// Two 3 x 3 convolutions with ReLU, then, where configured, layers along the frequency axis.
#[derive(Module, Debug)]
pub struct Block {
    first: Convolution,
    second: Convolution,
    frequency: Option<FrequencyLayers>,
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
        self.along_frequency(self.second.forward_relu(self.first.forward_relu(input)))
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

/// Two fully connected layers over all bins of a frame, the same for every channel, added to their input: they see
/// all harmonics of a note at once, which convolutions reach only many levels down.
#[derive(Module, Debug)]
struct FrequencyLayers {
    narrow: Linear,
    widen: Linear,
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
        self.forward_libtorch(&input).unwrap_or_else(|| {
            let hidden = relu(self.narrow.forward(input.clone()));
            input + self.widen.forward(hidden)
        })
    }

    /// [`Self::forward`] where LibTorch trains.
    fn forward_libtorch(&self, input: &Tensor<4>) -> Option<Tensor<4>> {
        let biases = self.narrow.bias.as_ref().zip(self.widen.bias.as_ref())?;
        libtorch::frequency_layers(
            input,
            [&self.narrow.weight.val(), &self.widen.weight.val()],
            [&biases.0.val(), &biases.1.val()],
        )
    }
}

/// Transposed convolution of kernel and stride 2, written as a product with the pixel's channels, whose four results
/// become four pixels.
#[derive(Module, Debug)]
pub struct Doubling {
    spread: Convolution,
}

impl Doubling {
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
        let [batch, _, height, width] = input.dims();
        let spread = self.spread.forward(input);
        let channels = spread.dims()[1] / 4;
        spread
            .reshape([batch, channels, 2, 2, height, width])
            .permute([0, 1, 4, 2, 5, 3])
            .reshape([batch, channels, 2 * height, 2 * width])
    }
}
