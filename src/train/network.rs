//! All trainable networks as one module: the paper's three approaches to separation, and the detector.

use burn::module::Module;
use burn::tensor::{
    Device, Tensor,
    activation::{sigmoid, softmax},
};

use super::average::interpolate;
use super::conditioned::ConditionedUNet;
use super::config::{Approach, LossKind, TrainConfig};
use super::libtorch;
use super::loss::Example;
use super::replay::DetectorInputs;
use crate::model::weights::{self, WeightsError};
use crate::model::{Detector, DetectorConfig, Networks, UNet, UNetConfig};
use crate::source::Source;

/// A network in training, or a finished one.
#[derive(Module, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a run has one of them, and a copy or two"
)]
pub enum Network {
    /// One network with one mask for each source: the architecture that is shipped.
    MultiTask(UNet),
    /// One network with one mask for each source, in the order of [`Source::ALL`].
    Dedicated(Vec<UNet>),
    /// One network conditioned on the source to extract.
    Conditioned(ConditionedUNet),
    /// A frozen separator, and a detector that is trained on its output.
    Detector(Networks),
}

impl Network {
    /// A network with random weights, to be trained.
    pub fn init_training(config: &TrainConfig, device: &Device) -> Self {
        match config.batch_norm {
            true => Self::init_with(
                config,
                device,
                UNetConfig::init_training,
                DetectorConfig::init_training,
            ),
            false => Self::init(config, device),
        }
    }

    /// A network to load finished weights into.
    fn init(config: &TrainConfig, device: &Device) -> Self {
        Self::init_with(config, device, UNetConfig::init, DetectorConfig::init)
    }

    fn init_with(
        config: &TrainConfig,
        device: &Device,
        init: fn(&UNetConfig, &Device) -> UNet,
        init_detector: fn(&DetectorConfig, &Device) -> Detector,
    ) -> Self {
        let one_mask = UNetConfig {
            masks: 1,
            ..config.network.clone()
        };
        match config.approach {
            Approach::Detector => Self::Detector(Networks {
                separator: config.network.init(device),
                detector: init_detector(&config.detector, device),
            }),
            Approach::MultiTask => Self::MultiTask(init(&config.network, device)),
            Approach::Dedicated => {
                Self::Dedicated(Source::ALL.map(|_| init(&one_mask, device)).into())
            }
            Approach::Conditioned => {
                let network = init(&one_mask, device);
                Self::Conditioned(ConditionedUNet::new(
                    network,
                    &one_mask,
                    Source::COUNT,
                    device,
                ))
            }
        }
    }

    /// Masks of a batch: `[batch, 1, frames, bins]` to `[batch, sources, frames, bins]`, each value in \[0, 1\]. Only
    /// those of a multi-task network, a detector's separator included, sum to 1: the others estimate each source
    /// independently.
    pub fn forward(&self, log_magnitudes: Tensor<4>) -> Tensor<4> {
        let masks: Vec<Tensor<4>> = match self {
            Self::MultiTask(network)
            | Self::Detector(Networks {
                separator: network, ..
            }) => return softmax(libtorch::logits(network, log_magnitudes), 1),
            Self::Dedicated(networks) => networks
                .iter()
                .map(|network| sigmoid(libtorch::logits(network, log_magnitudes.clone())))
                .collect(),
            Self::Conditioned(network) => Source::ALL
                .map(|source| network.forward(log_magnitudes.clone(), source.index()))
                .into(),
        };
        Tensor::cat(masks, 1)
    }

    /// Mean loss over a batch: `kind` for separators, always binary cross-entropy for a detector. A detector's is for
    /// validation only, on a device without autodiff: it trains on tiles from the replay buffer.
    pub fn loss(&self, example: &Example, kind: LossKind) -> Tensor<1> {
        match self {
            Self::Detector(networks) => {
                DetectorInputs::new(networks, example).loss(&networks.detector)
            }
            _ => example.loss(self.forward(example.input.clone()), kind),
        }
    }

    /// A detector with its separator's weights replaced by `finished_weights`; other networks unchanged.
    ///
    /// # Errors
    /// When the weights are not of the configured separator.
    pub fn with_separator(self, finished_weights: Vec<u8>) -> Result<Self, WeightsError> {
        match self {
            Self::Detector(networks) => Ok(Self::with_frozen_separator(Networks {
                separator: weights::load_into(networks.separator, finished_weights)?,
                ..networks
            })),
            other => Ok(other),
        }
    }

    /// A trainable detector with a frozen separator.
    fn with_frozen_separator(networks: Networks) -> Self {
        Self::Detector(Networks {
            separator: networks.separator.no_grad(),
            ..networks
        })
    }

    /// Weights for inference: batch normalisation folded, 16-bit floats. Those of a multi-task network are in the
    /// format of the shipped separator.
    ///
    /// # Errors
    /// When a tensor can't be read from its device.
    pub fn encode_finished(&self) -> Result<Vec<u8>, WeightsError> {
        match self.valid() {
            Self::MultiTask(network) => weights::encode_finished(&network.folded()),
            Self::Dedicated(networks) => {
                let folded = networks.into_iter().map(UNet::folded).collect();
                weights::encode_finished(&Self::Dedicated(folded))
            }
            Self::Conditioned(network) => {
                weights::encode_finished(&Self::Conditioned(network.folded()))
            }
            Self::Detector(networks) => weights::encode_finished(&networks.folded()),
        }
    }

    /// The networks that are shipped: a multi-task separator, and the detector of a run whose separator may differ;
    /// `None` for other networks.
    pub fn into_shipped(separator: Self, detector: Self) -> Option<Networks> {
        match (separator, detector) {
            (Self::MultiTask(separator), Self::Detector(networks)) => Some(Networks {
                separator,
                ..networks
            }),
            _ => None,
        }
    }

    /// A finished network from the output of [`Self::encode_finished`].
    ///
    /// # Errors
    /// When the weights are not of `config`'s network.
    pub fn decode_finished(
        config: &TrainConfig,
        bytes: Vec<u8>,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        Ok(Self::init(config, device).with_finished(bytes)?.no_grad())
    }

    /// The weight average of finished networks, each encoded, which were fine-tuned from one another or from a common
    /// one: it often generalises better than any of them ("model soups", Wortsman et al. 2022).
    ///
    /// # Errors
    /// When weights are not of `config`'s network.
    pub fn mean_of_finished(
        config: &TrainConfig,
        finished: impl IntoIterator<Item = Vec<u8>>,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        let blank = Self::init(config, device);
        let mut networks = finished
            .into_iter()
            .map(|bytes| blank.clone().with_finished(bytes));
        // From the first one on, not from zero, which would lose the sign of negative zeros.
        let Some(first) = networks.next() else {
            return Ok(blank);
        };
        (1..)
            .zip(networks)
            .try_fold(first?, |mean, (before, network)| {
                let share = f64::from(before) / f64::from(before + 1);
                Ok(interpolate(mean, &network?, share))
            })
    }

    /// This network with the output of [`Self::encode_finished`], to be fine-tuned.
    ///
    /// # Errors
    /// When the weights are of another architecture, or this network has batch normalisation, which finished weights
    /// have not.
    pub fn with_finished(self, bytes: Vec<u8>) -> Result<Self, WeightsError> {
        match self {
            Self::MultiTask(network) => weights::load_into(network, bytes).map(Self::MultiTask),
            Self::Detector(networks) => {
                weights::load_into(networks, bytes).map(Self::with_frozen_separator)
            }
            network => weights::load_into(network, bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::module::{ModuleMapper, Param};

    use super::*;

    #[test]
    fn finished_networks_have_a_mean() {
        let device = Device::flex();
        let config = TrainConfig {
            network: UNetConfig {
                channels: vec![2, 3],
                bins: 8,
                patch: 1,
                frequency_bottleneck: Some(2),
                masks: 5,
            },
            batch_norm: false,
            ..TrainConfig::default()
        };
        let encode = |network: &Network| network.encode_finished().expect("weights");
        let random = encode(&Network::init_training(&config, &device));
        // Of weights that 16 bits hold, so that encoding changes nothing.
        let one = Network::decode_finished(&config, random, &device).expect("a network");
        let other = one.clone().map(&mut Double);
        let encoded = [&one, &other].map(encode);
        assert_ne!(encoded[0], encoded[1]);
        let mean = Network::mean_of_finished(&config, encoded, &device).expect("a mean");
        assert_eq!(encode(&mean), encode(&interpolate(one, &other, 0.5)));
    }

    struct Double;

    impl ModuleMapper for Double {
        fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
            param.map(|weights| weights * 2.0)
        }
    }
}
