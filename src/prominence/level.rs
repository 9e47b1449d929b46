//! Level of a stem, frame by frame and as a curve for drawing.

use super::{FRAME_LENGTH, HOP};
use crate::source::PerSource;

/// A streaming level meter.
#[derive(Clone, Debug)]
pub struct LevelMeter {
    length: usize,
    position: usize,
    /// Energy of each hop.
    hops: Vec<f64>,
    /// Energy of each point of the curve.
    stretches: Vec<f64>,
    stretch: usize,
}

impl LevelMeter {
    /// A meter for a stem of `length` samples and a curve of `points` points.
    pub fn new(length: usize, points: usize) -> Self {
        Self {
            length,
            position: 0,
            hops: vec![0.0; length.div_ceil(HOP)],
            stretches: vec![0.0; points],
            stretch: 0,
        }
    }

    /// Measures the next samples.
    ///
    /// # Panics
    /// When there are more samples than `length`.
    pub fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            let energy = f64::from(*sample).powi(2);
            self.hops[self.position / HOP] += energy;
            while self.stretch < self.stretches.len()
                && self.position >= self.bound(self.stretch + 1)
            {
                self.stretch += 1;
            }
            if let Some(stretch) = self.stretches.get_mut(self.stretch) {
                *stretch += energy;
            }
            self.position += 1;
        }
    }

    /// RMS of each centred frame with zero padding, as `librosa.feature.rms(pad_mode="constant")`; empty without
    /// samples.
    pub fn rms_frames(&self) -> Vec<f32> {
        if self.length == 0 {
            return Vec::new();
        }
        // A frame is four hops long and begins two before its centre.
        const HOPS: usize = FRAME_LENGTH / HOP;
        (0..=self.length / HOP)
            .map(|frame| {
                let inside =
                    frame.saturating_sub(HOPS / 2)..(frame + HOPS / 2).min(self.hops.len());
                (self.hops[inside].iter().sum::<f64>() / FRAME_LENGTH as f64).sqrt() as f32
            })
            .collect()
    }

    /// RMS of equal sections of the stem, not scaled, so that the curves of a song's stems are comparable; see
    /// [`level_curves`] for a scaled set.
    pub fn curve(&self) -> Vec<f32> {
        let level = |(point, energy): (usize, &f64)| {
            let samples = self.bound(point + 1) - self.bound(point);
            ((energy / samples.max(1) as f64).sqrt() as f32).min(1.0)
        };
        self.stretches.iter().enumerate().map(level).collect()
    }

    /// First sample of a section.
    fn bound(&self, stretch: usize) -> usize {
        (stretch as u64 * self.length as u64 / self.stretches.len() as u64) as usize
    }
}

/// [`LevelMeter::rms_frames`] of a whole stem.
pub fn rms_frames(samples: &[f32]) -> Vec<f32> {
    measured(samples, 0).rms_frames()
}

/// [`LevelMeter::curve`] of a whole stem.
pub fn level_curve(stem: &[f32], points: usize) -> Vec<f32> {
    measured(stem, points).curve()
}

/// The [`LevelMeter::curve`] of every stem of a song, scaled together so that the loudest point of all is 1.
pub fn level_curves(stems: &PerSource<LevelMeter>) -> PerSource<Vec<f32>> {
    let mut curves = PerSource::from_fn(|source| stems[source].curve());
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

/// A whole stem, measured.
pub(super) fn measured(stem: &[f32], points: usize) -> LevelMeter {
    let mut meter = LevelMeter::new(stem.len(), points);
    meter.push(stem);
    meter
}
