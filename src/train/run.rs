//! The folder of a training run: configuration, log, checkpoint and finished weights. Files are written under a
//! temporary name and renamed, so that an interruption leaves the previous ones.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::config::TrainConfig;
use super::curve;
use super::dataset::{Dataset, DatasetError, Multitrack};
use super::evaluate::mean_prominence;
use super::network::Network;
use crate::model::weights::WeightsError;
use crate::source::PerSource;

/// Why a training run stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The configuration is invalid.
    #[error("the configuration cannot work: {0}")]
    Config(String),
    /// The songs can't be read.
    #[error(transparent)]
    Dataset(#[from] DatasetError),
    /// The run's folder can't be read or written.
    #[error("{path}: {problem}")]
    File {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        problem: String,
    },
    /// The weights can't be read or written.
    #[error(transparent)]
    Weights(#[from] WeightsError),
    /// The loss is NaN or infinite.
    #[error(
        "the loss became {loss} at step {step}: start another run with --from this one and a lower --learning-rate"
    )]
    Diverged {
        /// The step.
        step: usize,
        /// The loss.
        loss: f32,
    },
    /// The observer stopped the run; there is a checkpoint of that step.
    #[error("stopped at step {step}; `--resume` goes on from there")]
    Stopped {
        /// The step.
        step: usize,
    },
}

/// Progress of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RunProgress {
    /// Steps done.
    pub step: usize,
    /// Seconds trained.
    pub elapsed_secs: f64,
    /// Lowest validation loss so far.
    pub best_validation_loss: Option<f32>,
    /// Checks since the lowest one.
    pub stale_checks: usize,
}

/// The file of the finished weights: those of the check with the lowest validation loss.
pub const FINISHED_WEIGHTS: &str = "model.safetensors";

/// Statistics of the training songs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingDataSummary {
    /// Songs.
    pub songs: usize,
    /// Hours.
    pub hours: f64,
    /// Mean share of the song in which each source plays.
    pub mean_prominence: PerSource<f32>,
}

const LOG: &str = "log.csv";
const LOG_HEADER: &str =
    "step,elapsed_secs,learning_rate,loss,validation_loss,tiles_per_sec,waiting";

/// The folder of a run.
#[derive(Clone, Debug)]
pub struct RunFolder(PathBuf);

impl RunFolder {
    /// Creates the folder and writes `config` into it.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn create(path: &Path, config: &TrainConfig) -> Result<Self, TrainError> {
        fs::create_dir_all(path).map_err(|error| file_error(path, &error))?;
        let folder = Self(path.to_owned());
        folder.write_json("progress.json", &RunProgress::default())?;
        folder.write_json("config.json", config)?;
        Ok(folder)
    }

    /// Opens an earlier run with its configuration and progress.
    ///
    /// # Errors
    /// When the folder holds no complete run.
    pub fn open(path: &Path) -> Result<(Self, TrainConfig, RunProgress), TrainError> {
        let folder = Self(path.to_owned());
        let config = folder.read_json("config.json")?;
        let progress = folder.read_json("progress.json")?;
        Ok((folder, config, progress))
    }

    /// The folder at `path`, without checking its contents.
    pub(super) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Records statistics of the training songs.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn describe_data(&self, songs: &Dataset) -> Result<(), TrainError> {
        let prominences: Vec<_> = songs.songs.iter().map(Multitrack::prominence).collect();
        let summary = TrainingDataSummary {
            songs: songs.songs.len(),
            hours: songs.hours(),
            mean_prominence: mean_prominence(&prominences),
        };
        self.write_json("data.json", &summary)
    }

    /// Statistics of the training songs.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn training_data(&self) -> Result<TrainingDataSummary, TrainError> {
        self.read_json("data.json")
    }

    /// Path of the folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes the weights for inference: batch normalisation folded, 16-bit floats.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn save_finished(&self, network: &Network) -> Result<(), TrainError> {
        self.write(FINISHED_WEIGHTS, &network.encode_finished()?)
    }

    /// The finished weights.
    ///
    /// # Errors
    /// When the run has none yet.
    pub fn finished_weights(&self) -> Result<Vec<u8>, TrainError> {
        self.read(FINISHED_WEIGHTS)
    }

    /// The network of `config` with the finished weights, on `device`; it does not learn.
    ///
    /// # Errors
    /// When the run has no finished weights yet, or they are of another network.
    pub fn finished_network(
        &self,
        config: &TrainConfig,
        device: &Device,
    ) -> Result<Network, TrainError> {
        let weights = self.finished_weights()?;
        Ok(Network::decode_finished(config, weights, device)?)
    }

    /// Starts `log.csv`, or truncates it to the checkpoint of `step`.
    ///
    /// # Errors
    /// When the file can't be read or written.
    pub fn open_log(&self, step: usize) -> Result<(), TrainError> {
        let mut kept = format!("{LOG_HEADER}\n");
        if step > 0 {
            let text = String::from_utf8_lossy(&self.read(LOG)?).into_owned();
            let is_kept = |line: &&str| {
                let logged = line
                    .split(',')
                    .next()
                    .and_then(|cell| cell.parse::<usize>().ok());
                logged.is_some_and(|logged| logged <= step)
            };
            for line in text.lines().filter(is_kept) {
                kept.push_str(line);
                kept.push('\n');
            }
        }
        self.write(LOG, kept.as_bytes())
    }

    /// Draws the training curve from the log.
    ///
    /// # Errors
    /// When a file can't be read or written.
    pub fn draw_curve(&self) -> Result<(), TrainError> {
        let log = String::from_utf8_lossy(&self.read(LOG)?).into_owned();
        self.write("curve.svg", curve::svg(&log).as_bytes())
    }

    /// Adds a line to `log.csv`.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn log(&self, line: &str) -> Result<(), TrainError> {
        let path = self.0.join(LOG);
        fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut file| writeln!(file, "{line}"))
            .map_err(|error| file_error(&path, &error))
    }

    pub(super) fn read(&self, name: &str) -> Result<Vec<u8>, TrainError> {
        let path = self.0.join(name);
        fs::read(&path).map_err(|error| file_error(&path, &error))
    }

    pub(super) fn read_json<T: for<'a> Deserialize<'a>>(
        &self,
        name: &str,
    ) -> Result<T, TrainError> {
        serde_json::from_slice(&self.read(name)?)
            .map_err(|error| file_error(&self.0.join(name), &error))
    }

    /// `None` if there is no such file.
    pub(super) fn read_json_if_there<T: for<'a> Deserialize<'a>>(
        &self,
        name: &str,
    ) -> Result<Option<T>, TrainError> {
        if !self.0.join(name).is_file() {
            return Ok(None);
        }
        self.read_json(name).map(Some)
    }

    pub(super) fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), TrainError> {
        let json = serde_json::to_vec_pretty(value)
            .map_err(|error| file_error(&self.0.join(name), &error))?;
        self.write(name, &json)
    }

    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<(), TrainError> {
        let path = self.0.join(name);
        let temporary = self.0.join(format!("{name}.partial"));
        fs::write(&temporary, bytes)
            .and_then(|()| fs::rename(&temporary, &path))
            .map_err(|error| file_error(&path, &error))
    }
}

pub(super) fn file_error(path: &Path, problem: &dyn std::fmt::Display) -> TrainError {
    TrainError::File {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}
