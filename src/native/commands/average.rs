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
    let (first, config, progress) = RunFolder::open(&arguments.runs[0])?;
    let mut finished = Vec::new();
    for path in &arguments.runs {
        let (run, other, _) = RunFolder::open(path)?;
        ensure!(
            of_network(&other) == of_network(&config),
            "{} is not of the same network as {}: average a run with those that went on from it",
            path.display(),
            first.path().display()
        );
        finished.push(run.finished_weights()?);
    }
    let mean = Network::mean_of_finished(&config, finished, &compute::open_cpu().device)?;
    let told = json!({ "progress": progress, "data": first.training_data()? });
    let config = TrainConfig {
        batch_norm: false,
        ..config
    };
    RunFolder::restore(&arguments.out, &config, &told, &mean)?;
    Ok(())
}

/// What decides which weights a run has.
fn of_network(config: &TrainConfig) -> impl PartialEq {
    let TrainConfig {
        approach,
        network,
        detector,
        ..
    } = config.clone();
    (approach, network, detector)
}
