//! L7, native: describing many songs: several at a time, each read in a process of its own, none twice.
//!
//! A song is known by its contents: its row's id is a hash of the file. So rows of the catalogue that is to be
//! replaced, and of the journal that an interrupted run left, are taken over where the file is unchanged and the model
//! is the same.

mod journal;
mod memory;
mod report;
mod workers;

use std::{
    collections::HashMap,
    ffi::OsString,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use anyhow::{bail, ensure};

use super::{
    Session,
    apart::{self, Bounds},
    collection::{Collection, Listed, content_id, readable_name},
    decode::Tags,
    engine::Engine,
    output,
};
use crate::catalogue::{Catalogue, Track};

pub use workers::cores;

use journal::Journal;
use memory::Memory;

/// The artist of a song whose tags name none.
const UNKNOWN_ARTIST: &str = "Unknown artist";

/// How an index is made.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The catalogue's file. Journal and report lie beside it.
    pub out: PathBuf,
    /// How many songs are worked on at the same time.
    pub jobs: NonZeroUsize,
    /// What reading one file may cost.
    pub bounds: Bounds,
}

/// How the making of an index ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows of the catalogue.
    pub songs: usize,
    /// Rows that were known before.
    pub known: usize,
    /// Files whose contents another file has too.
    pub doubles: usize,
    /// Files that could not be used.
    pub failed: usize,
}

/// What is to be done about one file.
enum Fate {
    /// To be described under this id.
    New(String),
    /// Described before.
    Known(Box<Track>),
    /// Has the contents of the song at this position.
    Double(usize),
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
    plan: &Plan,
    engine: &Engine,
    session: &Session,
) -> anyhow::Result<Summary> {
    let model_id = engine.card.id.as_str();
    let (mut journal, kept) = Journal::open(beside(&plan.out, "journal"), model_id)?;
    let memory = Memory::gather(&plan.out, model_id, kept, session);
    let Collection {
        songs,
        mut problems,
    } = collection;
    let fates = fates(&songs, &memory, &plan.bounds);
    announce(&songs, &fates, session);
    let described = workers::describe(&songs, &fates, plan, engine, session, &mut journal);
    if session.interrupt().is_requested() {
        bail!(journal.keep());
    }
    let mut summary = count(&fates);
    let mut catalogue = Catalogue::new(model_id);
    for row in assemble(fates, described?) {
        match row {
            Ok(row) => catalogue.tracks.push(row),
            Err(problem) => problems.push(problem),
        }
    }
    summary.songs = catalogue.tracks.len();
    summary.failed = problems.len();
    report::write(&beside(&plan.out, "report.txt"), &problems, session)?;
    if summary.songs > 0 {
        output::write_file(&plan.out, catalogue.to_json()?.as_bytes())?;
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
fn fates(songs: &[Listed], memory: &Memory, bounds: &Bounds) -> Vec<Fate> {
    let ids = workers::on_all_cores(songs, |song| identify(&song.path, bounds));
    let mut firsts = HashMap::new();
    let fate = |(position, id): (usize, Result<String, String>)| match id {
        Err(problem) => Fate::Unusable(problem),
        Ok(id) => match *firsts.entry(id.clone()).or_insert(position) {
            first if first < position => Fate::Double(first),
            _ => match memory.row(&id, &songs[position].said) {
                Some(row) => Fate::Known(Box::new(row)),
                None => Fate::New(id),
            },
        },
    };
    ids.into_iter().enumerate().map(fate).collect()
}

/// Says which songs are passed over, before the long work begins.
fn announce(songs: &[Listed], fates: &[Fate], session: &Session) {
    for (song, fate) in songs.iter().zip(fates) {
        if let Fate::Double(first) = fate {
            let (path, first) = (song.path.display(), songs[*first].path.display());
            session.inform(&format!("{path} has the same contents as {first}"));
        }
    }
    let is_new = |fate: &&Fate| matches!(fate, Fate::New(_));
    let summary = count(fates);
    if summary.known > 0 {
        let new = fates.iter().filter(is_new).count();
        session.inform(&format!(
            "songs known already: {}, to describe: {new}",
            summary.known
        ));
    }
}

fn count(fates: &[Fate]) -> Summary {
    let all = |is: fn(&Fate) -> bool| fates.iter().filter(|fate| is(fate)).count();
    Summary {
        known: all(|fate| matches!(fate, Fate::Known(_))),
        doubles: all(|fate| matches!(fate, Fate::Double(_))),
        ..Summary::default()
    }
}

/// The rows, and the problems of songs without one, in the songs' order.
fn assemble(fates: Vec<Fate>, described: Vec<Described>) -> Vec<Result<Track, String>> {
    let mut fresh: HashMap<_, _> = described.into_iter().collect();
    let row = |(position, fate)| match fate {
        Fate::New(_) => fresh.remove(&position),
        Fate::Known(row) => Some(Ok(*row)),
        Fate::Double(_) => None,
        Fate::Unusable(problem) => Some(Err(problem)),
    };
    fates.into_iter().enumerate().filter_map(row).collect()
}

/// A file beside the catalogue, named after it.
fn beside(out: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(out.file_name().unwrap_or_default());
    name.push(format!(".{ending}"));
    out.with_file_name(name)
}

/// The id of a file's contents, or why it has none.
fn identify(path: &Path, bounds: &Bounds) -> Result<String, String> {
    apart::check_file(path, bounds)
        .and_then(|()| content_id(path))
        .map_err(|error| format!("{error:#}"))
}

/// A row's texts: what a list says, else what the file's tags say, else what its name says.
fn name(row: Track, path: &Path, said: &Tags, tags: Tags) -> Track {
    let mut texts = said.clone();
    texts.complete(tags);
    Track {
        title: texts.title.unwrap_or_else(|| readable_name(path)),
        artist: texts.artist.unwrap_or_else(|| UNKNOWN_ARTIST.to_owned()),
        album: texts.album,
        licence: texts.licence,
        year: texts.year,
        url: texts.url,
        ..row
    }
}
