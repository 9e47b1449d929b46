//! `index PLACE... --out catalogue.json`: folders, files, playlists and lists of music to a catalogue.

use std::{num::NonZeroUsize, path::PathBuf, time::Instant};

use anyhow::ensure;
use clap::Args;

use crate::native::{
    CommandContext, Completion, collection,
    engine::{Engine, cores},
    indexing::{self, IndexOptions},
    overwrite::{Guard, Kind},
    sandbox::Limits,
};

/// Arguments of `index`.
#[derive(Args, Debug)]
#[command(
    after_help = "Folders are walked to their ends. Playlists are M3U, M3U8 and PLS; lists are CSV with a header or \
    JSON Lines, with path and any of title, artist, album, licence, year and url. What a list says counts more than a \
    file's tags, those more than what a playlist shows, and that more than the file's name.\n\n\
    Files are read by their contents, whatever their names end in. A file or folder that cannot be used is left out \
    and named, at the end and in FILE.report.txt; the exit code is then 3. \
    The catalogue appears only when it is complete. What is described meanwhile is kept in FILE.journal: after an \
    interruption, the same command goes on from there. Songs that are unchanged since the last run are not described \
    again, unless the model is another."
)]
pub struct Arguments {
    /// Folders of music, single files, playlists or lists
    #[arg(required = true, value_name = "PLACE")]
    places: Vec<PathBuf>,
    /// The catalogue to write
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// How many songs to work on at the same time [default: as many as there are cores]
    #[arg(long, short, value_name = "N")]
    jobs: Option<NonZeroUsize>,
}

/// Describes every song that is not known already and writes the catalogue.
///
/// # Errors
/// When no song can be used, the model is missing, the catalogue can't be written, or the user cancels.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<Completion> {
    let jobs = arguments.jobs.unwrap_or_else(cores);
    let engine = Engine::open_for(context, jobs)?;
    let collection = collection::gather(&arguments.places)?;
    ensure!(
        !(collection.songs.is_empty() && collection.problems.is_empty()),
        "no audio files found"
    );
    let songs = collection.songs.iter().map(|song| &song.path);
    let guard = Guard::new(context, arguments.places.iter().chain(songs));
    guard.check(&arguments.out, Kind::Catalogue)?;
    let options = IndexOptions {
        out: arguments.out.clone(),
        jobs,
        limits: Limits::default(),
    };
    let started = Instant::now();
    let summary = indexing::run(collection, &options, &engine, context)?;
    let minutes = started.elapsed().as_secs_f64() / 60.0;
    context.inform(&format!(
        "songs indexed: {} ({} known before, {:.1} new a minute), duplicates: {}, files left out: {}",
        summary.songs,
        summary.known,
        (summary.songs - summary.known) as f64 / minutes,
        summary.duplicates,
        summary.failed
    ));
    Ok(match summary.failed {
        0 => Completion::Full,
        _ => Completion::Partial,
    })
}
