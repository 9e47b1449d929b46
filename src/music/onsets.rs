//! The onset envelope: how much the bands of the spectrum rise from one moment to the next, summed over bands.
//!
//! The spectral flux of a mel spectrogram in decibels, as in librosa's `onset_strength` (Böck and Widmer 2013 compare
//! it with others); frames are shorter here, for clicks that sit on the drum.

use std::ops::Range;

use crate::audio::SAMPLE_RATE;
use crate::dsp::{Complex, Stft};

/// Samples from one value of an envelope to the next: 85 values a second.
pub const HOP: usize = 128;
/// Values of an envelope a second.
pub const FRAME_RATE: f64 = SAMPLE_RATE as f64 / HOP as f64;
/// Samples that one value looks at: 47 ms.
const WINDOW: usize = 512;
/// A rise is seen when it enters the window; this many values later it is at its onset, as measured on rendered drums.
const DELAY: usize = 1;
const BANDS: usize = 40;
const LOWEST_HZ: f64 = 30.0;
/// Below this, kick drums and basses.
const LOW_HZ: f64 = 150.0;
/// Levels further below the loudest do not count: librosa's `top_db`.
const RANGE_DB: f32 = 80.0;

/// Rises in level, a value every [`HOP`] samples, 0 and up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Onsets {
    /// Mean rise of all bands, dB.
    pub all: Vec<f32>,
    /// Mean rise of the bands below 150 Hz, dB.
    pub low: Vec<f32>,
}

impl Onsets {
    /// Of samples at the model's rate.
    pub fn of(samples: &[f32]) -> Self {
        let bands = Bands::new();
        let levels = bands.levels_db(samples);
        let (mut onsets, low_bands) = (Self::default(), bands.low_count());
        let frames = levels.len() / BANDS;
        onsets.all.resize(frames.min(DELAY + 1), 0.0);
        onsets.low.resize(frames.min(DELAY + 1), 0.0);
        for pair in levels
            .windows(2 * BANDS)
            .step_by(BANDS)
            .take(frames.saturating_sub(DELAY + 1))
        {
            let (before, after) = pair.split_at(BANDS);
            let rise = |bands: Range<usize>| {
                let count = bands.len() as f32;
                let pairs = before[bands.clone()].iter().zip(&after[bands]);
                pairs
                    .map(|(before, after)| (after - before).max(0.0))
                    .sum::<f32>()
                    / count
            };
            onsets.all.push(rise(0..BANDS));
            onsets.low.push(rise(0..low_bands));
        }
        onsets
    }
}

/// Triangular bands, evenly spaced on the mel scale (O'Shaughnessy 1987): for each, its first bin and the bins' shares.
struct Bands(Vec<(usize, Vec<f32>)>);

impl Bands {
    fn new() -> Self {
        let bin_hz = f64::from(SAMPLE_RATE) / WINDOW as f64;
        let mel = |hertz: f64| 2595.0 * (1.0 + hertz / 700.0).log10();
        let hertz = |mel: f64| 700.0 * (10_f64.powf(mel / 2595.0) - 1.0);
        let (lowest, highest) = (mel(LOWEST_HZ), mel(f64::from(SAMPLE_RATE) / 2.0));
        let edge = |edge: usize| {
            hertz(lowest + (highest - lowest) * edge as f64 / (BANDS + 1) as f64) / bin_hz
        };
        let band = |band: usize| {
            let (centre, reach) = (
                edge(band + 1),
                ((edge(band + 2) - edge(band)) / 2.0).max(1.0),
            );
            let first = (centre - reach).ceil().max(0.0) as usize;
            let last = ((centre + reach).floor() as usize).min(WINDOW / 2);
            let share = |bin: usize| (1.0 - (bin as f64 - centre).abs() / reach) as f32;
            (first, (first..=last).map(share).collect())
        };
        Self((0..BANDS).map(band).collect())
    }

    /// How many bands lie below [`LOW_HZ`]; the lowest one in any case.
    fn low_count(&self) -> usize {
        let bin_hz = f64::from(SAMPLE_RATE) / WINDOW as f64;
        let is_low = |(first, shares): &&(usize, Vec<f32>)| {
            (*first + shares.len() / 2) as f64 * bin_hz < LOW_HZ
        };
        self.0.iter().take_while(is_low).count().max(1)
    }

    /// Levels `[frame, band]`, none further than [`RANGE_DB`] below the loudest.
    fn levels_db(&self, samples: &[f32]) -> Vec<f32> {
        let mut stft = Stft::new(WINDOW, HOP);
        let mut spectrum = vec![Complex::default(); stft.bins()];
        let mut power = vec![0.0; stft.bins()];
        let mut levels = Vec::with_capacity(stft.frame_count(samples.len()) * BANDS);
        for frame in 0..stft.frame_count(samples.len()) {
            stft.analyse_frame(samples, frame, &mut spectrum);
            for (power, value) in power.iter_mut().zip(&spectrum) {
                *power = value.norm_sqr();
            }
            levels.extend(self.0.iter().map(|(first, shares)| {
                let pairs = shares.iter().zip(&power[*first..]);
                let sum: f32 = pairs.map(|(share, power)| share * power).sum();
                10.0 * sum.max(1e-10).log10()
            }));
        }
        let loudest = levels.iter().copied().fold(f32::MIN, f32::max);
        let floor = loudest - RANGE_DB;
        levels
            .iter_mut()
            .for_each(|level| *level = level.max(floor));
        levels
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_click_is_an_onset_where_it_sounds() {
        let mut samples = vec![0.0; 3 * SAMPLE_RATE as usize];
        let start = SAMPLE_RATE as usize;
        for (n, sample) in samples[start..start + 600].iter_mut().enumerate() {
            *sample = 0.5 * (n as f32 * 0.7).sin() * (-(n as f32) / 150.0).exp();
        }
        let onsets = Onsets::of(&samples);
        let loudest =
            (0..onsets.all.len()).max_by(|&a, &b| onsets.all[a].total_cmp(&onsets.all[b]));
        let at_secs = loudest.expect("frames") as f64 / FRAME_RATE;
        assert!((at_secs - 1.0).abs() < 0.025, "{at_secs}");
    }

    #[test]
    fn low_drums_are_in_the_low_bands() {
        let tone = |hertz: f32| -> Vec<f32> {
            let step = std::f32::consts::TAU * hertz / SAMPLE_RATE as f32;
            let sound = (0..5_440).map(|n| 0.5 * (n as f32 * step).sin());
            [0.0; 5_440].into_iter().chain(sound).collect()
        };
        let strongest = |onsets: &[f32]| onsets.iter().copied().fold(0.0, f32::max);
        let (low, high) = (Onsets::of(&tone(70.0)), Onsets::of(&tone(2_000.0)));
        assert!(strongest(&low.low) > 2.0 * strongest(&low.all));
        assert!(strongest(&high.low) < strongest(&low.low));
    }

    #[test]
    fn silence_has_none() {
        assert!(
            Onsets::of(&[0.0; 10_000])
                .all
                .iter()
                .all(|&rise| rise == 0.0)
        );
        assert!(Onsets::of(&[]).all.is_empty());
    }
}
