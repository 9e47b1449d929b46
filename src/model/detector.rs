//! The detector: a network that estimates when each source plays, from the mixture and its separated sources.

use burn::module::{Initializer, Module, Param};
use burn::nn::PaddingConfig1d;
use burn::nn::conv::{Conv1d, Conv1dConfig};
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::tensor::{Device, Tensor, TensorData, activation::relu};

use super::blocks::{Block, patches_to_channels};
use super::convolution::{Convolution, Normalization};
use super::detector_config::{
    DetectorConfig, FRAMES_PER_STEP, FREQUENCY_BOTTLENECK, MOVEMENT_STEPS, PATCH, POOLS, TEMPLATES,
};
use super::magnitudes::{log_magnitudes, magnitudes};
use crate::dsp::{BINS, mel};

/// A convolutional network over mel spectrograms (as in Han et al. 2017, Instrument recognition in polyphonic music) of
/// the mixture and of each separated source, with one output for each step of [`FRAMES_PER_STEP`] frames, which also
/// depends on the mean features of the tile.
#[derive(Module, Debug)]
pub struct Detector {
    pub(crate) blocks: Vec<Block>,
    /// `[1, channels, 1, rows]`.
    templates: Param<Tensor<4>>,
    mix: Convolution,
    context: Convolution,
    movement: Conv1d,
    last: Convolution,
    bands: usize,
}

impl DetectorConfig {
    /// A network for training: random weights, with batch normalisation.
    pub fn init_training(&self, device: &Device) -> Detector {
        self.init_with(Normalization::Batch, device)
    }

    /// A network for finished weights: without batch normalisation, which is folded into them.
    pub fn init(&self, device: &Device) -> Detector {
        self.init_with(Normalization::None, device)
    }

    fn init_with(&self, norm: Normalization, device: &Device) -> Detector {
        let widths = [self.inputs()].into_iter().chain(self.channels);
        let widths = widths.zip(self.channels);
        let blocks = widths.zip(self.rows()).map(|((input, output), rows)| {
            let bottleneck = Some(FREQUENCY_BOTTLENECK);
            Block::new([input, output], rows, bottleneck, norm, device)
        });
        let ([.., channels], [.., rows]) = (self.channels, self.rows());
        let templates = Initializer::Normal {
            mean: 0.0,
            std: 0.1,
        };
        let pointwise = |channels| Convolution::new(channels, 1, Normalization::None, device);
        Detector {
            blocks: blocks.collect(),
            templates: templates.init([1, TEMPLATES * channels, 1, rows], device),
            mix: pointwise([TEMPLATES * channels, self.hidden]),
            context: pointwise([2 * self.hidden, self.hidden]),
            movement: Conv1dConfig::new(self.hidden, self.hidden, MOVEMENT_STEPS)
                .with_padding(PaddingConfig1d::Explicit(
                    MOVEMENT_STEPS / 2,
                    MOVEMENT_STEPS / 2,
                ))
                .init(device),
            last: pointwise([self.hidden, self.sources]),
            bands: self.bands,
        }
    }
}

impl Detector {
    /// Logits of each source's activity, `[batch, sources, steps]`, from the output of [`Self::mel`]. The number of
    /// frames must be divisible by [`FRAMES_PER_STEP`].
    pub fn forward(&self, mel: Tensor<4>) -> Tensor<3> {
        self.step_logits(self.trunk(mel))
    }

    /// [`Self::forward`] after [`Self::trunk`]: `[batch, channels, steps, rows]` to `[batch, sources, steps]`.
    fn step_logits(&self, features: Tensor<4>) -> Tensor<3> {
        let features = features.repeat_dim(1, TEMPLATES) * self.templates.val();
        let features = self.mix.forward_relu(relu(features.sum_dim(3)));
        let steps = features.dims()[2];
        let overall = features.clone().mean_dim(2).repeat_dim(2, steps);
        let features = self
            .context
            .forward_relu(Tensor::cat(vec![features, overall], 1));
        let moved = relu(self.movement.forward(features.clone().squeeze_dim::<3>(3)));
        let features = features + moved.unsqueeze_dim::<4>(3);
        self.last.forward(features).squeeze_dim::<3>(3)
    }

    /// [`Self::forward`] repeated for all frames of a step: `[batch, sources, frames]`.
    pub fn frame_logits(&self, mel: Tensor<4>) -> Tensor<3> {
        self.frame_logits_of(self.trunk(mel))
    }

    /// [`Self::frame_logits`] after [`Self::trunk`], whose output is `features`, `[batch, channels, steps, rows]`.
    pub(crate) fn frame_logits_of(&self, features: Tensor<4>) -> Tensor<3> {
        let logits = self.step_logits(features);
        let [batch, sources, steps] = logits.dims();
        logits
            .unsqueeze_dim::<4>(3)
            .repeat_dim(3, FRAMES_PER_STEP)
            .reshape([batch, sources, steps * FRAMES_PER_STEP])
    }

    /// The same function with batch normalisation folded into the convolutions, as it is shipped.
    pub fn folded(self) -> Self {
        Self {
            blocks: self.blocks.into_iter().map(Block::folded).collect(),
            ..self
        }
    }

    /// The detector's input: normalised log mel spectrograms of the mixture and of each source, `[batch, 1 + sources,
    /// frames, bands]`, from the mixture's log magnitudes `[batch, 1, frames, bins]` and a separator's masks `[batch,
    /// sources, frames, bins]`.
    pub fn mel(&self, of_bins: Tensor<4>, masks: Tensor<4>) -> Tensor<4> {
        let filters = TensorData::new(mel::filters(self.bands), [BINS, self.bands]);
        let filters = Tensor::<2>::from_data(filters, &of_bins.device());
        let mixture = magnitudes(of_bins);
        let parts = Tensor::cat(vec![mixture.clone(), masks * mixture], 1);
        let [batch, parts_count, frames, _] = parts.dims();
        let bins = parts.reshape([batch * parts_count * frames, BINS]);
        log_magnitudes(bins.matmul(filters)).reshape([batch, parts_count, frames, self.bands])
    }

    /// The convolutional blocks: `[batch, 1 + sources, frames, bands]` to `[batch, channels, steps, rows]`.
    pub(crate) fn trunk(&self, mel: Tensor<4>) -> Tensor<4> {
        let mut features = patches_to_channels(mel, PATCH);
        for (index, block) in self.blocks.iter().enumerate() {
            features = block.forward(features);
            if let Some(&size) = POOLS.get(index) {
                features = pool(size).forward(features);
            }
        }
        features
    }
}

fn pool(size: [usize; 2]) -> MaxPool2d {
    MaxPool2dConfig::new(size).with_strides(size).init()
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;
    use burn::tensor::{Distribution, Tolerance};

    const CONFIG: DetectorConfig = DetectorConfig {
        bands: 32,
        channels: [3, 4, 5],
        hidden: 6,
        sources: 5,
    };

    fn mel(device: &Device) -> Tensor<4> {
        let shape = [2, 1 + CONFIG.sources, 32, CONFIG.bands];
        Tensor::random(shape, Distribution::Uniform(-1.0, 1.0), device)
    }

    #[test]
    fn every_frame_of_a_step_has_its_logit() {
        let device = Device::flex();
        device.seed(7);
        let detector = CONFIG.init(&device);
        let mel = mel(&device);
        let steps = detector.forward(mel.clone());
        let frames = detector.frame_logits(mel);
        assert_eq!(steps.dims(), [2, 5, 32 / FRAMES_PER_STEP]);
        assert_eq!(frames.dims(), [2, 5, 32]);
        let steps = steps.into_data().try_to_vec::<f32>().expect("floats");
        let frames = frames.into_data().try_to_vec::<f32>().expect("floats");
        for (frame, logit) in frames.iter().enumerate() {
            assert_eq!(*logit, steps[frame / FRAMES_PER_STEP]);
        }
    }

    #[test]
    fn bands_average_magnitudes() {
        let device = Device::flex();
        let detector = CONFIG.init(&device);
        // A constant over all bins is the same constant over all bands. A tenth of the magnitude is 20 dB less: 0.5.
        let level = Tensor::<4>::full([1, 1, 8, BINS], 0.7, &device);
        let masks = Tensor::<4>::full([1, CONFIG.sources, 8, BINS], 0.1, &device);
        let bands =
            |channels, level| Tensor::<4>::full([1, channels, 8, CONFIG.bands], level, &device);
        let expected = Tensor::cat(vec![bands(1, 0.7), bands(CONFIG.sources, 0.2)], 1);
        let bands = detector.mel(level, masks).into_data();
        bands.assert_approx_eq::<f32>(&expected.into_data(), Tolerance::rel_abs(1e-3, 5e-3));
    }

    #[test]
    fn folding_keeps_the_function() {
        let device = Device::flex().autodiff();
        device.seed(8);
        let detector = CONFIG.init_training(&device);
        for _ in 0..3 {
            detector.forward(mel(&device));
        }
        let detector = detector.valid();
        let mel = mel(&device).inner();
        let expected = detector.forward(mel.clone()).into_data();
        let folded = detector.folded().forward(mel).into_data();
        folded.assert_approx_eq::<f32>(&expected, Tolerance::rel_abs(1e-3, 1e-4));
    }
}
