//! L6: thresholds from which a source counts as playing, chosen on validation songs.

use rayon::prelude::*;

use super::evaluate::SeparatedSong;
use crate::prominence::{Thresholds, estimate_activity_from_rms, prominence};
use crate::source::{PerSource, Source};

/// Candidates, dB relative to the song's level.
const LOWEST_DB: f32 = -60.0;
const HIGHEST_DB: f32 = -5.0;
const STEP_DB: f32 = 0.5;

/// Candidates, frames; 21 of them are a second.
const SMOOTHINGS: [usize; 4] = [1, 5, 11, 21];

/// The levels, RMS a frame, that a song's thresholds are for.
type Levels = fn(&SeparatedSong, Source) -> &[f32];

/// The thresholds on separated sources, and the smoothing, with the least mean error of prominence over `songs`.
pub fn calibrate(songs: &[SeparatedSong]) -> Thresholds {
    best(songs, |song, source| &song.stem_rms[source])
}

/// The same on the untouched mixture: the best that can be said about a song without separating it.
pub fn calibrate_mixture(songs: &[SeparatedSong]) -> Thresholds {
    best(songs, |song, _| &song.mixture_rms)
}

fn best(songs: &[SeparatedSong], levels: Levels) -> Thresholds {
    let candidates = SMOOTHINGS.map(|smooth_frames| {
        let best =
            PerSource::from_fn(|source| best_threshold(songs, levels, source, smooth_frames));
        let error: f32 = best.iter().map(|(_, (error, _))| error).sum();
        let thresholds = Thresholds {
            relative_to_song_db: best.map(|(_, threshold)| threshold),
            smooth_frames,
        };
        (error, thresholds)
    });
    let [first, rest @ ..] = candidates;
    let best = rest.into_iter().fold(first, |best, candidate| {
        if candidate.0 < best.0 {
            candidate
        } else {
            best
        }
    });
    best.1
}

/// Error and threshold.
fn best_threshold(
    songs: &[SeparatedSong],
    levels: Levels,
    source: Source,
    smooth_frames: usize,
) -> (f32, f32) {
    let steps = ((HIGHEST_DB - LOWEST_DB) / STEP_DB) as usize;
    (0..=steps)
        .into_par_iter()
        .map(|step| {
            let threshold = LOWEST_DB + STEP_DB * step as f32;
            let thresholds = Thresholds {
                relative_to_song_db: PerSource([threshold; Source::COUNT]),
                smooth_frames,
            };
            let error = songs.iter().map(|song| {
                let (levels, mixture) = (levels(song, source), &song.mixture_rms);
                let estimate = estimate_activity_from_rms(levels, mixture, source, &thresholds);
                (prominence(&estimate) - prominence(&song.truth[source])).abs()
            });
            (error.sum::<f32>(), threshold)
        })
        .reduce(
            || (f32::INFINITY, 0.0),
            |a, b| if b.0 < a.0 { b } else { a },
        )
}
