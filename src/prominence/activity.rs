//! L4: the frames in which a source plays, on clean and on separated stems.

use std::cmp::Ordering;

use super::level::rms_frames;
use crate::model::Thresholds;
use crate::source::Source;

/// A clean stem plays where it is at most this far below its own peak...
const BELOW_PEAK_DB: f32 = 40.0;
/// ...and at most this far below the mixture: further down nobody hears it.
const BELOW_MIXTURE_DB: f32 = 60.0;

/// Where a clean stem plays: within 40 dB of its own peak RMS and within 60 dB of the mixture.
pub fn truth_activity(stem: &[f32], mixture: &[f32]) -> Vec<bool> {
    truth_activity_from_rms(&rms_frames(stem), &rms_frames(mixture))
}

/// [`truth_activity`] for levels already at hand.
pub fn truth_activity_from_rms(stem_rms: &[f32], mixture_rms: &[f32]) -> Vec<bool> {
    audible_from(
        peak(stem_rms) * amplitude(-BELOW_PEAK_DB),
        stem_rms,
        mixture_rms,
    )
}

/// Where a separated stem plays: over the source's threshold and within 60 dB of the mixture, then smoothed.
pub fn estimate_activity(
    stem: &[f32],
    mixture: &[f32],
    source: Source,
    thresholds: &Thresholds,
) -> Vec<bool> {
    estimate_activity_from_rms(&rms_frames(stem), &rms_frames(mixture), source, thresholds)
}

/// [`estimate_activity`] for levels already at hand.
pub fn estimate_activity_from_rms(
    stem_rms: &[f32],
    mixture_rms: &[f32],
    source: Source,
    thresholds: &Thresholds,
) -> Vec<bool> {
    let lowest = song_level(mixture_rms) * amplitude(thresholds.relative_to_song_db[source]);
    smooth(
        &audible_from(lowest, stem_rms, mixture_rms),
        thresholds.smooth_frames,
    )
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

fn audible_from(lowest_rms: f32, stem_rms: &[f32], mixture_rms: &[f32]) -> Vec<bool> {
    let beside_mixture = amplitude(-BELOW_MIXTURE_DB);
    let plays = |(stem, mixture): (&f32, &f32)| {
        *stem > 0.0 && *stem >= lowest_rms && *stem >= mixture * beside_mixture
    };
    stem_rms.iter().zip(mixture_rms).map(plays).collect()
}

fn peak(rms: &[f32]) -> f32 {
    rms.iter().copied().fold(0.0, f32::max)
}

fn amplitude(db: f32) -> f32 {
    10_f32.powf(db / 20.0)
}

/// The majority among each frame and its neighbours; past the ends of the song, among those there are, and a draw
/// leaves the frame as it was.
fn smooth(activity: &[bool], width: usize) -> Vec<bool> {
    let reach = width / 2;
    (0..activity.len())
        .map(|frame| {
            let near =
                &activity[frame.saturating_sub(reach)..activity.len().min(frame + reach + 1)];
            let playing = near.iter().filter(|plays| **plays).count();
            match (2 * playing).cmp(&near.len()) {
                Ordering::Equal => activity[frame],
                order => order.is_gt(),
            }
        })
        .collect()
}
