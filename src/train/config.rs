//! What a training run does; saved beside it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::dsp::BINS;
use crate::model::UNetConfig;
use crate::source::Source;

/// What the network is taught to minimise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossKind {
    /// The paper's: squared error of magnitudes, each source weighted inversely to its energy (Kadandale et al. 2020).
    EnergyWeightedMse,
    /// Absolute error of magnitudes.
    MagnitudeL1,
    /// Logarithm of the error's energy relative to the mixture's, on complex spectra.
    LogSnr,
    /// [`Self::LogSnr`], compressed magnitudes, and when each source plays.
    Combined,
}

/// How weights follow gradients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OptimizerKind {
    /// Adam (Kingma and Ba 2015) with L2 regularisation.
    Adam,
    /// Adam with decoupled weight decay (Loshchilov and Hutter 2019).
    AdamW,
    /// Stochastic gradient descent with momentum 0.9.
    Sgd,
}

/// A training run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainConfig {
    /// Folders of songs to train on.
    pub train: Vec<PathBuf>,
    /// Songs to validate on; banks and songs unseen in training.
    pub validation: PathBuf,
    /// Sizes of the network.
    pub network: UNetConfig,
    /// What to minimise.
    pub loss: LossKind,
    /// How weights follow gradients.
    pub optimizer: OptimizerKind,
    /// Peak of the schedule: a linear warm-up, then a cosine down to a hundredth.
    pub learning_rate: f64,
    /// Strength of the pull towards zero.
    pub weight_decay: f64,
    /// Gradients are scaled down to this norm, a tensor.
    pub gradient_clip_norm: f32,
    /// Tiles a step.
    pub batch_size: usize,
    /// Steps, unless `minutes` ends the run before.
    pub steps: usize,
    /// Time budget; the schedule follows whichever of steps and time is further.
    pub minutes: Option<f64>,
    /// Steps between validations and checkpoints.
    pub steps_per_check: usize,
    /// Seed of everything drawn at random.
    pub seed: u64,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            train: Vec::new(),
            validation: PathBuf::new(),
            network: UNetConfig {
                channels: vec![12, 28, 56, 96, 160, 256],
                bins: BINS,
                frequency_bottleneck: Some(8),
                masks: Source::COUNT,
            },
            loss: LossKind::Combined,
            optimizer: OptimizerKind::AdamW,
            learning_rate: 1e-3,
            weight_decay: 1e-2,
            gradient_clip_norm: 1.0,
            batch_size: 8,
            steps: 2000,
            minutes: None,
            steps_per_check: 250,
            seed: 1,
        }
    }
}

impl TrainConfig {
    /// The paper's recipe, as far as it is not about data: its loss, optimiser, learning rate and weight decay, on a
    /// network of 16 base channels.
    pub fn paper() -> Self {
        Self {
            network: UNetConfig::paper(16, BINS, Source::COUNT),
            loss: LossKind::EnergyWeightedMse,
            optimizer: OptimizerKind::Adam,
            ..Self::default()
        }
    }

    /// Learning rate after `fraction` of the run, in [0, 1].
    pub fn learning_rate_at(&self, fraction: f64) -> f64 {
        const WARM_UP: f64 = 0.03;
        const FLOOR: f64 = 0.01;
        if fraction < WARM_UP {
            return self.learning_rate * (fraction / WARM_UP).max(0.01);
        }
        let progress = ((fraction - WARM_UP) / (1.0 - WARM_UP)).min(1.0);
        let cosine = 0.5 * (1.0 + (std::f64::consts::PI * progress).cos());
        self.learning_rate * (FLOOR + (1.0 - FLOOR) * cosine)
    }
}
