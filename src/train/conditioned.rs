//! One network for all sources, conditioned on the one to extract: the paper's third approach.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, TensorData, activation::sigmoid};

use crate::model::{UNet, UNetConfig};

/// A conditioned U-Net (Meseguer-Brocal and Peeters 2019): a network of one mask, whose contracting blocks are
/// modulated feature by feature (FiLM, Perez et al. 2018) by the requested source.
#[derive(Module, Debug)]
pub struct ConditionedUNet {
    network: UNet,
    films: Vec<Film>,
}

/// Scale and shift of each channel for every source.
#[derive(Module, Debug)]
struct Film {
    /// From the source as a one-hot vector to scales, then shifts.
    control: Linear,
}

impl Film {
    /// `[1, channels, frames, bins]` for a one-hot source `[1, sources]`. Zero control leaves the features alone.
    fn forward(&self, features: Tensor<4>, source: Tensor<2>) -> Tensor<4> {
        let channels = features.dims()[1];
        let control = self.control.forward(source);
        let part = |at: usize| {
            let part = control.clone().narrow(1, at * channels, channels);
            part.reshape([1, channels, 1, 1])
        };
        features * (part(0) + 1.0) + part(1)
    }
}

impl ConditionedUNet {
    /// Conditions `network`, of the sizes in `config` and one mask, on one of `sources`.
    pub fn new(network: UNet, config: &UNetConfig, sources: usize, device: &Device) -> Self {
        let film = |channels: &usize| Film {
            control: LinearConfig::new(sources, 2 * channels).init(device),
        };
        Self {
            network,
            films: config.channels[..config.levels()]
                .iter()
                .map(film)
                .collect(),
        }
    }

    /// The mask of `source` (its index) for a batch of tiles: `[batch, 1, frames, bins]` to the same shape, each value
    /// in \[0, 1\].
    pub fn forward(&self, log_magnitudes: Tensor<4>, source: usize) -> Tensor<4> {
        let sources = self.films[0].control.weight.dims()[0];
        let one_hot = (0..sources).map(|index| if index == source { 1.0 } else { 0.0 });
        let one_hot = TensorData::new(one_hot.collect::<Vec<f32>>(), [1, sources]);
        let one_hot: Tensor<2> = Tensor::from_data(one_hot, &log_magnitudes.device());
        let logits = self
            .network
            .logits_through(log_magnitudes, |level, block, features| {
                block.forward_modulated(features, |features| {
                    self.films[level].forward(features, one_hot.clone())
                })
            });
        sigmoid(logits)
    }

    /// The same function with batch normalisation folded into the convolutions.
    pub fn folded(self) -> Self {
        Self {
            network: self.network.folded(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Distribution;

    #[test]
    fn masks_depend_on_the_source_asked_for() {
        let device = Device::flex();
        device.seed(5);
        let config = UNetConfig {
            channels: vec![2, 3, 4],
            bins: 16,
            patch: 1,
            frequency_bottleneck: None,
            masks: 1,
        };
        let network = ConditionedUNet::new(config.init(&device), &config, 5, &device);
        let input = Tensor::<4>::random([2, 1, 8, 16], Distribution::Default, &device);
        let masks = [0, 4].map(|source| {
            let mask = network.forward(input.clone(), source);
            assert_eq!(mask.dims(), [2, 1, 8, 16]);
            mask.into_data().try_to_vec::<f32>().expect("floats")
        });
        assert!(
            masks
                .iter()
                .flatten()
                .all(|value| (0.0..=1.0).contains(value))
        );
        assert_ne!(masks[0], masks[1]);
    }
}
