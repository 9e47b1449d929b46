//! Changes of sample rate, with the delay of the filter taken out.

use std::ops::RangeInclusive;

use rubato::{
    Fft, FixedSync, Resampler as _, WindowFunction, audioadapter_buffers::direct::InterleavedSlice,
};

use super::{AudioError, Waveform};

/// Rates that [`resample`] accepts, in Hz: beyond any recording's, within any filter's memory.
pub const SAMPLE_RATE_LIMITS: RangeInclusive<u32> = 1_000..=768_000;

/// Shortest filter, in samples at the lower of the two rates: the passband then ends within 1 % of its limit.
const SHORTEST_FILTER: u32 = 1_024;

/// The waveform at another rate, band-limited: sample 0 stays at time 0, and the length is the nearest whole number
/// of samples, from none up.
pub fn resample(waveform: &Waveform, sample_rate: u32) -> Result<Waveform, AudioError> {
    let length = waveform.samples.len();
    let mut resampler = Resampler::new(waveform.sample_rate, sample_rate, length)?;
    resampler.push(&waveform.samples)?;
    resampler.finish()
}

/// Samples that are copied at once, so that an hour of them is not.
pub(super) const BLOCK_SAMPLES: usize = 1 << 16;

/// [`resample`] for a waveform that comes in pieces.
pub struct Resampler {
    /// `None` where both rates are the same.
    plan: Option<Fft<f32>>,
    rates: [u32; 2],
    /// Samples that came in, all told.
    length: usize,
    /// What does not fill a chunk yet.
    waiting: Vec<f32>,
    samples: Vec<f32>,
}

impl Resampler {
    /// From one rate to the other, in samples a second; about `length` samples will come.
    ///
    /// # Errors
    /// When a rate lies outside of [`SAMPLE_RATE_LIMITS`].
    pub fn new(from: u32, to: u32, length: usize) -> Result<Self, AudioError> {
        for got in [from, to] {
            if !SAMPLE_RATE_LIMITS.contains(&got) {
                return Err(AudioError::SampleRate { got });
            }
        }
        let plan = (from != to).then(|| plan(from, to)).transpose()?;
        // What the filter's delay and the last chunk add.
        let margin = plan
            .as_ref()
            .map_or(0, |plan| plan.output_delay() + plan.output_frames_next());
        let capacity = resampled_length(length, from, to) + margin;
        Ok(Self {
            plan,
            rates: [from, to],
            length: 0,
            waiting: Vec::new(),
            samples: Vec::with_capacity(capacity),
        })
    }

    /// Takes the next samples.
    ///
    /// # Errors
    /// None that is known.
    pub fn push(&mut self, samples: &[f32]) -> Result<(), AudioError> {
        self.length += samples.len();
        match &mut self.plan {
            None => self.samples.extend_from_slice(samples),
            Some(plan) => {
                for block in samples.chunks(BLOCK_SAMPLES) {
                    self.waiting.extend_from_slice(block);
                    let used = convert(plan, &self.waiting, &mut self.samples)?;
                    self.waiting.drain(..used);
                }
            }
        }
        Ok(())
    }

    /// The whole waveform.
    ///
    /// # Errors
    /// As for [`Self::push`].
    pub fn finish(mut self) -> Result<Waveform, AudioError> {
        let [from, to] = self.rates;
        if let Some(mut plan) = self.plan.filter(|_| self.length > 0) {
            let (length, delay) = (resampled_length(self.length, from, to), plan.output_delay());
            while self.samples.len() < delay + length {
                let chunk = plan.input_frames_next();
                self.waiting
                    .resize(self.waiting.len().next_multiple_of(chunk).max(chunk), 0.0);
                convert(&mut plan, &self.waiting, &mut self.samples)?;
                self.waiting.clear();
            }
            self.samples.drain(..delay);
            self.samples.truncate(length);
        }
        Ok(Waveform {
            samples: self.samples,
            sample_rate: to,
        })
    }
}

/// Appends what becomes of all whole chunks of `input`; returns how many samples they have.
fn convert(plan: &mut Fft<f32>, input: &[f32], output: &mut Vec<f32>) -> Result<usize, AudioError> {
    let (chunk, block) = (plan.input_frames_next(), plan.output_frames_next());
    for samples in input.chunks_exact(chunk) {
        let start = output.len();
        output.resize(start + block, 0.0);
        let from = InterleavedSlice::new(samples, 1, chunk).expect("one channel fills the slice");
        let mut to = InterleavedSlice::new_mut(&mut output[start..], 1, block)
            .expect("one channel fills the slice");
        plan.process_into_buffer(&from, &mut to, None)?;
    }
    Ok(input.len() - input.len() % chunk)
}

/// An FFT resampler whose filter is a whole, even number of the rates' common blocks, so that its delay is a whole
/// number of samples at both rates and can be taken out exactly; a power of two of them, so that the FFT is fast.
fn plan(from: u32, to: u32) -> Result<Fft<f32>, AudioError> {
    let common = greatest_common_divisor(from, to);
    let shorter_block = from.min(to) / common;
    let blocks = SHORTEST_FILTER
        .div_ceil(shorter_block)
        .max(2)
        .next_power_of_two();
    let (from, to) = (from as usize, to as usize);
    let chunk = (blocks as usize) * (from / common as usize);
    let window = WindowFunction::BlackmanHarris2;
    Ok(Fft::new_custom(
        from,
        to,
        chunk,
        1,
        1,
        window,
        FixedSync::Both,
    )?)
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}

/// `length * to / from`, rounded half up.
fn resampled_length(length: usize, from: u32, to: u32) -> usize {
    let (length, from, to) = (length as u64, u64::from(from), u64::from(to));
    ((2 * length * to + from) / (2 * from)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SAMPLE_RATE;

    fn sine(frequency: f64, sample_rate: u32, length: usize) -> Vec<f32> {
        let step = std::f64::consts::TAU * frequency / f64::from(sample_rate);
        (0..length)
            .map(|n| (0.5 * (step * n as f64).sin()) as f32)
            .collect()
    }

    fn resampled(samples: Vec<f32>, from: u32, to: u32) -> Vec<f32> {
        resample(
            &Waveform {
                samples,
                sample_rate: from,
            },
            to,
        )
        .expect("resamples")
        .samples
    }

    fn energy(samples: impl Iterator<Item = f32>) -> f64 {
        samples.map(|sample| f64::from(sample).powi(2)).sum()
    }

    /// Signal to error in dB, away from the ends, where the filter reaches into the silence outside.
    fn snr_db(got: &[f32], expected: &[f32], margin: usize) -> f64 {
        let inner = margin..got.len() - margin;
        let error = inner.clone().map(|n| got[n] - expected[n]);
        10.0 * (energy(expected[inner.clone()].iter().copied()) / energy(error)).log10()
    }

    #[test]
    fn a_sine_comes_through_in_phase() {
        for from in [
            8_000, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 44_101,
        ] {
            for frequency in [55.0, 997.0, 3_700.0] {
                let got = resampled(sine(frequency, from, 3 * from as usize), from, SAMPLE_RATE);
                let expected = sine(frequency, SAMPLE_RATE, 3 * SAMPLE_RATE as usize);
                let snr = snr_db(&got, &expected, SAMPLE_RATE as usize);
                assert!(snr > 90.0, "{frequency} Hz from {from} Hz: {snr:.1} dB");
            }
        }
    }

    #[test]
    fn the_top_of_the_band_stays_and_aliases_go() {
        let level_db = |frequency: f64| {
            let got = resampled(sine(frequency, 44_100, 88_200), 44_100, SAMPLE_RATE);
            let inner = &got[5_000..15_000];
            10.0 * (energy(inner.iter().copied()) / inner.len() as f64 / 0.125).log10()
        };
        assert!(
            level_db(5_300.0).abs() < 0.1,
            "5.3 kHz: {:.2} dB",
            level_db(5_300.0)
        );
        for frequency in [5_500.0, 6_000.0, 9_000.0, 15_000.0, 21_000.0] {
            assert!(
                level_db(frequency) < -90.0,
                "{frequency} Hz: {:.1} dB",
                level_db(frequency)
            );
        }
    }

    #[test]
    fn there_and_back_again() {
        let samples = sine(440.0, SAMPLE_RATE, 20_000);
        let back = resampled(
            resampled(samples.clone(), SAMPLE_RATE, 44_100),
            44_100,
            SAMPLE_RATE,
        );
        assert_eq!(back.len(), samples.len());
        assert!(snr_db(&back, &samples, 4_000) > 90.0);
    }

    #[test]
    fn any_length_gives_the_nearest_length() {
        for length in [0, 1, 2, 3, 100, 2_204, 4_410, 4_411, 44_100] {
            let got = resampled(vec![0.25; length], 44_100, SAMPLE_RATE).len();
            assert_eq!(
                got,
                (length as f64 * 10_880.0 / 44_100.0).round() as usize,
                "{length} samples"
            );
        }
    }

    #[test]
    fn pieces_of_any_length_are_the_whole() {
        for (from, to) in [(44_100, SAMPLE_RATE), (SAMPLE_RATE, 48_000), (8_000, 8_000)] {
            let samples = sine(440.0, from, 20_001);
            let mut resampler = Resampler::new(from, to, samples.len()).expect("rates");
            for piece in [0..1, 1..1, 1..3_000, 3_000..20_001] {
                resampler.push(&samples[piece]).expect("resamples");
            }
            let pieces = resampler.finish().expect("resamples").samples;
            assert_eq!(pieces, resampled(samples, from, to), "{from} to {to}");
        }
    }

    #[test]
    fn the_same_rate_changes_nothing() {
        let samples = sine(440.0, SAMPLE_RATE, 1_000);
        assert_eq!(
            resampled(samples.clone(), SAMPLE_RATE, SAMPLE_RATE),
            samples
        );
    }

    #[test]
    fn impossible_rates_are_refused() {
        for got in [0, 999, 768_001, u32::MAX] {
            let refused = resample(
                &Waveform {
                    samples: vec![0.0],
                    sample_rate: got,
                },
                SAMPLE_RATE,
            );
            assert!(matches!(refused, Err(AudioError::SampleRate { got: rate }) if rate == got));
        }
    }
}
