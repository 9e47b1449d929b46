//! Chooses on the validation songs the thresholds above which a source counts as playing.

use rayon::prelude::*;

use super::evaluate::SeparatedSong;
use crate::prominence::{Evidence, Thresholds, activity_over, levels_with_logits_db, prominence};
use crate::source::{PerSource, Source};

/// Candidates of thresholds, dB relative to the song's level.
const LOWEST_DB: f32 = -60.0;
const HIGHEST_DB: f32 = -5.0;
const STEPS: usize = 110;

/// Candidate weights of the detector's logits, in dB a unit. Logits seldom exceed [`LOGITS`].
const DB_PER_LOGIT: [f32; 7] = [0.0, 1.0, 2.0, 4.0, 7.0, 12.0, 20.0];
const LOGITS: f32 = 5.0;

/// Candidate lengths of the majority filter, frames: half a second and a second. Shorter filters change prominences
/// little and leave many very short passages.
const SMOOTHINGS: [usize; 2] = [11, 21];

/// Selects the evidence about a source: its stem, or the mixture.
type EvidenceOf = for<'a> fn(&'a SeparatedSong, Source) -> Evidence<'a>;

/// Weight of the absolute mean error (bias) beside the mean absolute error: unbiased thresholds transfer better to
/// other sound banks.
const BIAS_WEIGHT: f32 = 0.5;

/// The thresholds on separated sources, the weight of the detector's logits and the smoothing that minimise the error
/// of prominence over the songs of `sets`. Sets count the same, however many songs they hold: a few real songs weigh as
/// much as many rendered ones.
pub fn calibrate(sets: &[Vec<SeparatedSong>]) -> Thresholds {
    best(sets, SeparatedSong::evidence)
}

/// The same thresholds on the unseparated mixture: a baseline without any network.
pub fn calibrate_mixture(sets: &[Vec<SeparatedSong>]) -> Thresholds {
    best(sets, |song, _| song.mixture_evidence())
}

fn best(sets: &[Vec<SeparatedSong>], evidence_of: EvidenceOf) -> Thresholds {
    let has_logits = |song, source| {
        let Evidence {
            activity_logits, ..
        } = evidence_of(song, source);
        activity_logits.iter().any(|logit| *logit != 0.0)
    };
    let has_any_logits = |song| {
        Source::ALL
            .into_iter()
            .any(|source| has_logits(song, source))
    };
    let weights = match sets.iter().flatten().any(has_any_logits) {
        true => &DB_PER_LOGIT[..],
        false => &[0.0],
    };
    let settings = weights
        .iter()
        .flat_map(|&db_per_logit| SMOOTHINGS.map(|smooth_frames| (db_per_logit, smooth_frames)));
    let candidates = settings.map(|(db_per_logit, smooth_frames)| {
        let of_source =
            |source| best_threshold(sets, evidence_of, source, db_per_logit, smooth_frames);
        let choices = PerSource::from_fn(of_source);
        let thresholds = Thresholds {
            relative_to_song_db: choices.map(|(_, least_db)| least_db),
            db_per_logit,
            smooth_frames,
        };
        (choices.iter().map(|(_, (cost, _))| cost).sum(), thresholds)
    });
    candidates
        .fold((f32::INFINITY, Thresholds::default()), lower_cost)
        .1
}

/// Cost and threshold, dB.
fn best_threshold(
    sets: &[Vec<SeparatedSong>],
    evidence_of: EvidenceOf,
    source: Source,
    db_per_logit: f32,
    smooth_frames: usize,
) -> (f32, f32) {
    let levels_db = |song| levels_with_logits_db(&evidence_of(song, source), db_per_logit);
    let levels_db = sets
        .iter()
        .map(|songs| songs.iter().map(levels_db).collect());
    let levels_db: Vec<Vec<_>> = levels_db.collect();
    let candidate = |step: usize| {
        let least_db = candidate_db(step, db_per_logit);
        let error = |(song, levels_db): (&SeparatedSong, &Vec<f32>)| {
            let evidence = evidence_of(song, source);
            let estimate = activity_over(&evidence, levels_db, least_db, smooth_frames);
            prominence(&estimate) - prominence(&song.truth[source])
        };
        let costs = sets
            .iter()
            .zip(&levels_db)
            .map(|(songs, levels_db)| cost(songs.iter().zip(levels_db).map(error)));
        (costs.sum::<f32>() / sets.len().max(1) as f32, least_db)
    };
    let candidates = (0..=STEPS).into_par_iter().map(candidate);
    candidates.reduce(|| (f32::INFINITY, 0.0), lower_cost)
}

fn lower_cost<T>(one: (f32, T), other: (f32, T)) -> (f32, T) {
    if other.0 < one.0 { other } else { one }
}

/// Mean absolute error plus a share of the absolute mean error.
fn cost(errors: impl Iterator<Item = f32>) -> f32 {
    let (mut absolute, mut sum, mut count) = (0.0, 0.0_f32, 0);
    for error in errors {
        absolute += error.abs();
        sum += error;
        count += 1;
    }
    (absolute + BIAS_WEIGHT * sum.abs()) / count.max(1) as f32
}

/// The candidate threshold of grid step `step`; the grid widens with the range of the weighted logits.
fn candidate_db(step: usize, db_per_logit: f32) -> f32 {
    let lowest = LOWEST_DB - LOGITS * db_per_logit;
    let highest = HIGHEST_DB + LOGITS * db_per_logit;
    lowest + (highest - lowest) * step as f32 / STEPS as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAMES: usize = 40;

    /// Every source plays in the first half; the stems' levels show it, or the logits do.
    fn song(levels_inform: bool, logits_inform: bool) -> SeparatedSong {
        let plays = |frame: usize| frame < FRAMES / 2;
        let level = |frame: usize| {
            if levels_inform && !plays(frame) {
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
            activity_logits: PerSource::from_fn(|_| match logits_inform {
                true => frames(&logit),
                false => Vec::new(),
            }),
            truth: PerSource::from_fn(|_| (0..FRAMES).map(plays).collect()),
        }
    }

    #[test]
    fn thresholds_use_the_informative_evidence() {
        for (levels_inform, logits_inform) in [(true, false), (false, true), (true, true)] {
            let song = song(levels_inform, logits_inform);
            let (truth, sets) = (song.truth.clone(), [vec![song]]);
            let thresholds = calibrate(&sets);
            for source in Source::ALL {
                let estimate = sets[0][0].estimate(source, &thresholds);
                assert_eq!(estimate, truth[source]);
            }
            assert_eq!(thresholds.db_per_logit > 0.0, !levels_inform);
        }
    }

    #[test]
    fn a_set_of_one_song_counts_as_much_as_one_of_many() {
        let songs = |playing: usize, silent: usize| {
            let silent = (0..silent).map(|_| SeparatedSong {
                truth: PerSource::from_fn(|_| vec![false; FRAMES]),
                ..song(true, false)
            });
            let playing = (0..playing).map(|_| song(true, false));
            playing.chain(silent).collect::<Vec<_>>()
        };
        let hears_it = |sets: &[Vec<SeparatedSong>]| {
            let estimate = song(true, false).estimate(Source::Guitar, &calibrate(sets));
            estimate.contains(&true)
        };
        assert!(hears_it(&[songs(6, 4)]));
        assert!(!hears_it(&[songs(6, 3), songs(0, 1)]));
    }

    #[test]
    fn errors_to_one_side_cost_more() {
        let even = cost([0.1, -0.1].into_iter());
        assert!((even - 0.1).abs() < 1e-6);
        assert!(cost([0.1, 0.1].into_iter()) > 1.4 * even);
        assert_eq!(cost([].into_iter()), 0.0);
    }

    #[test]
    fn the_mixture_answer_has_no_network() {
        let thresholds = calibrate_mixture(&[vec![song(true, true)]]);
        assert_eq!(thresholds.db_per_logit, 0.0);
        // A threshold that lies outside the grid for a weight of 0.
        let mut loud = song(true, true);
        let level = |frame: usize| if frame < FRAMES / 2 { 1.1 } else { 0.9 };
        loud.mixture_rms = (0..FRAMES).map(level).collect();
        let thresholds = calibrate_mixture(&[vec![loud]]);
        assert_eq!(thresholds.db_per_logit, 0.0);
    }
}
