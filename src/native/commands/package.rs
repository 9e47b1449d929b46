//! `deepmelody package`.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;
use serde_json::json;

use super::scores::{separate_each, separate_folders, table};
use super::settings::{open_run, read_folders};
use crate::compute;
use crate::digest::sha256_hex;
use crate::kernels;
use crate::model::{CARD_VERSION, FrontEnd, ModelCard, Tensors, quantization::quantize, weights};
use crate::native::CommandContext;
use crate::native::engine::{self, CARD_NAME, WEIGHTS_NAME};
use crate::native::output::{self, PendingFiles};
use crate::source::Source;
use crate::train::calibrate::{calibrate, calibrate_mixture};
use crate::train::evaluate::{Baselines, Estimation, summarise};
use crate::train::intervals::prediction_intervals;
use crate::train::{Approach, Network, OVERLAP_FRAMES, RunRecord, calibrate_temperature};
use crate::{audio, dsp};

/// Arguments of `package`.
#[derive(clap::Args, Debug)]
pub struct Arguments {
    /// Folder of a finished training run of a separator
    run: PathBuf,
    /// Folder of a finished training run of a detector
    #[arg(long, value_name = "DIR")]
    detector: PathBuf,
    /// Songs to choose the thresholds on, and to measure how far the truth may lie from the estimate: other songs and
    /// sound banks than in training; folders have equal weight, however many songs they hold
    #[arg(long, value_name = "DIR", num_args = 1.., required = true)]
    validation: Vec<PathBuf>,
    /// Songs to measure the card's scores on: used neither in training nor for the thresholds
    #[arg(long, value_name = "DIR")]
    test: PathBuf,
    /// Take the thresholds of the model in this folder instead of choosing them
    #[arg(long, value_name = "MODEL")]
    thresholds_of: Option<PathBuf>,
    /// Further songs to score, by the name that they get in the card; may be given several times
    #[arg(long, value_name = "NAME=DIR", value_parser = parse_named_folder)]
    also: Vec<(String, PathBuf)>,
    /// Folder to write weights and card into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Notes on the training for the card: machine, duration
    #[arg(long, default_value = "")]
    notes: String,
    /// Device of the temperature scaling: cpu; with the feature tch also libtorch, libtorch-cuda; with the feature cuda
    /// also cuda
    #[arg(long, default_value = "cpu")]
    device: String,
}

fn parse_named_folder(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, folder)) if !name.is_empty() && !folder.is_empty() => {
            Ok((name.to_owned(), folder.into()))
        }
        _ => Err("expected NAME=DIR".to_owned()),
    }
}

/// Makes a model of two finished runs.
///
/// # Errors
/// When the run or the songs can't be read, or the model can't be written.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let device = compute::open_named(&arguments.device)?;
    let (run, config, _) = open_run(&arguments.run, Approach::MultiTask)?;
    let (detector_run, detector_config, _) = open_run(&arguments.detector, Approach::Detector)?;
    let separator = run.finished_network(&config, &device)?;
    let detector = detector_run.finished_network(&detector_config, &device)?;
    let songs = read_folders(&arguments.validation, context)?;
    let (separator, temperature) = calibrate_temperature(separator, &config, &songs, &device);
    drop(songs);
    context.inform(&format!(
        "temperature scaling: logits times {temperature:.2}"
    ));
    let networks = Network::into_shipped(separator, detector)
        .context("a model needs a multi-task separator's run and a detector's")?;
    let bytes = quantize(weights::encode_finished(&networks)?)?;
    // Scored as it will run: the weights that are shipped, on the processor.
    let tensors = Tensors::read(bytes.clone())?;
    let packed = kernels::Network::pack(tensors, &config.network, &detector_config.detector)?;
    let packed = packed.prepared();
    let separator = engine::separator(packed, OVERLAP_FRAMES, NonZeroUsize::MIN)?;
    let data = run.training_data()?;
    let validation = separate_each(&separator, &arguments.validation, context)?;
    let thresholds = match &arguments.thresholds_of {
        Some(model) => engine::read_card(model)?.thresholds,
        None => calibrate(&validation),
    };
    let intervals = prediction_intervals(&validation, &thresholds);
    let estimation = Estimation {
        thresholds: &thresholds,
        intervals: Some(&intervals),
    };
    let baselines = Baselines {
        mean_prominence: data.mean_prominence,
        mixture_thresholds: calibrate_mixture(&validation),
    };
    let validation = validation.concat();
    let test = separate_folders(&separator, std::slice::from_ref(&arguments.test), context)?;
    let scores = summarise(&test, estimation, &baselines);
    let mut card_scores = json!({
        "validation": summarise(&validation, estimation, &baselines),
        "test": scores,
    });
    for (name, folder) in &arguments.also {
        let songs = separate_folders(&separator, std::slice::from_ref(folder), context)?;
        card_scores[name] = json!(summarise(&songs, estimation, &baselines));
    }
    let sha256 = sha256_hex(&bytes);
    let card = ModelCard {
        version: CARD_VERSION,
        id: format!("deepmelody-{}", &sha256[..12]),
        sha256,
        architecture: config.network.clone(),
        detector: detector_config.detector.clone(),
        front_end: front_end(),
        sources: Source::ALL.map(|source| source.name().to_owned()),
        thresholds,
        prediction_intervals: Some(intervals),
        training: serde_json::to_value(Training {
            separator: run.record()?,
            logits_factor: temperature,
            detector: detector_run.record()?,
            baselines: baselines.clone(),
            notes: arguments.notes.clone(),
        })?,
        scores: card_scores,
    };
    write_model(&arguments.out, &card, &bytes)?;
    output::print(&table(&scores))
}

/// The card's `training`.
#[derive(Serialize)]
struct Training {
    #[serde(flatten)]
    separator: RunRecord,
    logits_factor: f64,
    detector: RunRecord,
    baselines: Baselines,
    notes: String,
}

fn front_end() -> FrontEnd {
    FrontEnd {
        sample_rate: audio::SAMPLE_RATE,
        window_length: dsp::WINDOW_LENGTH,
        hop_length: dsp::HOP_LENGTH,
        tile_frames: dsp::TILE_FRAMES,
        overlap_frames: OVERLAP_FRAMES,
    }
}

/// Writes weights and card together, the card last, since it holds the checksum of the weights.
fn write_model(folder: &Path, card: &ModelCard, weights: &[u8]) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(card)?;
    let mut pending = PendingFiles::default();
    pending.make_folder(folder)?;
    for (name, bytes) in [(WEIGHTS_NAME, weights), (CARD_NAME, json.as_bytes())] {
        pending.put(&folder.join(name), bytes)?;
    }
    pending.publish()
}
