//! `deepmelody evaluate`.

use std::path::{Path, PathBuf};

use super::scores::{separate_each, separate_folders, table};
use crate::compute;
use crate::model::ModelCard;
use crate::native::engine::Engine;
use crate::native::{CommandContext, output};
use crate::prominence::prominence;
use crate::source::PerSource;
use crate::train::calibrate::{calibrate, calibrate_mixture};
use crate::train::evaluate::{
    Baselines, Estimation, Scores, SeparatedSong, mean_prominence, summarise,
};
use crate::train::intervals::prediction_intervals;
use crate::train::{RunFolder, TrainedSeparator};

/// Arguments of `evaluate`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "SI-SDR and SDR are taken over whole songs, pauses included; songs in which a source is silent \
    count only as leakage of it. The oracle divides the mixture by the true magnitudes (ideal ratio \
    mask): an upper bound for soft masks. \
    The mean is over the sources that any song has. \"within\" is the share of songs whose true prominence lies in the \
    interval around the estimate (of four of five, if all is well), and \"width\" that interval's mean width, in points.\n\n\
    The last table compares features by their rank correlation with the true prominences: shares of time (what \
    recommendations use), of energy, of the time that pairs play together, and of the time in each eighth of the song."
)]
pub struct Arguments {
    /// Folders of songs with stems, in Slakh's layout
    #[arg(required = true)]
    dir: Vec<PathBuf>,
    /// Print the scores as JSON
    #[arg(long)]
    json: bool,
    /// Score a training run of any recipe instead of the model
    #[arg(long, value_name = "DIR", requires = "validation")]
    run: Option<PathBuf>,
    /// Songs to choose the run's thresholds on
    #[arg(long, value_name = "DIR", num_args = 1.., requires = "run")]
    validation: Vec<PathBuf>,
    /// Device: cpu; with the feature tch also libtorch, libtorch-cuda; with the feature cuda also cuda
    #[arg(long, default_value = "cpu", requires = "run")]
    device: String,
}

/// Runs `evaluate`.
///
/// # Errors
/// When the model or the songs can't be read, or Ctrl-C was pressed.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let scores = match &arguments.run {
        Some(run) => score_run(run, arguments, context)?,
        None => score_model(arguments, context)?,
    };
    if arguments.json {
        output::print_json(&scores)
    } else {
        output::print(&table(&scores))
    }
}

fn score_model(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<Scores> {
    let engine = Engine::open(context)?;
    let songs = separate_folders(&engine.separator, &arguments.dir, context)?;
    let baselines = baselines(&engine.card, &songs);
    let estimation = Estimation {
        thresholds: &engine.card.thresholds,
        intervals: engine.card.prediction_intervals.as_ref(),
    };
    Ok(summarise(&songs, estimation, &baselines))
}

fn score_run(
    run: &Path,
    arguments: &Arguments,
    context: &CommandContext,
) -> anyhow::Result<Scores> {
    let (run, config, _) = RunFolder::open(run)?;
    let device = compute::open_named(&arguments.device)?;
    let separator = TrainedSeparator::open(&run, &config, device)?;
    let validation = separate_each(&separator, &arguments.validation, context)?;
    let baselines = Baselines {
        mean_prominence: run.training_data()?.mean_prominence,
        mixture_thresholds: calibrate_mixture(&validation),
    };
    let songs = separate_folders(&separator, &arguments.dir, context)?;
    let thresholds = calibrate(&validation);
    let estimation = Estimation {
        thresholds: &thresholds,
        intervals: Some(&prediction_intervals(&validation, &thresholds)),
    };
    Ok(summarise(&songs, estimation, &baselines))
}

/// The card's baselines; where it has none, the mean of the scored songs and the network's thresholds.
fn baselines(card: &ModelCard, songs: &[SeparatedSong]) -> Baselines {
    let trained_mean = &card.training["data"]["mean_prominence"];
    let own_mean = || {
        let truth = songs
            .iter()
            .map(|song| PerSource::from_fn(|source| prominence(&song.truth[source])));
        mean_prominence(&truth.collect::<Vec<_>>())
    };
    serde_json::from_value(card.training["baselines"].clone()).unwrap_or_else(|_| Baselines {
        mean_prominence: serde_json::from_value(trained_mean.clone())
            .unwrap_or_else(|_| own_mean()),
        mixture_thresholds: card.thresholds.clone(),
    })
}
