//! `recommend SONG --catalogue FILE`: the catalogue's songs of most similar composition.

use std::{
    fmt::Write,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::{
    analysis::Analysis,
    catalogue::{
        Catalogue, ExportRow, KeyFilter, Limit, Order, Pool, Query, Recommendation,
        RecommendationReport, Refinement, SearchScope, TempoFilter, select,
    },
    native::{CommandContext, engine::Engine, format, output, song, text},
    source::{PerSource, Source},
};

/// Arguments of `recommend`.
#[derive(Args, Debug)]
#[command(
    after_help = "The JSON object has the fields format (\"deepmelody-recommendations\"), version (1), file, \
    sources (the five names; every list of five is in their order), chosen (the names that were compared), weights (how \
    much each counts), model_id, \
    prominence (the song's) and recommendations: the best first, each with rank, score (0 to 1), distance and track \
    (id, title, artist, album, licence, url, duration_secs, tempo_bpm, key, prominence)."
)]
pub struct Arguments {
    /// An audio file: WAV, FLAC, MP3, Ogg Vorbis or AAC/M4A; - for standard input
    song: PathBuf,
    /// A catalogue, made by `index` with the same model
    #[arg(long, value_name = "FILE")]
    catalogue: PathBuf,
    /// Compare only these instruments: guitar, piano, bass, drums, other
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    sources: Vec<Source>,
    /// How the list is ordered; the paper's order compares scores to the last digit, "likeness" treats scores as equal
    /// that differ by less than the error of the prominences
    #[arg(long, value_enum, default_value_t = ListOrder::Likeness)]
    order: ListOrder,
    /// Only songs whose tempo, or half or double that tempo, is within this many percent of the song's
    #[arg(long, value_name = "PERCENT", num_args = 0..=1, default_missing_value = "6", value_parser = percent)]
    near_tempo: Option<f32>,
    /// Only songs in the song's key or its relative
    #[arg(long)]
    same_key: bool,
    /// Only songs that can be played with the chord shapes of the song's key, with a capo up to this fret or without
    #[arg(long, value_name = "FRETS", conflicts_with = "same_key", value_parser = clap::value_parser!(u8).range(1..=11))]
    capo: Option<u8>,
    /// How many songs to recommend
    #[arg(long, value_name = "N", default_value = "10")]
    top: NonZeroUsize,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `--order` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ListOrder {
    Likeness,
    Paper,
    Slowest,
    Fastest,
    Shortest,
    Longest,
    Title,
    Artist,
}

impl From<ListOrder> for Order {
    fn from(order: ListOrder) -> Self {
        match order {
            ListOrder::Likeness => Self::Likeness,
            ListOrder::Paper => Self::Paper,
            ListOrder::Slowest => Self::Slowest,
            ListOrder::Fastest => Self::Fastest,
            ListOrder::Shortest => Self::Shortest,
            ListOrder::Longest => Self::Longest,
            ListOrder::Title => Self::Title,
            ListOrder::Artist => Self::Artist,
        }
    }
}

fn percent(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(percent) if (0.0..=50.0).contains(&percent) => Ok(percent),
        _ => Err("expected 0 to 50".to_owned()),
    }
}

impl Arguments {
    /// The filters and the order.
    fn refinement(&self, analysis: &Analysis) -> anyhow::Result<Refinement> {
        let tempo = match self.near_tempo {
            Some(percent) => Some(TempoFilter {
                bpm: analysis
                    .tempo_bpm()
                    .context("no tempo was found in the song, so --near-tempo cannot be used")?,
                within: percent / 100.0,
            }),
            None => None,
        };
        let capo_frets = if self.same_key { Some(0) } else { self.capo };
        let key = match capo_frets {
            Some(capo_frets) => Some(KeyFilter {
                key: analysis
                    .key()
                    .context("no key was found in the song, so songs cannot be filtered by key")?,
                capo_frets,
            }),
            None => None,
        };
        Ok(Refinement {
            limit: Limit::Best(self.top.get()),
            hide_query: false,
            hide_doubles: false,
            tempo,
            key,
            order: self.order.into(),
            ..Refinement::default()
        })
    }
}

/// Analyses a file and prints similar songs.
///
/// # Errors
/// When the song can't be analysed, or the catalogue is damaged or another model's.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let engine = Engine::open(context)?;
    let catalogue = read_catalogue(&arguments.catalogue, &engine.card.id)?;
    let analysis = song::analyse_file(&arguments.song, &engine, context)?;
    let query = match arguments.sources.as_slice() {
        [] => Query::all(analysis.prominence),
        chosen => Query::only(analysis.prominence, chosen),
    };
    let refinement = arguments.refinement(&analysis)?;
    let catalogue = Arc::new(catalogue);
    let pool = Pool::new(
        Arc::clone(&catalogue),
        Arc::default(),
        SearchScope::Catalogue,
    )
    .with_error(engine.card.prominence_error());
    let ranked = select(&pool, &query, &[], &refinement);
    if arguments.json {
        output::print_json(&report(arguments, &query, &catalogue, &ranked))
    } else {
        output::print(&describe(&analysis, &catalogue, &ranked))
    }
}

fn read_catalogue(path: &Path, model_id: &str) -> anyhow::Result<Catalogue> {
    let json = text::read(path)?;
    Catalogue::from_json(&json, model_id)
        .with_context(|| format!("{} cannot be used", path.display()))
}

fn report<'a>(
    arguments: &Arguments,
    query: &Query,
    catalogue: &'a Catalogue,
    ranked: &[Recommendation],
) -> RecommendationReport<'a> {
    let rows = ExportRow::list(ranked, |index| catalogue.tracks.get(index));
    let file = arguments.song.display().to_string();
    RecommendationReport::new(file, query, &catalogue.model_id, rows)
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
