//! L6: the real Slakh2100 (Manilow et al. 2019) as training songs: stems of one source merged, at the model's sample
//! rate, of one duration, with all metadata in one table.
//!
//! Takes `SLAKH/{train,validation,test}/TrackNNNNN/{metadata.yaml, stems/SNN.flac}`, in any of the data set's versions;
//! what the version "redux" moved to `omitted/` is left out. A stem that is missing or damaged is named and left out of
//! its source, a track that can't be used at all is named and skipped. Finished tracks are kept, so that an interrupted
//! run goes on.

mod slakh;
mod table;
mod track;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

use super::dataset::Decode;
pub use slakh::omitted_tracks;
use slakh::{SlakhTrack, find_tracks};
use track::{Outcome, prepare_track};

/// What to prepare.
#[derive(Clone, Debug)]
pub struct PrepareOptions {
    /// Folder of the data set.
    pub slakh: PathBuf,
    /// Folder to write into.
    pub out: PathBuf,
    /// Duration of every song: longer ones are cut, shorter ones end in silence.
    pub seconds: f64,
    /// Names of tracks to leave out.
    pub omitted: BTreeSet<String>,
    /// Reads a sound file, and refuses one that is damaged.
    pub decode: Decode,
}

/// Why the data set can't be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The folder is something else.
    #[error(
        "{0} is not Slakh2100: expected folders train, validation and test in it, with folders TrackNNNNN"
    )]
    NotSlakh(PathBuf),
    /// A file or folder can't be read or written.
    #[error("{path}: {problem}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        problem: String,
    },
}

impl PrepareError {
    fn file(path: &Path, problem: impl std::fmt::Display) -> Self {
        Self::File {
            path: path.to_owned(),
            problem: problem.to_string(),
        }
    }
}

/// What happens while preparing.
#[derive(Debug)]
pub enum PrepareEvent {
    /// So many tracks were found.
    Started(usize),
    /// A track is done, now or before.
    TrackDone,
    /// A track or stem could not be used; the rest goes on.
    Problem(PrepareError),
}

/// How it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrepareSummary {
    /// Tracks prepared now.
    pub prepared: usize,
    /// Tracks found prepared.
    pub kept: usize,
    /// Tracks that can't be used.
    pub skipped: usize,
    /// Whether the observer broke off before all were done.
    pub cancelled: bool,
}

/// Hears of every track and problem, from any thread, and may break off the work.
pub type Observe<'a> = &'a (dyn Fn(PrepareEvent) -> ControlFlow<()> + Sync);

/// Prepares all tracks, and writes `metadata.csv` once none is left.
///
/// # Errors
/// When `slakh` is not the data set, or the table can't be written.
pub fn prepare(options: &PrepareOptions, observe: Observe) -> Result<PrepareSummary, PrepareError> {
    let tracks = find_tracks(&options.slakh, &options.omitted)?;
    let cancelled = AtomicBool::new(false);
    let tell = |event| {
        if observe(event).is_break() {
            cancelled.store(true, Ordering::Relaxed);
        }
    };
    tell(PrepareEvent::Started(tracks.len()));
    let [prepared, kept, skipped] = [const { AtomicUsize::new(0) }; 3];
    tracks.par_iter().with_max_len(1).for_each(|track| {
        if cancelled.load(Ordering::Relaxed) {
            return;
        }
        let count = match one(track, options, &tell) {
            Some(Outcome::Prepared) => &prepared,
            Some(Outcome::Kept) => &kept,
            None => &skipped,
        };
        count.fetch_add(1, Ordering::Relaxed);
        tell(PrepareEvent::TrackDone);
    });
    let cancelled = cancelled.load(Ordering::Relaxed);
    if !cancelled {
        table::write(&tracks, &options.out)?;
    }
    let [prepared, kept, skipped] = [prepared, kept, skipped].map(AtomicUsize::into_inner);
    Ok(PrepareSummary {
        prepared,
        kept,
        skipped,
        cancelled,
    })
}

fn one(
    track: &SlakhTrack,
    options: &PrepareOptions,
    tell: &dyn Fn(PrepareEvent),
) -> Option<Outcome> {
    let result = prepare_track(track, options, &|problem| {
        tell(PrepareEvent::Problem(problem))
    });
    result
        .map_err(|problem| tell(PrepareEvent::Problem(problem)))
        .ok()
}
