//! L7, native: what `train` and `sweep` share: the songs, a recipe, single settings on top of it, and the bar that
//! follows a run.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;
use indicatif::{HumanDuration, ProgressBar};
use serde::de::DeserializeOwned;

use super::training::decode_stem;
use crate::native::interrupt::Interrupt;
use crate::native::{Session, progress};
use crate::train::dataset::{Dataset, Song};
use crate::train::{
    Approach, LossKind, Progress, RunFolder, TrainConfig, TrainData, TrainObserver, TrainReport,
    View,
};

/// Positions of the progress bar.
const BAR_STEPS: f64 = 10_000.0;

/// A named set of settings.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Recipe {
    /// What measured best here.
    Default,
    /// The paper's: whole songs as images, its network, loss and optimiser, 15 epochs.
    Paper,
    /// What hears in a separator's work when each source plays; see --separator.
    Detector,
}

/// Songs, recipe and settings.
#[derive(clap::Args, Debug)]
pub struct Settings {
    /// Folders of songs in Slakh's layout to learn from
    #[arg(long, value_name = "DIR", num_args = 1..)]
    songs: Vec<PathBuf>,
    /// Folders of songs to check on: other songs and other sound banks
    #[arg(long, value_name = "DIR", num_args = 1..)]
    validation: Vec<PathBuf>,
    /// Settings to start from
    #[arg(long, value_enum, default_value = "default", conflicts_with = "config")]
    recipe: Recipe,
    /// JSON file of settings to start from, as config.json in a run's folder; what it leaves out is the default's
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// cpu; with the feature tch: libtorch, libtorch-cuda; with the feature cuda: cuda
    #[arg(long, default_value = "cpu")]
    pub device: String,
    /// Steps at most
    #[arg(long)]
    steps: Option<usize>,
    /// Passes through the songs, in place of steps
    #[arg(long, conflicts_with = "steps")]
    epochs: Option<usize>,
    /// Minutes at most; the learning rate falls over whichever of steps and minutes ends first
    #[arg(long)]
    minutes: Option<f64>,
    /// Tiles or images a step
    #[arg(long)]
    batch_size: Option<usize>,
    /// What learns: multi-task (one network with a mask a source), dedicated (a network a source), conditioned (one
    /// that is told the source) or detector (what hears when each plays; see --recipe)
    #[arg(long, value_parser = parse_word::<Approach>)]
    approach: Option<Approach>,
    /// Folder of the finished run of the separator whose work a detector hears
    #[arg(long, value_name = "DIR", conflicts_with = "channels")]
    separator: Option<PathBuf>,
    /// Channels of each level of the network, the finest first, then of its bottom
    #[arg(long, value_delimiter = ',')]
    channels: Option<Vec<usize>>,
    /// What to minimise: share-cross-entropy, combined, log-snr, si-sdr, magnitude-l1 or energy-weighted-mse
    #[arg(long, value_parser = parse_word::<LossKind>)]
    loss: Option<LossKind>,
    /// Share of the weights' moving average that stays at each step; 0 switches it off
    #[arg(long)]
    ema_decay: Option<f64>,
    /// End the run after so many checks without a lower validation loss
    #[arg(long)]
    patience_checks: Option<usize>,
    /// Steps between validations and checkpoints
    #[arg(long)]
    steps_per_check: Option<usize>,
    /// Seed of everything drawn at random
    #[arg(long)]
    seed: Option<u64>,
}

/// Reads a setting that configuration files have as a word.
pub fn parse_word<T: DeserializeOwned>(word: &str) -> Result<T, String> {
    serde_json::from_value(word.into()).map_err(|error| error.to_string())
}

impl Settings {
    /// The configuration that they make.
    ///
    /// # Errors
    /// When the file can't be read, or no songs are named.
    pub fn config(&self) -> anyhow::Result<TrainConfig> {
        let mut config = match (&self.config, self.recipe) {
            (Some(path), _) => {
                let json = std::fs::read_to_string(path)
                    .with_context(|| format!("{} cannot be read", path.display()))?;
                serde_json::from_str(&json)
                    .with_context(|| format!("{} is no configuration", path.display()))?
            }
            (None, Recipe::Default) => TrainConfig::default(),
            (None, Recipe::Paper) => TrainConfig::paper(),
            (None, Recipe::Detector) => TrainConfig::detector(),
        };
        set(&mut config.train, named(&self.songs));
        set(&mut config.validation, named(&self.validation));
        anyhow::ensure!(
            !config.train.is_empty() && !config.validation.is_empty(),
            "songs are missing: name folders to learn from with --songs and to check on with --validation"
        );
        self.tune(&mut config);
        if let Some(separator) = &self.separator {
            listen_to(separator, &mut config)?;
        }
        match config.problem() {
            Some(problem) => anyhow::bail!("the settings cannot work: {problem}"),
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

/// Lets a detector hear the separator of the finished run in `folder`.
fn listen_to(folder: &Path, config: &mut TrainConfig) -> anyhow::Result<()> {
    let (_, of_separator, _) = open_run(folder, Approach::MultiTask)?;
    config.separator = Some(std::path::absolute(folder)?);
    config.network = of_separator.network;
    Ok(())
}

/// A finished run that can become part of a model.
///
/// # Errors
/// When there is none in `folder`, or it is of another approach or view.
pub fn open_run(
    folder: &Path,
    approach: Approach,
) -> anyhow::Result<(RunFolder, TrainConfig, Progress)> {
    let (run, config, progress) = RunFolder::open(folder)?;
    anyhow::ensure!(
        config.approach == approach && config.view == View::Tiles,
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

/// Gives `target` a value, if there is one.
pub fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

/// Reads the songs of `config`, and says what there is.
///
/// # Errors
/// When a folder can't be read, or none of its songs, or all of them are silent.
pub fn read_songs(config: &TrainConfig, session: &Session) -> anyhow::Result<TrainData> {
    let data = TrainData {
        train: read_folders(&config.train, session)?,
        validation: read_folders(&config.validation, session)?,
    };
    let plays = |song: &Song| song.activity.0.iter().flatten().any(|plays| *plays);
    for (songs, folders) in [
        (&data.train.songs, &config.train),
        (&data.validation.songs, &config.validation),
    ] {
        anyhow::ensure!(
            songs.iter().any(plays),
            "nothing plays in any song of {folders:?}: a network learns from sound"
        );
    }
    session.inform(&format!(
        "{} songs ({:.1} h) to learn from, {} to check on",
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
pub fn read_folders(folders: &[PathBuf], session: &Session) -> anyhow::Result<Dataset> {
    let mut all = Dataset {
        songs: Vec::new(),
        failures: Vec::new(),
    };
    for folder in folders {
        session.inform(&format!("reading {}", folder.display()));
        let dataset = Dataset::read(folder, decode_stem)?;
        for failure in &dataset.failures {
            session.warn(&format!("left out: {failure}"));
        }
        all.songs.extend(dataset.songs);
        all.failures.extend(dataset.failures);
    }
    Ok(all)
}

/// Follows a run with a bar on standard error.
#[derive(Debug)]
pub struct Follower {
    bar: ProgressBar,
    interrupt: Interrupt,
}

impl Follower {
    /// A bar for one run.
    pub fn new(session: &Session) -> Self {
        let steps = BAR_STEPS as u64;
        Self {
            bar: progress::bar(session, Some(steps), "{bar:30} {percent:>3} %  {msg}"),
            interrupt: session.interrupt().clone(),
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.bar.finish();
    }
}

impl TrainObserver for Follower {
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

    fn recall(&mut self, batch: usize, batches: usize) -> ControlFlow<()> {
        self.bar
            .set_message(format!("hearing what it remembered: {batch} of {batches}"));
        self.interrupt.flow()
    }
}
