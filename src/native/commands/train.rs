//! `deepmelody train`.

use std::path::{Path, PathBuf};

use anyhow::bail;

use super::settings::{Settings, TrainingBar, parse_word, read_songs, set};
use crate::compute;
use crate::dsp::TILE_FRAMES;
use crate::native::CommandContext;
use crate::train::{Approach, FINISHED_WEIGHTS, OptimizerKind, RunFolder, TrainConfig, train};

/// Arguments of `train`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "The run's folder holds config.json, log.csv, curve.svg, the last checkpoint and model.safetensors, \
    the weights of the check with the lowest validation loss."
)]
pub struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// Peak learning rate
    #[arg(long)]
    learning_rate: Option<f64>,
    /// Optimiser: adam, adam-w or sgd
    #[arg(long, value_parser = parse_word::<OptimizerKind>)]
    optimizer: Option<OptimizerKind>,
    /// Weight decay
    #[arg(long)]
    weight_decay: Option<f64>,
    /// Folder of an earlier run to fine-tune: its weights are the start, with other songs, loss or learning rate
    #[arg(long, value_name = "DIR", conflicts_with_all = ["channels", "approach", "recipe"])]
    from: Option<PathBuf>,
    /// Folder of a finished separator run as a teacher (knowledge distillation); may be repeated
    #[arg(long = "teacher", value_name = "DIR")]
    teachers: Vec<PathBuf>,
    /// Weight of the distillation loss, from 0 to 1
    #[arg(long, requires = "teachers")]
    teacher_share: Option<f64>,
    /// The run's folder
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Resume from the checkpoint in the run's folder, with its settings
    #[arg(long, conflicts_with_all = [
        "songs", "validation", "recipe", "config", "from", "separator", "teachers", "steps", "epochs", "minutes",
        "batch_size", "approach", "channels", "loss", "ema_decay", "patience_checks", "steps_per_check", "seed",
        "learning_rate", "optimizer", "weight_decay",
    ])]
    resume: bool,
}

/// Runs the command.
///
/// # Errors
/// When songs or checkpoint can't be read, the loss diverges, or Ctrl-C was pressed.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let device = compute::open_named(&arguments.settings.device)?;
    let out = &arguments.out;
    let (folder, config, start) = if arguments.resume {
        RunFolder::open(out)?
    } else {
        if out.join("config.json").exists() {
            bail!(
                "{} already holds a run: resume it with --resume, or choose another folder",
                out.display()
            );
        }
        let mut config = arguments.settings.config()?;
        set(&mut config.learning_rate, arguments.learning_rate);
        set(&mut config.optimizer, arguments.optimizer);
        set(&mut config.weight_decay, arguments.weight_decay);
        for teacher in &arguments.teachers {
            config.teachers.push(std::path::absolute(teacher)?);
        }
        set(&mut config.teacher_share, arguments.teacher_share);
        if let Some(earlier) = &arguments.from {
            start_from(earlier, &mut config)?;
        }
        (RunFolder::create(out, &config)?, config, Default::default())
    };
    let data = read_songs(&config, context)?;
    let flops = match config.approach {
        Approach::Detector => config.detector.flops(TILE_FRAMES),
        _ => config.network.flops(TILE_FRAMES),
    };
    context.inform(&format!(
        "{:.1} GFLOP a tile and network",
        flops as f64 / 1e9
    ));
    let mut follower = TrainingBar::new(context);
    let progress = train(&config, &data, &folder, start, &device, &mut follower)?;
    drop(follower);
    context.inform(&format!(
        "{} steps; validation loss {:.5}: {}",
        progress.step,
        progress.best_validation_loss.unwrap_or(f32::NAN),
        folder.path().join(FINISHED_WEIGHTS).display()
    ));
    Ok(())
}

/// Configures a fine-tuning of the run in the folder `earlier`.
fn start_from(earlier: &Path, config: &mut TrainConfig) -> anyhow::Result<()> {
    let (_, of_earlier, _) = RunFolder::open(earlier)?;
    config.from = Some(std::path::absolute(earlier)?);
    config.approach = of_earlier.approach;
    config.view = of_earlier.view;
    config.network = of_earlier.network;
    config.detector = of_earlier.detector;
    config.tile_frames = of_earlier.tile_frames;
    config.batch_norm = of_earlier.batch_norm;
    Ok(())
}
