//! L6: whatever is trained as one module: the paper's three approaches to separation, and the detector.

use burn::module::Module;
use burn::tensor::{Device, Tensor, activation::sigmoid};

use super::average::blend;
use super::config::{Approach, LossKind, TrainConfig};
use super::heard::HeardTiles;
use super::loss::Example;
use crate::model::weights::{self, WeightsError};
use crate::model::{ConditionedUNet, Detector, DetectorConfig, Networks, UNet, UNetConfig};
use crate::source::Source;

/// A network to be trained, or trained.
#[derive(Module, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "a run has one of them, and a copy or two"
)]
pub enum Network {
    /// One network with a mask a source: what is shipped.
    MultiTask(UNet),
    /// A network a source, in the order of [`Source::ALL`], with one mask each.
    Dedicated(Vec<UNet>),
    /// One network that is told which source to look for.
    Conditioned(ConditionedUNet),
    /// A finished separator, which stays as it is, and what learns to hear in its work when each source plays.
    Detector(Networks),
}

impl Network {
    /// A network to be trained: random weights.
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
    /// those of the multi-task network, which a detector hears too, sum to 1: the others know one source at a time.
    pub fn forward(&self, log_magnitudes: Tensor<4>) -> Tensor<4> {
        let masks: Vec<Tensor<4>> = match self {
            Self::MultiTask(network)
            | Self::Detector(Networks {
                separator: network, ..
            }) => return network.forward(log_magnitudes),
            Self::Dedicated(networks) => networks
                .iter()
                .map(|network| sigmoid(network.logits(log_magnitudes.clone())))
                .collect(),
            Self::Conditioned(network) => Source::ALL
                .map(|source| network.forward(log_magnitudes.clone(), source.index()))
                .into(),
        };
        Tensor::cat(masks, 1)
    }

    /// Mean loss over a batch: of the masks as `kind` has it, a detector's always the cross-entropy of its answers
    /// (for checks, on a device without autodiff: it learns from tiles that were heard before).
    pub fn loss(&self, example: &Example, kind: LossKind) -> Tensor<1> {
        match self {
            Self::Detector(networks) => HeardTiles::of(networks, example).loss(&networks.detector),
            _ => example.loss(self.forward(example.input.clone()), kind),
        }
    }

    /// A detector beside the separator of `finished_weights`; anything else as it is.
    ///
    /// # Errors
    /// When the weights are not of the configured separator.
    pub fn beside(self, finished_weights: Vec<u8>) -> Result<Self, WeightsError> {
        match self {
            Self::Detector(networks) => Ok(Self::beside_finished(Networks {
                separator: weights::load_into(networks.separator, finished_weights)?,
                ..networks
            })),
            other => Ok(other),
        }
    }

    /// A detector that learns, beside a separator that does not.
    fn beside_finished(networks: Networks) -> Self {
        Self::Detector(Networks {
            separator: networks.separator.no_grad(),
            ..networks
        })
    }

    /// The weights as they will be used: normalisation folded, 16-bit floats; those of a multi-task network as the
    /// engine reads them.
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

    /// What is shipped: a multi-task network, and the detector of a run that may have heard another one; `None` of
    /// anything else.
    pub fn into_shipped(separator: Self, detector: Self) -> Option<Networks> {
        match (separator, detector) {
            (Self::MultiTask(separator), Self::Detector(networks)) => Some(Networks {
                separator,
                ..networks
            }),
            _ => None,
        }
    }

    /// A trained network from the weights that [`Self::encode_finished`] gave.
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

    /// The mean of finished networks, each encoded, of which some went on from others or all from one: it often serves
    /// songs unlike those learnt from better than any of them ("model soups", Wortsman et al. 2022).
    ///
    /// # Errors
    /// When weights are not of `config`'s network.
    pub fn mean_of_finished(
        config: &TrainConfig,
        finished: impl IntoIterator<Item = Vec<u8>>,
        device: &Device,
    ) -> Result<Self, WeightsError> {
        let blank = Self::init(config, device);
        (0..)
            .zip(finished)
            .try_fold(blank.clone(), |mean, (before, bytes)| {
                let network = blank.clone().with_finished(bytes)?;
                let share = f64::from(before) / f64::from(before + 1);
                Ok(blend(mean, &network, share))
            })
    }

    /// The same with the weights that [`Self::encode_finished`] gave, which can go on learning.
    ///
    /// # Errors
    /// When the weights are not of this network, or it has normalisations, which are folded away in them.
    pub fn with_finished(self, bytes: Vec<u8>) -> Result<Self, WeightsError> {
        match self {
            Self::MultiTask(network) => weights::load_into(network, bytes).map(Self::MultiTask),
            Self::Detector(networks) => {
                weights::load_into(networks, bytes).map(Self::beside_finished)
            }
            network => weights::load_into(network, bytes),
        }
    }
}
