//! Converts Slakh2100 (Manilow et al. 2019) to training songs: stems merged by source, at the model's sample rate, all
//! of one duration, with the metadata in one table.
//!
//! Takes `SLAKH/{train,validation,test}/TrackNNNNN/{metadata.yaml, stems/SNN.flac}`, in any of the data set's versions;
//! what the version "redux" moved to `omitted/` is left out. A stem that is missing or damaged is named and left out of
//! its source, a track that can't be used at all is named and skipped. Finished tracks are kept, so that an interrupted
//! run goes on.

mod options;
mod slakh;
mod table;
mod track;

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::prelude::*;

pub use options::{PrepareError, PrepareOptions};
pub use slakh::omitted_tracks;
use slakh::{SlakhTrack, find_tracks};
use track::{TrackStatus, prepare_track};

/// What happens while preparing.
#[derive(Debug)]
pub enum PrepareEvent {
    /// The number of tracks found.
    Started(usize),
    /// A track is done, in this run or an earlier one.
    TrackDone,
    /// A track or stem could not be used; the rest goes on.
    Problem(PrepareError),
}

/// Counts at the end of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrepareSummary {
    /// Tracks prepared now.
    pub prepared: usize,
    /// Tracks found prepared.
    pub kept: usize,
    /// Tracks that can't be used.
    pub skipped: usize,
    /// Whether the callback stopped the run early.
    pub cancelled: bool,
}

/// Progress callback, called from any thread for every event; `Break` stops the run.
pub type Observe<'a> = &'a (dyn Fn(PrepareEvent) -> ControlFlow<()> + Sync);

/// Prepares all tracks, then writes `metadata.csv`.
///
/// # Errors
/// When `slakh` is not the data set, or the table can't be written.
pub fn prepare(options: &PrepareOptions, observe: Observe) -> Result<PrepareSummary, PrepareError> {
    let tracks = find_tracks(&options.slakh, &options.omitted)?;
    let cancelled = AtomicBool::new(false);
    let report = |event| {
        if observe(event).is_break() {
            cancelled.store(true, Ordering::Relaxed);
        }
    };
    report(PrepareEvent::Started(tracks.len()));
    let [prepared, kept, skipped] = [const { AtomicUsize::new(0) }; 3];
    tracks.par_iter().with_max_len(1).for_each(|track| {
        if cancelled.load(Ordering::Relaxed) {
            return;
        }
        let count = match one(track, options, &report) {
            Some(TrackStatus::Prepared) => &prepared,
            Some(TrackStatus::Kept) => &kept,
            None => &skipped,
        };
        count.fetch_add(1, Ordering::Relaxed);
        report(PrepareEvent::TrackDone);
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
    report: &dyn Fn(PrepareEvent),
) -> Option<TrackStatus> {
    let result = prepare_track(track, options, &|problem| {
        report(PrepareEvent::Problem(problem))
    });
    result
        .map_err(|problem| report(PrepareEvent::Problem(problem)))
        .ok()
}
