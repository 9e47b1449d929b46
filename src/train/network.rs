//! L6: the paper's three approaches as one module: whatever is trained takes spectrograms and gives a mask a source.

use burn::module::Module;
use burn::tensor::{DType, Device, Tensor, activation::sigmoid};

use super::config::{Approach, TrainConfig};
use crate::model::weights::{self, WeightsError};
use crate::model::{ConditionedUNet, UNet, UNetConfig};
use crate::source::Source;

/// A network to be trained, or trained.
#[derive(Module, Debug)]
pub enum Network {
    /// One network with a mask a source: what is shipped.
    MultiTask(UNet),
    /// A network a source, in the order of [`Source::ALL`], with one mask each.
    Dedicated(Vec<UNet>),
    /// One network that is told which source to look for.
    Conditioned(ConditionedUNet),
}

impl Network {
    /// A network to be trained: random weights.
    pub fn init_training(config: &TrainConfig, device: &Device) -> Self {
        let init = match config.batch_norm {
            true => UNetConfig::init_training,
            false => UNetConfig::init,
        };
        Self::init_with(config, device, init)
    }

    /// A network to load finished weights into.
    fn init(config: &TrainConfig, device: &Device) -> Self {
        Self::init_with(config, device, UNetConfig::init)
    }

    fn init_with(
        config: &TrainConfig,
        device: &Device,
        init: fn(&UNetConfig, &Device) -> UNet,
    ) -> Self {
        let one_mask = UNetConfig {
            masks: 1,
            ..config.network.clone()
        };
        match config.approach {
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
    /// those of the multi-task network sum to 1: the others know one source at a time.
    pub fn forward(&self, log_magnitudes: Tensor<4>) -> Tensor<4> {
        let masks: Vec<Tensor<4>> = match self {
            Self::MultiTask(network) => return network.forward(log_magnitudes),
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

    /// The weights as they will be used: normalisation folded, 16-bit floats; those of a multi-task network as the
    /// engine reads them.
    ///
    /// # Errors
    /// When a tensor can't be read from its device.
    pub fn encode_finished(&self) -> Result<Vec<u8>, WeightsError> {
        match self.valid() {
            Self::MultiTask(network) => weights::encode(&network.folded(), DType::F16),
            Self::Dedicated(networks) => {
                let folded = networks.into_iter().map(UNet::folded).collect();
                weights::encode(&Self::Dedicated(folded), DType::F16)
            }
            Self::Conditioned(network) => {
                weights::encode(&Self::Conditioned(network.folded()), DType::F16)
            }
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
        match Self::init(config, device) {
            Self::MultiTask(network) => weights::load_into(network, bytes).map(Self::MultiTask),
            network => weights::load_into(network, bytes),
        }
    }
}
