//! L7, native: `deepmelody average`: one run of several.

use std::path::PathBuf;

use anyhow::ensure;
use serde_json::json;

use crate::compute;
use crate::native::output;
use crate::train::{Network, RunFolder, TrainConfig};

/// Arguments of `average`.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Folders of finished runs, one of which began with --from another, or all from the same
    #[arg(required = true, num_args = 2.., value_name = "RUN")]
    runs: Vec<PathBuf>,
    /// Folder for the run that is their mean; all but its weights it takes from the first
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Writes a run whose weights are the mean of others'.
///
/// # Errors
/// When a run can't be read or is of another network than the first, or the new one can't be written.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    output::ensure_new(&arguments.out)?;
    let opened = arguments.runs.iter().map(|path| RunFolder::open(path));
    let runs = opened.collect::<Result<Vec<_>, _>>()?;
    let (first, config, progress) = &runs[0];
    for (run, other, _) in &runs[1..] {
        ensure!(
            of_network(other) == of_network(config),
            "{} is not of the same network as {}: average a run with those that went on from it",
            run.path().display(),
            first.path().display()
        );
    }
    let finished = runs.iter().map(|(run, ..)| run.finished_weights());
    let finished = finished.collect::<Result<Vec<_>, _>>()?;
    let mean = Network::mean_of_finished(config, finished, &compute::open_cpu().device)?;
    let told = json!({ "progress": progress, "data": first.training_data()? });
    let config = TrainConfig {
        batch_norm: false,
        ..config.clone()
    };
    RunFolder::restore(&arguments.out, &config, &told, &mean)?;
    Ok(())
}

/// What decides which weights a run has.
fn of_network(config: &TrainConfig) -> impl PartialEq {
    (config.approach, &config.network, &config.detector)
}
