//! L7, native: `deepmelody evaluate` and `deepmelody package`.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::json;

use super::training::decode_stem;
use crate::compute;
use crate::model::{CARD_VERSION, FrontEnd, ModelCard, weights};
use crate::native::engine::{CARD_NAME, Engine, WEIGHTS_NAME};
use crate::native::output::{self, PendingFiles};
use crate::native::{Session, progress::Progress};
use crate::separate::{LocalEstimator, Separator};
use crate::source::{PerSource, Source};
use crate::train::RunFolder;
use crate::train::calibrate::calibrate;
use crate::train::dataset::{list_tracks, read_song};
use crate::train::evaluate::{
    Scores, SeparatedSong, Summary, mean_prominence, separate_song, summarise,
};
use crate::{audio, dsp};

/// Frames that neighbouring tiles share: 1.5 s. More costs time; the network sees enough around a tile's middle.
const OVERLAP_FRAMES: usize = 32;

/// Arguments of `evaluate`.
#[derive(clap::Args, Debug)]
pub struct EvaluateArguments {
    /// Folder of songs in Slakh's layout
    dir: PathBuf,
    /// Print the scores as JSON
    #[arg(long)]
    json: bool,
}

/// Arguments of `package`.
#[derive(clap::Args, Debug)]
pub struct PackageArguments {
    /// Folder of a finished training run
    run: PathBuf,
    /// Songs that the thresholds are chosen on: other songs and banks than those trained on
    #[arg(long, value_name = "DIR")]
    validation: PathBuf,
    /// Songs that the card's scores are measured on: seen neither in training nor in choosing thresholds
    #[arg(long, value_name = "DIR")]
    test: PathBuf,
    /// Folder to write weights and card into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Where and on what the network was trained, for the card
    #[arg(long, default_value = "")]
    notes: String,
    /// cpu; with the feature tch: libtorch, libtorch-cuda
    #[arg(long, default_value = "cpu")]
    device: String,
}

/// Runs `evaluate`.
///
/// # Errors
/// When the model or the songs can't be read, or Ctrl-C was pressed.
pub fn evaluate(arguments: &EvaluateArguments, session: &Session) -> anyhow::Result<()> {
    let engine = Engine::open(session)?;
    let (songs, mean) = separate_folder(&engine.separator, &arguments.dir, session)?;
    let mean = trained_mean(&engine.card).unwrap_or(mean);
    let scores = summarise(&songs, &engine.card.thresholds, &mean);
    output::print(&if arguments.json {
        serde_json::to_string_pretty(&scores)?
    } else {
        table(&scores)
    })
}

/// Runs `package`.
///
/// # Errors
/// When the run or the songs can't be read, or the model can't be written.
pub fn package(arguments: &PackageArguments, session: &Session) -> anyhow::Result<()> {
    let (run, config, progress) = RunFolder::open(&arguments.run)?;
    let path = arguments.run.join("model.safetensors");
    let bytes =
        std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let device = compute::open_named(&arguments.device)?;
    let network = weights::load_into(config.network.init(&device), bytes.clone())?;
    let separator = Separator::new(LocalEstimator::new(network, device), OVERLAP_FRAMES);
    let data = run.training_data()?;
    let mean = data.mean_prominence;
    let (validation, _) = separate_folder(&separator, &arguments.validation, session)?;
    let thresholds = calibrate(&validation);
    let (test, _) = separate_folder(&separator, &arguments.test, session)?;
    let scores = summarise(&test, &thresholds, &mean);
    let sha256 = weights::sha256_hex(&bytes);
    let card = ModelCard {
        version: CARD_VERSION,
        id: format!("deepmelody-{}", &sha256[..12]),
        sha256,
        architecture: config.network.clone(),
        front_end: front_end(),
        sources: Source::ALL.map(|source| source.name().to_owned()),
        thresholds: thresholds.clone(),
        training: json!({
            "config": config,
            "progress": progress,
            "data": data,
            "notes": arguments.notes,
        }),
        scores: json!({
            "validation": summarise(&validation, &thresholds, &mean),
            "test": scores,
        }),
    };
    write_model(&arguments.out, &card, &bytes)?;
    output::print(&table(&scores))
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

/// Mean prominence of the songs that the card's network was trained on, if it says.
fn trained_mean(card: &ModelCard) -> Option<PerSource<f32>> {
    serde_json::from_value(card.training["data"]["mean_prominence"].clone()).ok()
}

/// Every readable song of `folder`, separated, and the songs' mean prominence.
fn separate_folder(
    separator: &Separator<LocalEstimator>,
    folder: &Path,
    session: &Session,
) -> anyhow::Result<(Vec<SeparatedSong>, PerSource<f32>)> {
    let tracks = list_tracks(folder)?;
    let mut progress = Progress::new(session, tracks.len());
    let (mut songs, mut separated) = (Vec::new(), Vec::new());
    for track in &tracks {
        progress.show(track.file_name().unwrap_or_default().to_string_lossy());
        match read_song(track, decode_stem) {
            Ok(song) => {
                separated.push(pollster::block_on(separate_song(
                    separator,
                    &song,
                    &mut progress,
                ))?);
                songs.push(song.prominence());
            }
            Err(problem) => progress.suspend(|| session.warn(&format!("left out: {problem}"))),
        }
        progress.song_done();
    }
    anyhow::ensure!(
        !separated.is_empty(),
        "no song in {} can be read",
        folder.display()
    );
    Ok((separated, mean_prominence(&songs)))
}

/// Writes weights and card; they appear together, the card last, since it vouches for the weights.
fn write_model(folder: &Path, card: &ModelCard, weights: &[u8]) -> anyhow::Result<()> {
    let json = serde_json::to_string_pretty(card)?;
    let mut pending = PendingFiles::default();
    pending.make_folder(folder)?;
    for (name, bytes) in [(WEIGHTS_NAME, weights), (CARD_NAME, json.as_bytes())] {
        let path = folder.join(name);
        let mut file = pending.create(&path)?;
        file.write_all(bytes)
            .and_then(|()| file.flush())
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    pending.publish()
}

/// A row a source, then their mean.
fn table(scores: &Scores) -> String {
    let mut text = format!(
        "{:8}{:>6}{:>9}{:>9}{:>9}{:>9}{:>8}{:>6}{:>12}{:>7}{:>8}\n",
        "",
        "songs",
        "SI-SDR",
        "mixture",
        "oracle",
        "reached",
        "F1",
        "",
        "prom. error",
        "mean",
        "always"
    );
    for (source, row) in scores.sources.iter() {
        text += &table_row(source.name(), row);
    }
    text + &table_row("mean", &scores.mean)
}

fn table_row(name: &str, row: &Summary) -> String {
    format!(
        "{name:8}{:>6}{:>6.1} dB{:>6.1} dB{:>6.1} dB{:>7.0} %{:>8.2}{:>6}{:>8.1} pts{:>7.1}{:>8.1}\n",
        row.songs,
        row.si_sdr_db,
        row.mixture_si_sdr_db,
        row.oracle_si_sdr_db,
        row.oracle_share_percent,
        row.activity_f1,
        "",
        row.prominence_error_points,
        row.mean_answer_error_points,
        row.always_answer_error_points,
    )
}
