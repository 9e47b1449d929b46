//! L4: how loud a stem is, frame by frame and as a curve to draw.

use super::{FRAME_LENGTH, HOP};
use crate::source::PerSource;

/// RMS of each centred frame, with silence around the song: `librosa.feature.rms(pad_mode="constant")`. No samples,
/// no frames.
pub fn rms_frames(samples: &[f32]) -> Vec<f32> {
    if samples.is_empty() {
        return Vec::new();
    }
    // A frame is four hops long and begins two before its centre: add up each hop once.
    let hops: Vec<f64> = samples.chunks(HOP).map(energy).collect();
    const HOPS: usize = FRAME_LENGTH / HOP;
    (0..=samples.len() / HOP)
        .map(|frame| {
            let inside = frame.saturating_sub(HOPS / 2)..(frame + HOPS / 2).min(hops.len());
            (hops[inside].iter().sum::<f64>() / FRAME_LENGTH as f64).sqrt() as f32
        })
        .collect()
}

/// RMS of each of `points` equal stretches of a stem. Absolute, so that the curves of one song's stems compare; to
/// fill a drawing, use [`level_curves`].
pub fn level_curve(stem: &[f32], points: usize) -> Vec<f32> {
    let bound = |point: usize| (point as u64 * stem.len() as u64 / points as u64) as usize;
    (0..points)
        .map(|point| {
            let stretch = &stem[bound(point)..bound(point + 1)];
            ((energy(stretch) / stretch.len().max(1) as f64).sqrt() as f32).min(1.0)
        })
        .collect()
}

/// The [`level_curve`] of every stem of a song, scaled together so that the loudest point of all is 1.
pub fn level_curves(stems: PerSource<&[f32]>, points: usize) -> PerSource<Vec<f32>> {
    let mut curves = stems.map(|stem| level_curve(stem, points));
    let peak = curves.0.iter().flatten().copied().fold(0.0, f32::max);
    if peak > 0.0 {
        curves
            .0
            .iter_mut()
            .flatten()
            .for_each(|level| *level /= peak);
    }
    curves
}

fn energy(samples: &[f32]) -> f64 {
    samples
        .iter()
        .map(|&sample| f64::from(sample).powi(2))
        .sum()
}
