//! Chroma: the strength of the twelve pitch classes over time, and the tuning of the recording.
//!
//! Spectral peaks, their frequencies refined between bins, are folded into one octave (Gómez 2006): a peak adds to its
//! own pitch class and, less, to those of which it may be an overtone. The tuning is where most peaks lie between the
//! semitones of 440 Hz.

use std::f64::consts::TAU;

use crate::audio::SAMPLE_RATE;
use crate::dsp::{Complex, Stft};

use super::pitch::CLASSES;

/// Samples from one chroma to the next: eight a second.
pub const HOP: usize = 1_360;
/// Chromas a second.
pub const FRAME_RATE: f64 = SAMPLE_RATE as f64 / HOP as f64;
/// 376 ms: semitones are apart from 180 Hz on, refined peaks lower still.
const WINDOW: usize = 4_096;
/// Peaks this far below the loudest of their frame do not count.
const RANGE_DB: f32 = 45.0;
/// A magnitude counts by this power of it, so that loud notes do not drown chords.
const COMPRESSION: f32 = 0.5;
/// A peak also counts as an overtone up to this number, each with less weight than the one before.
const OVERTONES: usize = 4;
const OVERTONE_DECAY: f32 = 0.5;

/// A range of pitches, as MIDI keys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Register {
    /// Lowest key.
    pub lowest: f32,
    /// Highest key.
    pub highest: f32,
}

/// Chords: A1 to C7.
pub const CHORDS: Register = Register {
    lowest: 33.0,
    highest: 96.0,
};
/// Basses, with the overtones that small ones consist of: B0 to C5.
pub const BASS: Register = Register {
    lowest: 23.0,
    highest: 72.0,
};

/// A peak of a spectrum.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Peak {
    /// MIDI key, with fractions.
    key: f32,
    weight: f32,
}

/// The peaks of a song, frame by frame.
#[derive(Clone, Debug, Default)]
pub struct Peaks {
    frames: Vec<Vec<Peak>>,
}

impl Peaks {
    /// Of samples at the model's rate.
    pub fn of(samples: &[f32], register: Register) -> Self {
        let mut stft = Stft::new(WINDOW, HOP);
        let mut spectrum = vec![Complex::default(); stft.bins()];
        let mut frames = Vec::with_capacity(stft.frame_count(samples.len()));
        for frame in 0..stft.frame_count(samples.len()) {
            stft.analyse_frame(samples, frame, &mut spectrum);
            let magnitudes: Vec<f32> = spectrum
                .iter()
                .map(|value| value.norm_sqr().sqrt())
                .collect();
            frames.push(peaks(&magnitudes, register));
        }
        Self { frames }
    }

    /// How far the recording is tuned above 440 Hz, cents in -50..50: the direction in which most peaks deviate.
    pub fn tuning_cents(&self) -> f64 {
        let (mut sine, mut cosine) = (0.0, 0.0);
        for peak in self.frames.iter().flatten() {
            let angle = TAU * f64::from(peak.key.fract());
            sine += f64::from(peak.weight) * angle.sin();
            cosine += f64::from(peak.weight) * angle.cos();
        }
        match sine == 0.0 && cosine == 0.0 {
            true => 0.0,
            false => 100.0 * sine.atan2(cosine) / TAU,
        }
    }

    /// Chromas, one a frame: how much each pitch class sounds, at a recording's tuning.
    pub fn chroma(&self, tuning_cents: f64) -> Vec<[f32; CLASSES]> {
        let shift = (tuning_cents / 100.0) as f32;
        self.frames.iter().map(|peaks| fold(peaks, shift)).collect()
    }
}

/// Maxima of a spectrum, between bins where the parabola through their logarithms has its top.
fn peaks(magnitudes: &[f32], register: Register) -> Vec<Peak> {
    let bin_hz = SAMPLE_RATE as f32 / WINDOW as f32;
    let bin_of = |key: f32| 440.0 * ((key - 69.0) / 12.0).exp2() / bin_hz;
    let first = (bin_of(register.lowest) as usize).max(1);
    let last = (bin_of(register.highest).ceil() as usize).min(magnitudes.len() - 2);
    let loudest = magnitudes[first..=last]
        .iter()
        .copied()
        .fold(1e-7, f32::max);
    let floor = loudest * 10_f32.powf(-RANGE_DB / 20.0);
    let mut found = Vec::new();
    for bin in first..=last {
        let [left, top, right] = [magnitudes[bin - 1], magnitudes[bin], magnitudes[bin + 1]];
        if top <= floor || top < left || top <= right {
            continue;
        }
        let [left, log_top, right] = [left, top, right].map(|value| value.max(1e-12).ln());
        let bend = left - 2.0 * log_top + right;
        let shift = if bend < 0.0 {
            (0.5 * (left - right) / bend).clamp(-0.5, 0.5)
        } else {
            0.0
        };
        let hertz = (bin as f32 + shift) * bin_hz;
        found.push(Peak {
            key: 69.0 + 12.0 * (hertz / 440.0).log2(),
            weight: top.powf(COMPRESSION),
        });
    }
    found
}

/// Adds each peak to its class and to those of which it may be an overtone; near misses count less.
fn fold(peaks: &[Peak], shift: f32) -> [f32; CLASSES] {
    let mut chroma = [0.0; CLASSES];
    for peak in peaks {
        let mut weight = peak.weight;
        for overtone in 1..=OVERTONES {
            let key = peak.key - shift - 12.0 * (overtone as f32).log2();
            let nearest = key.round();
            let miss = (key - nearest) * std::f32::consts::PI;
            let class = (nearest as i32).rem_euclid(CLASSES as i32) as usize;
            chroma[class] += weight * miss.cos().max(0.0).powi(2);
            weight *= OVERTONE_DECAY;
        }
    }
    chroma
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A chord of notes with overtones, tuned some cents off.
    fn chord(keys: &[f32], cents: f32) -> Vec<f32> {
        let sample = |n: usize| -> f32 {
            let tones = keys
                .iter()
                .flat_map(|key| (1..5).map(move |overtone| (key, overtone)));
            tones
                .map(|(key, overtone)| {
                    let hertz =
                        440.0 * ((key - 69.0 + cents / 100.0) / 12.0).exp2() * overtone as f32;
                    let phase = std::f32::consts::TAU * hertz * n as f32 / SAMPLE_RATE as f32;
                    0.1 * phase.sin() / (overtone * overtone) as f32
                })
                .sum()
        };
        (0..3 * SAMPLE_RATE as usize).map(sample).collect()
    }

    #[test]
    fn a_chords_notes_stand_out() {
        let peaks = Peaks::of(&chord(&[57.0, 60.0, 64.0], 0.0), CHORDS);
        let chroma = peaks.chroma(0.0)[12];
        let mut classes: Vec<usize> = (0..CLASSES).collect();
        classes.sort_by(|&a, &b| chroma[b].total_cmp(&chroma[a]));
        let mut loudest = classes[..3].to_vec();
        loudest.sort_unstable();
        assert_eq!(loudest, [0, 4, 9]);
    }

    #[test]
    fn tuning_is_found_to_a_few_cents() {
        for cents in [-40.0, -15.0, 0.0, 22.0, 45.0] {
            let found = Peaks::of(&chord(&[48.0, 52.0, 55.0, 64.0], cents), CHORDS).tuning_cents();
            assert!((found - f64::from(cents)).abs() < 4.0, "{cents}: {found}");
        }
    }

    #[test]
    fn silence_says_nothing() {
        let peaks = Peaks::of(&[0.0; 20_000], CHORDS);
        assert_eq!(peaks.tuning_cents(), 0.0);
        assert!(
            peaks
                .chroma(0.0)
                .iter()
                .flatten()
                .all(|&value| value == 0.0)
        );
    }
}
