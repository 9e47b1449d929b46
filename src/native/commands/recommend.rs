//! L7, native: `recommend SONG --catalogue FILE`: the catalogue's songs of most similar composition.

use std::{
    fmt::Write,
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;

use crate::{
    analysis::Analysis,
    catalogue::{Catalogue, Query, Recommendation, Report, Row, rank},
    native::{Session, engine::Engine, format, output, song},
    source::{PerSource, Source},
};

/// Arguments of `recommend`.
#[derive(Args, Debug)]
#[command(
    after_help = "The JSON object has the fields format (\"deepmelody-recommendations\"), version (1), file, \
    sources (the five names; every list of five is in their order), chosen (the names that were compared), weights (how \
    much each counts), model_id, \
    prominence (the song's) and recommendations: the best first, each with rank, score (0 to 1), distance and track \
    (id, title, artist, album, licence, url, duration_secs, prominence)."
)]
pub struct Arguments {
    /// An audio file: WAV, FLAC, MP3, Ogg Vorbis or AAC/M4A
    song: PathBuf,
    /// A catalogue, made by `index` with the same model
    #[arg(long, value_name = "FILE")]
    catalogue: PathBuf,
    /// Compare only these instruments: guitar, piano, bass, drums, other
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    sources: Vec<Source>,
    /// How many songs to recommend
    #[arg(long, value_name = "N", default_value = "10")]
    top: NonZeroUsize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Analyses a file and prints what is like it.
///
/// # Errors
/// When the song can't be analysed, or the catalogue is damaged or another model's.
pub fn run(arguments: &Arguments, session: &Session) -> anyhow::Result<()> {
    let engine = Engine::open(session)?;
    let catalogue = read_catalogue(&arguments.catalogue, &engine.card.id)?;
    let analysis = song::analyse_file(&arguments.song, &engine, session)?;
    let query = match arguments.sources.as_slice() {
        [] => Query::all(analysis.prominence),
        chosen => Query::only(analysis.prominence, chosen),
    };
    let ranked = rank(&catalogue, &query, arguments.top.get());
    if arguments.json {
        output::print_json(&report(arguments, &query, &catalogue, &ranked))
    } else {
        output::print(&describe(&analysis, &catalogue, &ranked))
    }
}

fn read_catalogue(path: &Path, model_id: &str) -> anyhow::Result<Catalogue> {
    let json =
        fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Catalogue::from_json(&json, model_id)
        .with_context(|| format!("{} cannot be used", path.display()))
}

fn report<'a>(
    arguments: &Arguments,
    query: &Query,
    catalogue: &'a Catalogue,
    ranked: &[Recommendation],
) -> Report<'a> {
    let rows = Row::list(ranked, |index| catalogue.tracks.get(index));
    let file = arguments.song.display().to_string();
    Report::new(file, query, &catalogue.model_id, rows)
}

/// A table: the song itself, then the recommendations.
fn describe(analysis: &Analysis, catalogue: &Catalogue, ranked: &[Recommendation]) -> String {
    let shares = |prominence: &PerSource<f32>| {
        prominence
            .iter()
            .map(|(_, &share)| format!("  {:>6}", format::percent(share)))
            .collect::<String>()
    };
    let names: String = Source::ALL
        .map(|source| format!("  {:>6}", source.name()))
        .concat();
    let title = |text| format::column(text, 32);
    let artist = |text| format::column(text, 22);
    let mut text = format!(
        "     score  {}  {}{names}\n",
        title("title"),
        artist("artist")
    );
    let _ = writeln!(
        text,
        "            {}  {}{}",
        title("this song"),
        artist(""),
        shares(&analysis.prominence)
    );
    for (position, found) in ranked.iter().enumerate() {
        let track = &catalogue.tracks[found.index];
        let (rank, score) = (position + 1, found.score);
        let name = title(&track.title);
        let _ = writeln!(
            text,
            "{rank:>3}  {score:.3}  {name}  {}{}",
            artist(&track.artist),
            shares(&track.prominence)
        );
    }
    text
}
