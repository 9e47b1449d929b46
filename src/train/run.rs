//! A run's folder: its configuration, its log, its last checkpoint. Every file is written under another name first,
//! so that an interruption leaves the one before.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::tensor::DType;
use serde::{Deserialize, Serialize};

use super::config::TrainConfig;
use super::dataset::{Dataset, DatasetError, Song};
use super::evaluate::mean_prominence;
use crate::model::UNet;
use crate::model::weights::{self, WeightsError};
use crate::source::PerSource;

/// Why a training run stopped.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The configuration asks for the impossible.
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
    /// The loss is no number any more.
    #[error(
        "the loss became {loss} at step {step}: lower the learning rate and resume from the last checkpoint"
    )]
    Diverged {
        /// Where.
        step: usize,
        /// NaN or infinite.
        loss: f32,
    },
    /// The observer said so; the checkpoint is written.
    #[error("stopped at step {step}; `--resume` goes on from there")]
    Stopped {
        /// Where.
        step: usize,
    },
}

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Steps done.
    pub step: usize,
    /// Seconds trained.
    pub elapsed_secs: f64,
    /// Lowest validation loss so far.
    pub best_validation_loss: Option<f32>,
}

/// What a run learns from, in figures.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrainingDataSummary {
    /// Songs.
    pub songs: usize,
    /// Hours.
    pub hours: f64,
    /// Mean share of the song in which each source plays.
    pub mean_prominence: PerSource<f32>,
}

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
        folder.write_json("config.json", config)?;
        Ok(folder)
    }

    /// Opens an earlier run: its configuration and how far it came.
    ///
    /// # Errors
    /// When the folder holds no complete run.
    pub fn open(path: &Path) -> Result<(Self, TrainConfig, Progress), TrainError> {
        let folder = Self(path.to_owned());
        let config = folder.read_json("config.json")?;
        let progress = folder.read_json("progress.json")?;
        Ok((folder, config, progress))
    }

    /// Keeps what the run learns from.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn describe_data(&self, songs: &Dataset) -> Result<(), TrainError> {
        let prominences: Vec<_> = songs.songs.iter().map(Song::prominence).collect();
        let summary = TrainingDataSummary {
            songs: songs.songs.len(),
            hours: songs.hours(),
            mean_prominence: mean_prominence(&prominences),
        };
        self.write_json("data.json", &summary)
    }

    /// What the run learnt from.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn training_data(&self) -> Result<TrainingDataSummary, TrainError> {
        self.read_json("data.json")
    }

    /// Where the run's files are.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes what is needed to go on later.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn save_checkpoint(
        &self,
        network: &UNet,
        optimizer: &ModuleOptimizer,
        progress: &Progress,
    ) -> Result<(), TrainError> {
        self.write(
            "checkpoint.safetensors",
            &weights::encode(&network.clone().valid(), DType::F32)?,
        )?;
        let state = optimizer
            .into_bytes()
            .map_err(|error| file_error(&self.0, &error))?;
        self.write("optimizer.bin", &state)?;
        self.write_json("progress.json", progress)
    }

    /// The checkpoint's network and optimiser, in the given ones' places.
    ///
    /// # Errors
    /// When there is no checkpoint, or it is of another network.
    pub fn load_checkpoint(
        &self,
        network: UNet,
        optimizer: ModuleOptimizer,
    ) -> Result<(UNet, ModuleOptimizer), TrainError> {
        let network = weights::load_trainable(network, self.read("checkpoint.safetensors")?)?;
        let state = self.read("optimizer.bin")?;
        let optimizer = optimizer
            .from_bytes(burn::tensor::Bytes::from_bytes_vec(state))
            .map_err(|error| file_error(&self.0.join("optimizer.bin"), &error))?;
        Ok((network, optimizer))
    }

    /// Writes the network as it will be shipped: normalisation folded, 16-bit floats.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn save_finished(&self, network: &UNet, name: &str) -> Result<(), TrainError> {
        let folded = network.clone().valid().folded();
        self.write(name, &weights::encode(&folded, DType::F16)?)
    }

    /// Adds a line to `log.csv`.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn log(&self, line: &str) -> Result<(), TrainError> {
        let path = self.0.join("log.csv");
        fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .and_then(|mut file| writeln!(file, "{line}"))
            .map_err(|error| file_error(&path, &error))
    }

    fn read(&self, name: &str) -> Result<Vec<u8>, TrainError> {
        let path = self.0.join(name);
        fs::read(&path).map_err(|error| file_error(&path, &error))
    }

    fn read_json<T: for<'a> Deserialize<'a>>(&self, name: &str) -> Result<T, TrainError> {
        serde_json::from_slice(&self.read(name)?)
            .map_err(|error| file_error(&self.0.join(name), &error))
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), TrainError> {
        let json = serde_json::to_vec_pretty(value)
            .map_err(|error| file_error(&self.0.join(name), &error))?;
        self.write(name, &json)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), TrainError> {
        let path = self.0.join(name);
        let temporary = self.0.join(format!("{name}.partial"));
        fs::write(&temporary, bytes)
            .and_then(|()| fs::rename(&temporary, &path))
            .map_err(|error| file_error(&path, &error))
    }
}

fn file_error(path: &Path, problem: &dyn std::fmt::Display) -> TrainError {
    TrainError::File {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}
