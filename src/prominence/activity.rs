//! Frame-wise activity of a source, on clean and on separated stems.

use std::cmp::Ordering;

use super::level::rms_frames;
use crate::model::Thresholds;
use crate::source::Source;

/// A clean stem plays where it is at most this far below its own peak...
const BELOW_PEAK_DB: f32 = 40.0;
/// ...and at most this far below the mixture, below which it is inaudible.
const BELOW_MIXTURE_DB: f32 = 60.0;
/// Floor of a separated stem's level, relative to the song's.
const FLOOR_DB: f32 = -80.0;

/// Activity of a clean stem: within 40 dB of its own peak RMS and within 60 dB of the mixture.
pub fn truth_activity(stem: &[f32], mixture: &[f32]) -> Vec<bool> {
    truth_activity_from_rms(&rms_frames(stem), &rms_frames(mixture))
}

/// [`truth_activity`] from levels.
pub fn truth_activity_from_rms(stem_rms: &[f32], mixture_rms: &[f32]) -> Vec<bool> {
    let lowest = peak(stem_rms) * amplitude(-BELOW_PEAK_DB);
    let stem = stem_rms.iter().zip(audible(stem_rms, mixture_rms));
    stem.map(|(rms, audible)| audible && *rms >= lowest)
        .collect()
}

/// Whether each frame of a stem is audible in the mixture.
fn audible(stem_rms: &[f32], mixture_rms: &[f32]) -> impl Iterator<Item = bool> {
    let beside_mixture = amplitude(-BELOW_MIXTURE_DB);
    let frames = stem_rms.iter().zip(mixture_rms);
    frames.map(move |(stem, mixture)| *stem > 0.0 && *stem >= mixture * beside_mixture)
}

/// Evidence about the activity of a separated source, frame by frame.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// RMS of the separated stem.
    pub stem_rms: &'a [f32],
    /// RMS of the mixture.
    pub mixture_rms: &'a [f32],
    /// The detector's logits; empty without a detector.
    pub activity_logits: &'a [f32],
}

/// Activity of a separated stem: its level plus the weighted logit of the detector is above the source's threshold and
/// the stem is within 60 dB of the mixture; then a majority filter.
pub fn estimate_activity(
    evidence: &Evidence<'_>,
    source: Source,
    thresholds: &Thresholds,
) -> Vec<bool> {
    let levels_db = levels_with_logits_db(evidence, thresholds.db_per_logit);
    activity_over(
        evidence,
        &levels_db,
        thresholds.relative_to_song_db[source],
        thresholds.smooth_frames,
    )
}

/// Levels of a stem's frames in dB relative to the song's, plus the weighted logits of the detector.
pub fn levels_with_logits_db(evidence: &Evidence<'_>, db_per_logit: f32) -> Vec<f32> {
    let song_level = song_level(evidence.mixture_rms).max(f32::MIN_POSITIVE);
    let logits = evidence.activity_logits.iter().copied();
    evidence
        .stem_rms
        .iter()
        .zip(logits.chain(std::iter::repeat(0.0)))
        .map(|(rms, logit)| {
            let level_db = 20.0 * (rms / song_level).max(amplitude(FLOOR_DB)).log10();
            level_db + db_per_logit * logit
        })
        .collect()
}

/// [`estimate_activity`] from the output of [`levels_with_logits_db`], to try many thresholds.
pub fn activity_over(
    evidence: &Evidence<'_>,
    levels_db: &[f32],
    least_db: f32,
    smooth_frames: usize,
) -> Vec<bool> {
    let frames = audible(evidence.stem_rms, evidence.mixture_rms).zip(levels_db);
    let plays = frames.map(|(audible, level_db)| audible && *level_db >= least_db);
    smooth(&plays.collect::<Vec<_>>(), smooth_frames)
}

/// The level of a song: the RMS over its frames within 60 dB of the loudest, so that pauses don't lower it.
pub fn song_level(mixture_rms: &[f32]) -> f32 {
    let lowest = peak(mixture_rms) * amplitude(-BELOW_MIXTURE_DB);
    let sounding = mixture_rms
        .iter()
        .filter(|rms| **rms >= lowest)
        .map(|rms| f64::from(*rms).powi(2));
    let (energy, frames) = sounding.fold((0.0, 0_usize), |(energy, frames), square| {
        (energy + square, frames + 1)
    });
    (energy / frames.max(1) as f64).sqrt() as f32
}

fn peak(rms: &[f32]) -> f32 {
    rms.iter().copied().fold(0.0, f32::max)
}

fn amplitude(db: f32) -> f32 {
    10_f32.powf(db / 20.0)
}

/// Majority filter over each frame and its neighbours, fewer at the ends of the song; a draw keeps the frame.
fn smooth(activity: &[bool], width: usize) -> Vec<bool> {
    let reach = width / 2;
    // Frames that play before each frame.
    let mut before = vec![0_usize];
    for plays in activity {
        before.push(before[before.len() - 1] + usize::from(*plays));
    }
    (0..activity.len())
        .map(|frame| {
            let near = frame.saturating_sub(reach)..activity.len().min(frame + reach + 1);
            let playing = before[near.end] - before[near.start];
            match (2 * playing).cmp(&near.len()) {
                Ordering::Equal => activity[frame],
                order => order.is_gt(),
            }
        })
        .collect()
}
