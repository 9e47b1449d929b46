//! Activity by the method of librosa, reproduced to the sample: the paper measured prominence with it.
//!
//! After `librosa.effects.split` 0.11 (`librosa/effects.py`), defaults of frame and hop. Its levels have a floor, so
//! that a stem whose peak lies below it (a silent one above all) counts as playing throughout; reproduced, since the
//! paper's numbers include it.

use super::{HOP, level::rms_frames, runs};

/// `amin` of `librosa.amplitude_to_db`: the floor of amplitudes.
const FLOOR: f32 = 1e-5;

/// The frames less than `top_db` (librosa's default: 60) below the stem's peak.
pub fn librosa_activity(stem: &[f32], top_db: f32) -> Vec<bool> {
    let levels: Vec<f32> = rms_frames(stem).into_iter().map(decibels).collect();
    let peak = levels.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    levels.iter().map(|level| level - peak > -top_db).collect()
}

/// First and last (exclusive) sample of each interval that is not silent: `librosa.effects.split(stem, top_db=top_db)`.
pub fn librosa_split(stem: &[f32], top_db: f32) -> Vec<[usize; 2]> {
    let activity = librosa_activity(stem, top_db);
    runs(&activity)
        .map(|run| run.map(|frame| (frame * HOP).min(stem.len())))
        .collect()
}

fn decibels(rms: f32) -> f32 {
    10.0 * (rms * rms).max(FLOOR * FLOOR).log10()
}
