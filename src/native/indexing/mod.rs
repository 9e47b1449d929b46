//! Describing many songs: several at a time, each read in a process of its own, none twice.
//!
//! A song is known by its contents: its row's id is a hash of the file. So rows of the catalogue that is to be
//! replaced, and of the journal that an interrupted run left, are taken over where the file is unchanged and the model
//! is the same.

mod journal;
mod known;
mod left_out;
mod workers;

use std::{
    collections::HashMap,
    ffi::OsString,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use anyhow::{bail, ensure};

use super::{
    CommandContext,
    collection::{Collection, Listed, content_id, readable_name},
    engine::Engine,
    output,
    sandbox::{self, Limits},
};
use crate::{
    catalogue::{Catalogue, Track},
    tags::Tags,
};

use journal::Journal;
use known::KnownRows;

/// The artist of a song whose tags name none.
const UNKNOWN_ARTIST: &str = "Unknown artist";

/// How an index is made.
#[derive(Clone, Debug)]
pub struct IndexOptions {
    /// The catalogue's file. Journal and report lie beside it.
    pub out: PathBuf,
    /// How many songs are worked on at the same time.
    pub jobs: NonZeroUsize,
    /// What reading one file may cost.
    pub limits: Limits,
}

/// How the making of an index ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows of the catalogue.
    pub songs: usize,
    /// Rows that were known before.
    pub known: usize,
    /// Files whose contents another file has too.
    pub duplicates: usize,
    /// Files that could not be used.
    pub failed: usize,
}

/// What is to be done about one file.
enum Task {
    /// To be described under this id.
    New(String),
    /// Described before.
    Known(Box<Track>),
    /// Has the contents of the song at this position.
    Duplicate(usize),
    /// Cannot be used, and why.
    Unusable(String),
}

/// What became of a new song, and its position.
type Described = (usize, Result<Track, String>);

/// Writes the catalogue of `collection`, and a report where songs are left out.
///
/// # Errors
/// When no song can be used, the catalogue can't be written, or the user cancels. What was described until then is
/// kept in the journal.
pub fn run(
    collection: Collection,
    options: &IndexOptions,
    engine: &Engine,
    context: &CommandContext,
) -> anyhow::Result<Summary> {
    let model_id = engine.card.id.as_str();
    let (mut journal, kept) = Journal::open(beside(&options.out, "journal"), model_id)?;
    let known = KnownRows::gather(&options.out, model_id, kept, context)?;
    let Collection {
        songs,
        mut problems,
    } = collection;
    let tasks = tasks(&songs, &known, &options.limits);
    announce(&songs, &tasks, context);
    let described = workers::describe(&songs, &tasks, options, engine, context, &mut journal);
    if context.interrupt().is_requested() {
        bail!(journal.keep());
    }
    let mut summary = count(&tasks);
    let mut catalogue = Catalogue::new(model_id);
    for row in assemble(tasks, described?) {
        match row {
            Ok(row) => catalogue.tracks.push(row),
            Err(problem) => problems.push(problem),
        }
    }
    summary.songs = catalogue.tracks.len();
    summary.failed = problems.len();
    left_out::write(&beside(&options.out, "report.txt"), &problems, context)?;
    if summary.songs > 0 {
        output::write_file(&options.out, catalogue.to_json()?.as_bytes())?;
    }
    journal.discard();
    ensure!(
        summary.songs > 0,
        "no file could be used, of {} found",
        summary.failed
    );
    Ok(summary)
}

/// Looks at every file's contents: which are new, and which are there twice.
fn tasks(songs: &[Listed], known: &KnownRows, limits: &Limits) -> Vec<Task> {
    let ids = workers::on_all_cores(songs, |song| identify(&song.path, limits));
    let mut firsts = HashMap::new();
    let task = |(position, id): (usize, Result<String, String>)| match id {
        Err(problem) => Task::Unusable(problem),
        Ok(id) => match *firsts.entry(id.clone()).or_insert(position) {
            first if first < position => Task::Duplicate(first),
            _ => match known.row(&id, &songs[position].said) {
                Some(row) => Task::Known(Box::new(row)),
                None => Task::New(id),
            },
        },
    };
    ids.into_iter().enumerate().map(task).collect()
}

/// Says which songs are passed over, before the long work begins.
fn announce(songs: &[Listed], tasks: &[Task], context: &CommandContext) {
    for (song, task) in songs.iter().zip(tasks) {
        if let Task::Duplicate(first) = task {
            let (path, first) = (song.path.display(), songs[*first].path.display());
            context.inform(&format!("{path} has the same contents as {first}"));
        }
    }
    let is_new = |task: &&Task| matches!(task, Task::New(_));
    let summary = count(tasks);
    if summary.known > 0 {
        let new = tasks.iter().filter(is_new).count();
        context.inform(&format!(
            "songs known already: {}, to describe: {new}",
            summary.known
        ));
    }
}

fn count(tasks: &[Task]) -> Summary {
    let all = |is: fn(&Task) -> bool| tasks.iter().filter(|task| is(task)).count();
    Summary {
        known: all(|task| matches!(task, Task::Known(_))),
        duplicates: all(|task| matches!(task, Task::Duplicate(_))),
        ..Summary::default()
    }
}

/// The rows, and the problems of songs without one, in the songs' order.
fn assemble(tasks: Vec<Task>, described: Vec<Described>) -> Vec<Result<Track, String>> {
    let mut fresh: HashMap<_, _> = described.into_iter().collect();
    let row = |(position, task)| match task {
        Task::New(_) => fresh.remove(&position),
        Task::Known(row) => Some(Ok(*row)),
        Task::Duplicate(_) => None,
        Task::Unusable(problem) => Some(Err(problem)),
    };
    tasks.into_iter().enumerate().filter_map(row).collect()
}

/// A file beside the catalogue, named after it.
fn beside(out: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(out.file_name().unwrap_or_default());
    name.push(format!(".{ending}"));
    out.with_file_name(name)
}

/// The id of a file's contents, or why it has none.
fn identify(path: &Path, limits: &Limits) -> Result<String, String> {
    sandbox::check_file(path, limits)
        .and_then(|()| content_id(path))
        .map_err(|error| format!("{error:#}"))
}

/// A row's texts: what a list says, else what the file's tags say, else what a playlist shows, else the file's name.
fn name(row: Track, listed: &Listed, tags: Tags) -> Track {
    let mut texts = listed.said.clone();
    texts.complete(tags);
    texts.complete(listed.shown.clone());
    Track {
        title: texts.title.unwrap_or_else(|| readable_name(&listed.path)),
        artist: texts.artist.unwrap_or_else(|| UNKNOWN_ARTIST.to_owned()),
        album: texts.album,
        licence: texts.licence,
        year: texts.year,
        url: texts.url,
        ..row
    }
}
