//! `deepmelody average`: the weight average of several runs.

use std::path::PathBuf;

use anyhow::ensure;

use crate::compute;
use crate::native::output;
use crate::train::{Network, RunFolder, RunRecord, TrainConfig};

/// Arguments of `average`.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Folders of finished runs that were fine-tuned (--from) from one another or from the same run
    #[arg(required = true, num_args = 2.., value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// Folder for the averaged run; it has the configuration of the first, and records how each was trained
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Writes a run whose weights are the mean of those of others, and the record of each of them.
///
/// # Errors
/// When a run can't be read or is of another network than the first, or the new one can't be written.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    output::ensure_new(&arguments.out)?;
    let opened = arguments.runs.iter().map(|path| RunFolder::open(path));
    let runs = opened.collect::<Result<Vec<_>, _>>()?;
    let (first, config, _) = &runs[0];
    for (run, other, _) in &runs[1..] {
        ensure!(
            of_network(other) == of_network(config),
            "{} has another architecture than {}: average runs that were fine-tuned from one another",
            run.path().display(),
            first.path().display()
        );
    }
    let finished = runs.iter().map(|(run, ..)| run.finished_weights());
    let finished = finished.collect::<Result<Vec<_>, _>>()?;
    let mean = Network::mean_of_finished(config, finished, &compute::open_cpu().device)?;
    let records = runs.iter().map(|(run, ..)| run.record());
    let record = RunRecord {
        averaged: records.collect::<Result<_, _>>()?,
        ..first.record()?
    };
    let config = TrainConfig {
        batch_norm: false,
        ..config.clone()
    };
    RunFolder::restore(&arguments.out, &config, &record, &mean)?;
    Ok(())
}

/// The settings that determine the shapes of the weights.
fn of_network(config: &TrainConfig) -> impl PartialEq {
    (config.approach, &config.network, &config.detector)
}
