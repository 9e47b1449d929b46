//! What `train` and `sweep` share: arguments for songs, recipe and settings, and the progress bar.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;
use indicatif::{HumanDuration, ProgressBar};
use serde::de::DeserializeOwned;

use super::tracks::decode_stem;
use crate::native::interrupt::Interrupt;
use crate::native::{CommandContext, progress};
use crate::train::dataset::{ACTIVITY_FILE, Dataset, Multitrack};
use crate::train::{
    Approach, InputView, LossKind, RunFolder, RunProgress, TrainConfig, TrainData, TrainObserver,
    TrainReport,
};

/// Positions of the progress bar.
const BAR_STEPS: f64 = 10_000.0;

/// A named set of settings.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Recipe {
    /// The recipe with the best scores.
    Default,
    /// The paper's: whole songs as images, its network, loss and optimiser, 15 epochs.
    Paper,
    /// A detector of when each source plays, on the output of a separator; see --separator.
    Detector,
}

/// Songs, recipe and settings.
#[derive(clap::Args, Debug)]
pub struct Settings {
    /// Folders of training songs, in Slakh's layout
    #[arg(long, value_name = "DIR", num_args = 1..)]
    songs: Vec<PathBuf>,
    /// Folders of validation songs: other songs and other sound banks
    #[arg(long, value_name = "DIR", num_args = 1..)]
    validation: Vec<PathBuf>,
    /// Recipe: a named set of settings
    #[arg(long, value_enum, default_value = "default", conflicts_with = "config")]
    recipe: Recipe,
    /// JSON file of settings, like config.json in a run's folder; omitted ones have the default recipe's values
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Device: cpu; with the feature tch also libtorch, libtorch-cuda; with the feature cuda also cuda
    #[arg(long, default_value = "cpu")]
    pub device: String,
    /// Maximum number of steps
    #[arg(long)]
    steps: Option<usize>,
    /// Epochs, in place of steps
    #[arg(long, conflicts_with = "steps")]
    epochs: Option<usize>,
    /// Time budget in minutes; the learning rate schedule follows steps or minutes, whichever ends first
    #[arg(long)]
    minutes: Option<f64>,
    /// Batch size: tiles or images a step
    #[arg(long)]
    batch_size: Option<usize>,
    /// Network: multi-task (one network with a mask for each source), dedicated (a network for each source),
    /// conditioned (one network that gets the source as input) or detector (when each source plays; see --recipe)
    #[arg(long, value_parser = parse_word::<Approach>)]
    approach: Option<Approach>,
    /// Folder of the finished separator run on whose output a detector is trained
    #[arg(long, value_name = "DIR", conflicts_with = "channels")]
    separator: Option<PathBuf>,
    /// Channels of each level of the network, the finest first, then of the bottleneck
    #[arg(long, value_delimiter = ',')]
    channels: Option<Vec<usize>>,
    /// Loss: share-cross-entropy, combined, log-snr, si-sdr, magnitude-l1 or energy-weighted-mse
    #[arg(long, value_parser = parse_word::<LossKind>)]
    loss: Option<LossKind>,
    /// Decay of the exponential moving average of the weights; 0 turns it off
    #[arg(long)]
    ema_decay: Option<f64>,
    /// Early stopping: checks without a lower validation loss after which the run ends
    #[arg(long)]
    patience_checks: Option<usize>,
    /// Steps between validations and checkpoints
    #[arg(long)]
    steps_per_check: Option<usize>,
    /// Random seed
    #[arg(long)]
    seed: Option<u64>,
}

/// Parses a setting as configuration files spell it.
pub fn parse_word<T: DeserializeOwned>(word: &str) -> Result<T, String> {
    serde_json::from_value(word.into()).map_err(|error| error.to_string())
}

impl Settings {
    /// The resulting configuration.
    ///
    /// # Errors
    /// When the file can't be read, or no songs are named.
    pub fn config(&self) -> anyhow::Result<TrainConfig> {
        let mut config = match (&self.config, self.recipe) {
            (Some(path), _) => {
                let json = std::fs::read_to_string(path)
                    .with_context(|| format!("{} cannot be read", path.display()))?;
                serde_json::from_str(&json).with_context(|| {
                    format!("{} is not a training configuration", path.display())
                })?
            }
            (None, Recipe::Default) => TrainConfig::default(),
            (None, Recipe::Paper) => TrainConfig::paper(),
            (None, Recipe::Detector) => TrainConfig::detector(),
        };
        set(&mut config.train, named(&self.songs));
        set(&mut config.validation, named(&self.validation));
        anyhow::ensure!(
            !config.train.is_empty() && !config.validation.is_empty(),
            "songs are missing: name folders of training songs with --songs and of validation songs with --validation"
        );
        self.tune(&mut config);
        if let Some(separator) = &self.separator {
            use_separator(separator, &mut config)?;
        }
        match config.problem() {
            Some(problem) => anyhow::bail!("the settings are invalid: {problem}"),
            None => Ok(config),
        }
    }

    fn tune(&self, config: &mut TrainConfig) {
        if let Some(steps) = self.steps {
            config.steps = steps;
            config.epochs = None;
        }
        config.epochs = self.epochs.or(config.epochs);
        config.minutes = self.minutes.or(config.minutes);
        config.patience_checks = self.patience_checks.or(config.patience_checks);
        if let Some(decay) = self.ema_decay {
            config.ema_decay = (decay != 0.0).then_some(decay);
        }
        set(&mut config.batch_size, self.batch_size);
        set(&mut config.approach, self.approach);
        set(&mut config.network.channels, self.channels.clone());
        set(&mut config.loss, self.loss);
        set(&mut config.steps_per_check, self.steps_per_check);
        set(&mut config.seed, self.seed);
    }
}

/// Configures a detector for the separator of the finished run in `folder`.
fn use_separator(folder: &Path, config: &mut TrainConfig) -> anyhow::Result<()> {
    let (_, of_separator, _) = open_run(folder, Approach::MultiTask)?;
    config.separator = Some(std::path::absolute(folder)?);
    config.network = of_separator.network;
    Ok(())
}

/// Opens a finished run that can become part of a model.
///
/// # Errors
/// When there is none in `folder`, or it is of another approach or view.
pub fn open_run(
    folder: &Path,
    approach: Approach,
) -> anyhow::Result<(RunFolder, TrainConfig, RunProgress)> {
    let (run, config, progress) = RunFolder::open(folder)?;
    anyhow::ensure!(
        config.approach == approach && config.view == InputView::Tiles,
        "{}: a {approach:?} network on tiles is needed here, this run is {:?} on {:?}; `deepmelody evaluate --run` scores it",
        folder.display(),
        config.approach,
        config.view
    );
    Ok((run, config, progress))
}

fn named(folders: &[PathBuf]) -> Option<Vec<PathBuf>> {
    (!folders.is_empty()).then(|| folders.to_vec())
}

/// Overwrites `target` if there is a value.
pub fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

/// Reads the songs of `config` and reports their number and duration.
///
/// # Errors
/// When a folder can't be read, or none of its songs, or all of them are silent.
pub fn read_songs(config: &TrainConfig, context: &CommandContext) -> anyhow::Result<TrainData> {
    let data = TrainData {
        train: read_folders(&config.train, context)?,
        validation: read_folders(&config.validation, context)?,
    };
    let has_stems = |song: &Multitrack| song.soft_activity.is_none();
    anyhow::ensure!(
        config.approach == Approach::Detector || data.train.songs.iter().all(has_stems),
        "songs with an {ACTIVITY_FILE} have no stems: only a detector learns from them"
    );
    anyhow::ensure!(
        data.validation.songs.iter().all(has_stems),
        "songs with an {ACTIVITY_FILE} have no stems: nothing can be validated on them"
    );
    let plays = |song: &Multitrack| song.activity.0.iter().flatten().any(|plays| *plays);
    for (songs, folders) in [
        (&data.train.songs, &config.train),
        (&data.validation.songs, &config.validation),
    ] {
        anyhow::ensure!(
            songs.iter().any(plays),
            "all songs of {folders:?} are silent: there is nothing to train on"
        );
    }
    context.inform(&format!(
        "{} training songs ({:.1} h), {} validation songs",
        data.train.songs.len(),
        data.train.hours(),
        data.validation.songs.len(),
    ));
    Ok(data)
}

/// Reads the songs below `folders`, and warns of those that can't be read.
///
/// # Errors
/// When a folder can't be read, or none of its songs.
pub fn read_folders(folders: &[PathBuf], context: &CommandContext) -> anyhow::Result<Dataset> {
    let mut all = Dataset {
        songs: Vec::new(),
        failures: Vec::new(),
    };
    for folder in folders {
        context.inform(&format!("reading {}", folder.display()));
        let dataset = Dataset::read(folder, decode_stem)?;
        for failure in &dataset.failures {
            context.warn(&format!("left out: {failure}"));
        }
        all.songs.extend(dataset.songs);
        all.failures.extend(dataset.failures);
    }
    Ok(all)
}

/// Shows the progress of a run as a bar on standard error.
#[derive(Debug)]
pub struct TrainingBar {
    bar: ProgressBar,
    interrupt: Interrupt,
}

impl TrainingBar {
    /// A bar for one run.
    pub fn new(context: &CommandContext) -> Self {
        let steps = BAR_STEPS as u64;
        Self {
            bar: progress::bar(context, Some(steps), "{bar:30} {percent:>3} %  {msg}"),
            interrupt: context.interrupt().clone(),
        }
    }
}

impl Drop for TrainingBar {
    fn drop(&mut self) {
        self.bar.finish();
    }
}

impl TrainObserver for TrainingBar {
    fn report(&mut self, report: &TrainReport) -> ControlFlow<()> {
        let left_secs =
            report.elapsed_secs * (1.0 - report.fraction).max(0.0) / report.fraction.max(1e-6);
        self.bar
            .set_position((report.fraction.min(1.0) * BAR_STEPS) as u64);
        self.bar.set_message(format!(
            "step {}  loss {:.4}{}  {:.1} tiles/s ({:.0} % waiting)  {} left",
            report.step,
            report.loss,
            report
                .validation_loss
                .map_or(String::new(), |loss| format!("  validation {loss:.4}")),
            report.tiles_per_sec,
            report.waiting * 100.0,
            HumanDuration(Duration::from_secs_f64(left_secs)),
        ));
        self.interrupt.flow()
    }

    fn refill_replay(&mut self, batch: usize, batches: usize) -> ControlFlow<()> {
        self.bar
            .set_message(format!("refilling the replay buffer: {batch} of {batches}"));
        self.interrupt.flow()
    }
}
