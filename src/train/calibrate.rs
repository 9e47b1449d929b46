//! L6: thresholds from which a source counts as playing, chosen on validation songs.

use rayon::prelude::*;

use super::evaluate::SeparatedSong;
use crate::prominence::{Evidence, Thresholds, activity_over, prominence, weighed_levels_db};
use crate::source::{PerSource, Source};

/// Candidates of thresholds, dB relative to the song's level.
const LOWEST_DB: f32 = -60.0;
const HIGHEST_DB: f32 = -5.0;
const STEPS: usize = 110;

/// Candidates of what a unit of the detector's logarithm of odds is worth, dB; it seldom exceeds [`LOGITS`].
const DB_PER_LOGIT: [f32; 7] = [0.0, 1.0, 2.0, 4.0, 7.0, 12.0, 20.0];
const LOGITS: f32 = 5.0;

/// Candidates, frames; 21 of them are a second.
const SMOOTHINGS: [usize; 4] = [1, 5, 11, 21];

/// What of a song tells about a source.
type Clues = for<'a> fn(&'a SeparatedSong, Source) -> Evidence<'a>;

/// What was chosen for a source, and the sum of its errors.
#[derive(Clone, Copy, Debug)]
struct Choice {
    error: f32,
    relative_to_song_db: f32,
    db_per_logit: f32,
}

impl Choice {
    fn better(self, other: Self) -> Self {
        if other.error < self.error {
            other
        } else {
            self
        }
    }
}

/// The thresholds on separated sources, the weight of the detector and the smoothing with the least mean error of
/// prominence over `songs`.
pub fn calibrate(songs: &[SeparatedSong]) -> Thresholds {
    best(songs, SeparatedSong::evidence)
}

/// The same on the untouched mixture: the best that can be said about a song without any network.
pub fn calibrate_mixture(songs: &[SeparatedSong]) -> Thresholds {
    best(songs, |song, _| Evidence {
        stem_rms: &song.mixture_rms,
        mixture_rms: &song.mixture_rms,
        activity_logits: &[],
    })
}

fn best(songs: &[SeparatedSong], clues: Clues) -> Thresholds {
    let candidates = SMOOTHINGS.map(|smooth_frames| {
        let choices = PerSource::from_fn(|source| best_choice(songs, clues, source, smooth_frames));
        let error: f32 = choices.iter().map(|(_, choice)| choice.error).sum();
        let thresholds = Thresholds {
            relative_to_song_db: choices.map(|choice| choice.relative_to_song_db),
            db_per_logit: choices.map(|choice| choice.db_per_logit),
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

fn best_choice(
    songs: &[SeparatedSong],
    clues: Clues,
    source: Source,
    smooth_frames: usize,
) -> Choice {
    let told = songs.iter().any(|song| {
        clues(song, source)
            .activity_logits
            .iter()
            .any(|logit| *logit != 0.0)
    });
    let weights = &DB_PER_LOGIT[..if told { DB_PER_LOGIT.len() } else { 1 }];
    let none = Choice {
        error: f32::INFINITY,
        relative_to_song_db: 0.0,
        db_per_logit: 0.0,
    };
    let with = |&db_per_logit: &f32| {
        let levels_db = songs
            .iter()
            .map(|song| weighed_levels_db(&clues(song, source), db_per_logit));
        let levels_db: Vec<_> = levels_db.collect();
        let candidate = |step: usize| {
            let least_db = candidate_db(step, db_per_logit);
            let errors = songs.iter().zip(&levels_db).map(|(song, levels_db)| {
                let evidence = clues(song, source);
                let estimate = activity_over(&evidence, levels_db, least_db, smooth_frames);
                (prominence(&estimate) - prominence(&song.truth[source])).abs()
            });
            Choice {
                error: errors.sum(),
                relative_to_song_db: least_db,
                db_per_logit,
            }
        };
        let choices = (0..=STEPS).into_par_iter().map(candidate);
        choices.reduce(|| none, Choice::better)
    };
    weights.iter().map(with).fold(none, Choice::better)
}

/// The threshold of step `step`: the range grows with what the detector may add or take away.
fn candidate_db(step: usize, db_per_logit: f32) -> f32 {
    let lowest = LOWEST_DB - LOGITS * db_per_logit;
    let highest = HIGHEST_DB + LOGITS * db_per_logit;
    lowest + (highest - lowest) * step as f32 / STEPS as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: usize = 40;

    /// Every source plays in the first half. The stems are as loud throughout, or not; a detector knows, or not.
    fn song(levels_tell: bool, detector_tells: bool) -> SeparatedSong {
        let plays = |frame: usize| frame < FRAMES / 2;
        let level = |frame: usize| {
            if levels_tell && !plays(frame) {
                0.01
            } else {
                0.3
            }
        };
        let logit = |frame: usize| if plays(frame) { 2.0 } else { -2.0 };
        let frames = |value: &dyn Fn(usize) -> f32| (0..FRAMES).map(value).collect::<Vec<_>>();
        SeparatedSong {
            name: String::new(),
            separation: PerSource::default(),
            mixture_rms: vec![1.0; FRAMES],
            stem_rms: PerSource::from_fn(|_| frames(&level)),
            activity_logits: PerSource::from_fn(|_| match detector_tells {
                true => frames(&logit),
                false => Vec::new(),
            }),
            truth: PerSource::from_fn(|_| (0..FRAMES).map(plays).collect()),
        }
    }

    #[test]
    fn whoever_tells_is_heeded() {
        for (levels_tell, detector_tells) in [(true, false), (false, true), (true, true)] {
            let songs = [song(levels_tell, detector_tells)];
            let thresholds = calibrate(&songs);
            for source in Source::ALL {
                assert_eq!(
                    songs[0].estimate(source, &thresholds),
                    songs[0].truth[source]
                );
                if !levels_tell {
                    assert!(thresholds.db_per_logit[source] > 0.0);
                }
            }
        }
        let thresholds = calibrate(&[song(true, false)]);
        assert_eq!(thresholds.db_per_logit, PerSource::default());
    }

    #[test]
    fn the_mixture_answer_has_no_network() {
        let thresholds = calibrate_mixture(&[song(true, true)]);
        assert_eq!(thresholds.db_per_logit, PerSource::default());
    }
}
