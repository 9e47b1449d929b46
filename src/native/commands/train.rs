//! L7, native: `deepmelody train`.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::ValueEnum;
use indicatif::{HumanDuration, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::training::decode_stem;
use crate::compute;
use crate::native::interrupt::Interrupt;
use crate::native::{Session, Verbosity};
use crate::train::dataset::Dataset;
use crate::train::{
    LossKind, RunFolder, TrainConfig, TrainData, TrainObserver, TrainReport, train,
};

/// Positions of the progress bar.
const BAR_STEPS: f64 = 10_000.0;

/// A named set of settings.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Recipe {
    /// What measured best here.
    Default,
    /// The paper's loss, optimiser and network.
    Paper,
}

/// Arguments of `train`.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Folders of songs in Slakh's layout to learn from
    #[arg(long, value_name = "DIR", num_args = 1.., required_unless_present = "resume")]
    songs: Vec<PathBuf>,
    /// Folder of songs to check on: other songs and other sound banks
    #[arg(long, value_name = "DIR", required_unless_present = "resume")]
    validation: Option<PathBuf>,
    /// The run's folder: configuration, log, checkpoint and finished weights
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Go on from the checkpoint in the run's folder
    #[arg(long, conflicts_with_all = ["songs", "validation", "recipe"])]
    resume: bool,
    /// Settings to start from
    #[arg(long, value_enum, default_value = "default")]
    recipe: Recipe,
    /// cpu; with the feature tch: libtorch, libtorch-cuda; with the feature cuda: cuda
    #[arg(long, default_value = "cpu")]
    device: String,
    /// Steps at most
    #[arg(long)]
    steps: Option<usize>,
    /// Minutes at most; the learning rate falls over whichever of steps and minutes ends first
    #[arg(long)]
    minutes: Option<f64>,
    /// Tiles a step
    #[arg(long)]
    batch_size: Option<usize>,
    /// Peak of the learning rate
    #[arg(long)]
    learning_rate: Option<f64>,
    /// Channels of each level of the network, the finest first, then of its bottom
    #[arg(long, value_delimiter = ',')]
    channels: Option<Vec<usize>>,
    /// What to minimise: energy-weighted-mse, magnitude-l1, log-snr or combined
    #[arg(long, value_parser = parse_loss)]
    loss: Option<LossKind>,
    /// Steps between validations and checkpoints
    #[arg(long)]
    steps_per_check: Option<usize>,
    /// Seed of everything drawn at random
    #[arg(long)]
    seed: Option<u64>,
}

fn parse_loss(name: &str) -> Result<LossKind, String> {
    serde_json::from_value(name.into()).map_err(|error| error.to_string())
}

impl Arguments {
    fn config(&self) -> TrainConfig {
        let mut config = match self.recipe {
            Recipe::Default => TrainConfig::default(),
            Recipe::Paper => TrainConfig::paper(),
        };
        config.train.clone_from(&self.songs);
        config.validation = self.validation.clone().unwrap_or_default();
        set(&mut config.steps, self.steps);
        set(&mut config.batch_size, self.batch_size);
        set(&mut config.learning_rate, self.learning_rate);
        set(&mut config.network.channels, self.channels.clone());
        set(&mut config.loss, self.loss);
        set(&mut config.steps_per_check, self.steps_per_check);
        set(&mut config.seed, self.seed);
        config.minutes = self.minutes;
        config
    }
}

fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

/// Runs the command.
///
/// # Errors
/// When songs or checkpoint can't be read, the loss diverges, or Ctrl-C was pressed.
pub fn run(arguments: &Arguments, session: &Session) -> anyhow::Result<()> {
    let device = compute::open_named(&arguments.device)?;
    let (folder, config, start) = if arguments.resume {
        RunFolder::open(&arguments.out)?
    } else {
        if arguments.out.join("config.json").exists() {
            bail!(
                "{} holds a run already: continue it with --resume, or choose another folder",
                arguments.out.display()
            );
        }
        let config = arguments.config();
        (
            RunFolder::create(&arguments.out, &config)?,
            config,
            Default::default(),
        )
    };
    let data = read_songs(&config, session)?;
    session.inform(&format!(
        "{} songs ({:.1} h) to learn from, {} to check on; {:.1} GFLOP a tile",
        data.train.songs.len(),
        data.train.hours(),
        data.validation.songs.len(),
        config.network.flops(crate::dsp::TILE_FRAMES) as f64 / 1e9,
    ));
    let mut follower = Follower::new(session);
    train(&config, &data, &folder, start, &device, &mut follower)?;
    follower.bar.finish();
    session.inform(&format!(
        "finished: {}",
        folder.path().join("model.safetensors").display()
    ));
    Ok(())
}

fn read_songs(config: &TrainConfig, session: &Session) -> anyhow::Result<TrainData> {
    let read = |folder: &PathBuf| -> anyhow::Result<Dataset> {
        session.inform(&format!("reading {}", folder.display()));
        let dataset = Dataset::read(folder, decode_stem)?;
        for failure in &dataset.failures {
            session.warn(&format!("left out: {failure}"));
        }
        Ok(dataset)
    };
    let mut train = read(config.train.first().context("no folder of songs")?)?;
    for folder in &config.train[1..] {
        let more = read(folder)?;
        train.songs.extend(more.songs);
    }
    Ok(TrainData {
        train,
        validation: read(&config.validation)?,
    })
}

struct Follower {
    bar: ProgressBar,
    interrupt: Interrupt,
}

impl Follower {
    fn new(session: &Session) -> Self {
        let target = match session.verbosity() {
            Verbosity::Normal => ProgressDrawTarget::stderr(),
            Verbosity::Quiet => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(BAR_STEPS as u64), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {percent:>3} %  {msg}") {
            bar.set_style(style);
        }
        Self {
            bar,
            interrupt: session.interrupt().clone(),
        }
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
        if self.interrupt.is_requested() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}
