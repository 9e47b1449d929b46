//! Knowledge distillation (Hinton et al. 2015): finished separators whose masks are a second target beside the ground
//! truth. The errors of separately trained teachers differ, so the mean of their masks is better than each (an
//! ensemble).

use burn::tensor::{Device, Tensor};

use super::config::{LossKind, TrainConfig};
use super::loss::Example;
use super::network::Network;
use super::run::{RunFolder, TrainError};

/// The teachers of a run, possibly none.
#[derive(Debug)]
pub struct Teachers {
    networks: Vec<Network>,
    /// Weight of the distillation loss, in [0, 1].
    share: f64,
}

impl Teachers {
    /// Loads the teachers of `config` onto `device` (without autodiff).
    ///
    /// # Errors
    /// When a folder holds no finished run, or one with another input representation.
    pub fn load(config: &TrainConfig, device: &Device) -> Result<Self, TrainError> {
        let load = |path| {
            let (folder, of_teacher, _) = RunFolder::open(path)?;
            if of_teacher.view != config.view {
                let problem = format!("the teacher {} has another view", path.display());
                return Err(TrainError::Config(problem));
            }
            folder.finished_network(&of_teacher, device)
        };
        Ok(Self {
            networks: config
                .teachers
                .iter()
                .map(|path| load(path))
                .collect::<Result<_, _>>()?,
            share: config.teacher_share,
        })
    }

    /// Mean loss of `network` over a batch on a device with autodiff: `kind` with the ground truth, and the
    /// cross-entropy with the teachers' masks.
    pub fn loss(&self, network: &Network, example: &Example, kind: LossKind) -> Tensor<1> {
        let masks = network.forward(example.input.clone());
        let truth = example.loss(masks.clone(), kind);
        match self.masks(example.input.clone().inner()) {
            Some(taught) => {
                let agreement = example.cross_entropy(Tensor::from_inner(taught), masks);
                truth * (1.0 - self.share) + agreement * self.share
            }
            None => truth,
        }
    }

    /// The mean of the teachers' masks; `None` without teachers.
    fn masks(&self, input: Tensor<4>) -> Option<Tensor<4>> {
        let sum = self
            .networks
            .iter()
            .map(|network| network.forward(input.clone()))
            .reduce(|sum, masks| sum + masks)?;
        Some(sum / self.networks.len() as f64)
    }
}
