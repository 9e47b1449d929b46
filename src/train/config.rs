//! Configuration of a training run, saved in its folder.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use serde::{Deserialize, Deserializer, Serialize};

use crate::dsp::{BINS, TILE_FRAMES};
use crate::model::{DetectorConfig, FRAMES_PER_STEP, UNetConfig};
use crate::source::Source;

/// The loss function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossKind {
    /// The paper's: squared error of magnitudes, each source weighted inversely to its energy (Kadandale et al. 2020).
    EnergyWeightedMse,
    /// Absolute error of magnitudes.
    MagnitudeL1,
    /// Logarithm of the error's energy relative to the mixture's, on complex spectra.
    LogSnr,
    /// Scale-invariant signal-to-distortion ratio (Le Roux et al. 2019), on complex spectra.
    SiSdr,
    /// Cross-entropy between the true shares of each bin's energy and the masks.
    ShareCrossEntropy,
    /// [`Self::ShareCrossEntropy`] plus [`Self::LogSnr`] plus the cross-entropy of activity.
    Combined,
}

/// The optimiser.
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

/// The network to train: one of the three kinds of separator that the paper compares, or a detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Approach {
    /// One network with a mask a source.
    MultiTask,
    /// A network a source.
    Dedicated,
    /// One network conditioned on the source to extract (C-U-Net).
    Conditioned,
    /// A network that detects, in the output of a finished separator, when each source plays.
    Detector,
}

/// The input representation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InputView {
    /// Random excerpts of `tile_frames` frames at full resolution, augmented.
    Tiles,
    /// The paper's: the whole song's spectrogram, resampled to one square image.
    Images,
}

/// The learning rate schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schedule {
    /// A linear warm-up, then a cosine down to a hundredth.
    WarmUpCosine,
    /// Constant.
    Constant,
}

/// Configuration of a training run. Files may omit fields, which then have the default recipe's values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Folders of songs to train on.
    pub train: Vec<PathBuf>,
    /// Folders of songs to validate on; banks and songs unseen in training.
    #[serde(deserialize_with = "one_or_many")]
    pub validation: Vec<PathBuf>,
    /// Folder of an earlier run of the same network whose averaged weights initialise this one; without it they are
    /// random.
    pub from: Option<PathBuf>,
    /// Folder of the finished separator run whose output a detector is trained on; without it, the separator of `from`.
    pub separator: Option<PathBuf>,
    /// Folders of finished separator runs: teachers, whose mean masks are a second training target (distillation).
    pub teachers: Vec<PathBuf>,
    /// Weight of the distillation loss, in [0, 1]; the rest is for the ground truth.
    pub teacher_share: f64,
    /// The network to train.
    pub approach: Approach,
    /// The input representation.
    pub view: InputView,
    /// Frames of a tile in training; inference always uses 512.
    pub tile_frames: usize,
    /// Sizes of the separator.
    pub network: UNetConfig,
    /// Sizes of the detector.
    pub detector: DetectorConfig,
    /// Whether batch normalisation follows each convolution in training.
    pub batch_norm: bool,
    /// The loss function.
    pub loss: LossKind,
    /// The optimiser.
    pub optimizer: OptimizerKind,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// The learning rate schedule.
    pub schedule: Schedule,
    /// Weight decay.
    pub weight_decay: f64,
    /// Maximum global norm of the gradients; `None` for no clipping.
    pub gradient_clip_norm: Option<f32>,
    /// Decay of the exponential moving average of the weights, smaller during the first steps. The average is what is
    /// evaluated and saved; `None` uses the weights themselves.
    pub ema_decay: Option<f64>,
    /// Early stopping: the number of checks without a lower validation loss after which the run ends.
    pub patience_checks: Option<usize>,
    /// Tiles or images a batch.
    pub batch_size: usize,
    /// Steps between new batches for a detector: separating a batch costs more than a training step on it.
    pub steps_per_batch: usize,
    /// Capacity of a detector's replay buffer, batches; one of 16 tiles takes 19 MB.
    #[serde(alias = "batches_remembered")]
    pub replay_batches: usize,
    /// Steps, unless `minutes` ends the run earlier.
    pub steps: usize,
    /// Epochs, in place of `steps`; each ends with a check.
    pub epochs: Option<usize>,
    /// Time budget; the schedule follows steps or time, whichever is further along.
    pub minutes: Option<f64>,
    /// Steps between validations and checkpoints.
    pub steps_per_check: usize,
    /// Random seed.
    pub seed: u64,
}

/// Earlier configurations had a single folder here.
fn one_or_many<'a, D: Deserializer<'a>>(deserializer: D) -> Result<Vec<PathBuf>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Folders {
        One(PathBuf),
        Many(Vec<PathBuf>),
    }
    Ok(match Folders::deserialize(deserializer)? {
        Folders::One(folder) => vec![folder],
        Folders::Many(folders) => folders,
    })
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            train: Vec::new(),
            validation: Vec::new(),
            from: None,
            separator: None,
            teachers: Vec::new(),
            teacher_share: 0.5,
            approach: Approach::MultiTask,
            view: InputView::Tiles,
            tile_frames: 256,
            network: UNetConfig {
                channels: vec![24, 56, 112, 192, 256],
                bins: BINS,
                patch: 2,
                frequency_bottleneck: Some(8),
                masks: Source::COUNT,
            },
            detector: DetectorConfig {
                bands: 96,
                channels: [48, 88, 112],
                hidden: 80,
                sources: Source::COUNT,
            },
            batch_norm: true,
            loss: LossKind::ShareCrossEntropy,
            optimizer: OptimizerKind::AdamW,
            learning_rate: 1e-3,
            schedule: Schedule::WarmUpCosine,
            weight_decay: 1e-2,
            gradient_clip_norm: Some(1.0),
            ema_decay: Some(0.999),
            patience_checks: None,
            batch_size: 8,
            steps_per_batch: 4,
            replay_batches: 64,
            steps: 2000,
            epochs: None,
            minutes: None,
            steps_per_check: 250,
            seed: 1,
        }
    }
}

impl TrainConfig {
    /// The paper's recipe as written: whole songs as images, its network without normalisation layers, its loss, Adam
    /// at a constant rate, 15 epochs. It does not give the batch size and the number of channels.
    pub fn paper() -> Self {
        Self {
            view: InputView::Images,
            network: UNetConfig::paper(16, BINS, Source::COUNT),
            batch_norm: false,
            loss: LossKind::EnergyWeightedMse,
            optimizer: OptimizerKind::Adam,
            schedule: Schedule::Constant,
            gradient_clip_norm: None,
            ema_decay: None,
            epochs: Some(15),
            ..Self::default()
        }
    }

    /// The detector's recipe. It trains on whole tiles, since its answers depend on the tile's overall statistics.
    pub fn detector() -> Self {
        Self {
            approach: Approach::Detector,
            tile_frames: TILE_FRAMES,
            learning_rate: 3e-3,
            batch_size: 16,
            ema_decay: Some(0.995),
            ..Self::default()
        }
    }

    /// The same with folder names in place of paths, which mean something on one machine only.
    pub fn without_places(&self) -> Self {
        let name = |path: &PathBuf| path.file_name().map_or_else(PathBuf::new, PathBuf::from);
        Self {
            train: self.train.iter().map(name).collect(),
            validation: self.validation.iter().map(name).collect(),
            from: self.from.as_ref().map(name),
            separator: self.separator.as_ref().map(name),
            teachers: self.teachers.iter().map(name).collect(),
            ..self.clone()
        }
    }

    /// What is wrong with the configuration, if anything.
    pub fn problem(&self) -> Option<String> {
        let decay_fits = self
            .ema_decay
            .is_none_or(|decay| (0.0..1.0).contains(&decay));
        let rate_fits = self.learning_rate.is_finite() && self.learning_rate > 0.0;
        let counts = [
            self.batch_size,
            self.steps_per_check,
            self.steps_per_batch,
            self.replay_batches,
        ];
        if counts.contains(&0) || self.patience_checks == Some(0) {
            Some("batch_size, steps_per_check, steps_per_batch, replay_batches and patience_checks start at 1".to_owned())
        } else if !decay_fits {
            Some("ema_decay must be at least 0 and less than 1".to_owned())
        } else if !(0.0..=1.0).contains(&self.teacher_share) {
            Some("teacher_share must be from 0 to 1".to_owned())
        } else if !self.teachers.is_empty() && self.approach == Approach::Detector {
            Some("only separators have teachers".to_owned())
        } else if !rate_fits {
            Some("learning_rate must be more than 0".to_owned())
        } else if let Some(problem) = self.network.problem().or_else(|| self.detector.problem()) {
            Some(problem)
        } else if self.tile_frames == 0 || !self.tile_frames.is_multiple_of(self.smallest_frames())
        {
            Some(format!(
                "tile_frames must be a multiple of {}, as many as the network's levels need",
                self.smallest_frames()
            ))
        } else if self.approach == Approach::Detector
            && self.separator.is_none()
            && self.from.is_none()
        {
            Some(
                "a detector is trained on a separator's output: name a finished separator run with --separator"
                    .to_owned(),
            )
        } else if self.approach == Approach::Detector && self.view != InputView::Tiles {
            Some("a detector takes tiles: the view must be tiles".to_owned())
        } else if self.detector.sources != Source::COUNT {
            Some(format!("the detector needs {} outputs", Source::COUNT))
        } else if self.network.masks != Source::COUNT || self.network.bins != BINS {
            Some(format!(
                "the network needs {} masks and {BINS} bins",
                Source::COUNT
            ))
        } else {
            None
        }
    }

    fn smallest_frames(&self) -> usize {
        match self.approach {
            Approach::Detector => FRAMES_PER_STEP.max(self.network.smallest_frames()),
            _ => self.network.smallest_frames(),
        }
    }

    /// Steps of the whole run and between checks, with `songs` training songs.
    pub fn run_length(&self, songs: usize) -> RunLength {
        match self.epochs {
            Some(epochs) => {
                let epoch = songs.div_ceil(self.batch_size).max(1);
                RunLength {
                    steps: epochs * epoch,
                    steps_per_check: epoch,
                }
            }
            None => RunLength {
                steps: self.steps,
                steps_per_check: self.steps_per_check,
            },
        }
    }

    /// Random seed of the batch or step `index`.
    pub fn seed_of(&self, index: usize) -> u64 {
        self.seed.wrapping_shl(32) ^ index as u64
    }

    /// Indices of the batches that step `step` draws from.
    pub fn batches_of_step(&self, step: usize) -> RangeInclusive<usize> {
        if self.approach != Approach::Detector {
            return step..=step;
        }
        let newest = step / self.steps_per_batch;
        (newest + 1).saturating_sub(self.replay_batches)..=newest
    }

    /// Learning rate after `fraction` of the run, in [0, 1].
    pub fn learning_rate_at(&self, fraction: f64) -> f64 {
        const WARM_UP: f64 = 0.03;
        const FLOOR: f64 = 0.01;
        if self.schedule == Schedule::Constant {
            return self.learning_rate;
        }
        if fraction < WARM_UP {
            return self.learning_rate * (fraction / WARM_UP).max(0.01);
        }
        let progress = ((fraction - WARM_UP) / (1.0 - WARM_UP)).min(1.0);
        let cosine = 0.5 * (1.0 + (std::f64::consts::PI * progress).cos());
        self.learning_rate * (FLOOR + (1.0 - FLOOR) * cosine)
    }
}

/// Length of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunLength {
    /// Total steps.
    pub steps: usize,
    /// Steps between validations and checkpoints.
    pub steps_per_check: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_may_leave_fields_out_but_not_misspell_them() {
        let config: TrainConfig =
            serde_json::from_str(r#"{"validation": "one", "loss": "si-sdr"}"#).expect("a config");
        assert_eq!(config.validation, [PathBuf::from("one")]);
        assert_eq!(config.loss, LossKind::SiSdr);
        assert_eq!(config.batch_size, TrainConfig::default().batch_size);
        let error = serde_json::from_str::<TrainConfig>(r#"{"learning-rate": 1}"#);
        assert!(
            error
                .expect_err("refused")
                .to_string()
                .contains("learning-rate")
        );
    }

    #[test]
    fn epochs_count_songs() {
        let length = TrainConfig::paper().run_length(20);
        assert_eq!((length.steps, length.steps_per_check), (45, 3));
        assert_eq!(TrainConfig::default().run_length(20).steps, 2000);
    }

    #[test]
    fn a_batch_serves_several_steps_and_is_remembered() {
        let config = TrainConfig {
            steps_per_batch: 4,
            replay_batches: 3,
            ..TrainConfig::detector()
        };
        for (step, batches) in [(0, 0..=0), (3, 0..=0), (4, 0..=1), (11, 0..=2), (12, 1..=3)] {
            assert_eq!(config.batches_of_step(step), batches, "{step}");
        }
        let config = TrainConfig::default();
        assert_eq!(config.batches_of_step(7), 7..=7);
    }

    #[test]
    fn impossible_runs_are_named() {
        assert_eq!(TrainConfig::default().problem(), None);
        assert_eq!(TrainConfig::paper().problem(), None);
        let config = TrainConfig {
            ema_decay: Some(1.0),
            ..TrainConfig::default()
        };
        assert!(config.problem().expect("a problem").contains("ema_decay"));
        let images = TrainConfig {
            approach: Approach::Detector,
            separator: Some(PathBuf::from("separator")),
            ..TrainConfig::paper()
        };
        assert!(images.problem().expect("a problem").contains("view"));
        let config = TrainConfig {
            tile_frames: 0,
            ..TrainConfig::default()
        };
        assert!(config.problem().expect("a problem").contains("tile_frames"));
        let mut config = TrainConfig::default();
        config.network.channels.clear();
        assert!(config.problem().expect("a problem").contains("channels"));
        let config = TrainConfig {
            teacher_share: 1.5,
            ..TrainConfig::default()
        };
        assert!(
            config
                .problem()
                .expect("a problem")
                .contains("teacher_share")
        );
        let config = TrainConfig {
            separator: Some(PathBuf::from("separator")),
            teachers: vec![PathBuf::from("teacher")],
            ..TrainConfig::detector()
        };
        assert!(config.problem().expect("a problem").contains("teachers"));
        let alone = TrainConfig::detector().problem();
        assert!(alone.expect("a problem").contains("--separator"));
    }
}
