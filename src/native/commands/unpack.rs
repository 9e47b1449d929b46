//! `deepmelody unpack`: the inverse of `package`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::Value;

use crate::compute;
use crate::model::ModelCard;
use crate::native::CommandContext;
use crate::native::engine::read_model;
use crate::native::output;
use crate::train::{Network, RunFolder, RunRecord, TrainConfig};

/// Arguments of `unpack`.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Folder for the two runs, separator and detector
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Turns the context's model into two runs, to fine-tune them.
///
/// # Errors
/// When the model can't be read, its card has no training configuration, or a run can't be written.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let runs = ["separator", "detector"].map(|name| arguments.out.join(name));
    for run in &runs {
        output::ensure_new(run)?;
    }
    let (card, networks) = read_model(context, &compute::open_cpu())?;
    let of_separator = &card.training;
    let of_detector = &card.training["detector"];
    let separator = Network::MultiTask(networks.separator.clone());
    write_run(&runs[0], &card, of_separator, &separator)?;
    write_run(&runs[1], &card, of_detector, &Network::Detector(networks))
}

/// Writes the run that the card describes in `training`, without batch normalisation, which is folded into the weights.
fn write_run(
    folder: &Path,
    card: &ModelCard,
    training: &Value,
    network: &Network,
) -> anyhow::Result<()> {
    let record: RunRecord = serde_json::from_value(training.clone())
        .context("the model card has no training configuration that this version reads")?;
    let config = TrainConfig {
        network: card.architecture.clone(),
        detector: card.detector.clone(),
        batch_norm: false,
        ..record.config.clone()
    };
    RunFolder::restore(folder, &config, &record, network)?;
    Ok(())
}
