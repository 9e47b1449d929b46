//! Pitch shifting, at the same speed or another: a [`TimeStretch`], then resampling, which brings the length back and
//! moves the pitch.
//!
//! All channels are stretched in step, so stems stay together. Resampling interpolates with a windowed sinc
//! (Smith and Gossett 1984), whose cutoff is lowered where the pitch rises, against aliasing.

use std::f64::consts::PI;

use super::TimeStretch;

/// Furthest transposition, semitones up or down.
pub const MAX_SEMITONES: i32 = 12;
/// Furthest fine tuning, cents up or down.
pub const MAX_CENTS: i32 = 50;
/// Zero crossings of the sinc to either side: the passband ends 6 % below the limit, and aliases are 70 dB down.
const CROSSINGS: usize = 16;
/// Entries of the kernel's table from one zero crossing to the next; between them it is interpolated.
const TABLE_STEPS: usize = 256;

/// The ratio of frequencies of a transposition.
pub fn pitch_ratio(semitones: i32, cents: i32) -> f64 {
    ((f64::from(semitones) + f64::from(cents) / 100.0) / 12.0).exp2()
}

/// Transposes music that comes block by block.
#[derive(Clone, Debug)]
pub struct PitchShift {
    tempo: TimeStretch,
    rates: Vec<RateChange>,
    speed: f64,
    /// Samples that came in, and that went out.
    counts: [usize; 2],
}

impl PitchShift {
    /// For music of `channel_count` channels that is to go at `speed` (0.5 takes twice the time) and sound at `ratio`
    /// times its frequencies: see [`pitch_ratio`].
    ///
    /// # Panics
    /// Unless both are above 0.
    pub fn new(speed: f64, ratio: f64, channel_count: usize, sample_rate: u32) -> Self {
        assert!(ratio > 0.0, "a ratio of {ratio}");
        Self {
            // Stretched by the ratio, then read so much faster.
            tempo: TimeStretch::new(speed / ratio, channel_count, sample_rate),
            rates: vec![RateChange::new(ratio); channel_count],
            speed,
            counts: [0; 2],
        }
    }

    /// Takes the next samples of all channels, and gives those that are ready, of every channel as many.
    ///
    /// # Panics
    /// When there are other channels than announced, or they differ in length.
    pub fn push(&mut self, channels: &[&[f32]]) -> Vec<Vec<f32>> {
        self.counts[0] += channels.first().map_or(0, |channel| channel.len());
        let stretched = self.tempo.push(channels);
        let pairs = self.rates.iter_mut().zip(&stretched);
        let output: Vec<Vec<f32>> = pairs.map(|(rate, channel)| rate.push(channel)).collect();
        self.counts[1] += output.first().map_or(0, Vec::len);
        output
    }

    /// The rest, after the last samples.
    pub fn finish(self) -> Vec<Vec<f32>> {
        let [came, gone] = self.counts;
        let left = ((came as f64 / self.speed).round() as usize).saturating_sub(gone);
        let rest = self.tempo.finish().into_iter().zip(self.rates);
        rest.map(|(stretched, mut rate)| {
            let mut rest = rate.push(&stretched);
            rest.extend(rate.finish());
            rest.resize(left, 0.0);
            rest
        })
        .collect()
    }
}

/// Reads a signal `ratio` times as fast.
#[derive(Clone, Debug)]
struct RateChange {
    ratio: f64,
    kernel: Kernel,
    /// What came in and is still needed; begins with the kernel's reach of silence.
    input: Vec<f32>,
    /// Where in `input` the next output is read.
    position: f64,
}

impl RateChange {
    fn new(ratio: f64) -> Self {
        let kernel = Kernel::new(ratio);
        Self {
            ratio,
            input: vec![0.0; kernel.reach],
            position: kernel.reach as f64,
            kernel,
        }
    }

    fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        self.input.extend_from_slice(samples);
        let mut output = Vec::with_capacity((samples.len() as f64 / self.ratio) as usize + 1);
        while self.position as usize + self.kernel.reach < self.input.len() {
            output.push(self.kernel.at(&self.input, self.position));
            self.position += self.ratio;
        }
        let used = (self.position as usize).saturating_sub(self.kernel.reach);
        self.input.drain(..used.min(self.input.len()));
        self.position -= used as f64;
        output
    }

    /// What the kernel still reaches.
    fn finish(mut self) -> Vec<f32> {
        let silence = vec![0.0; self.kernel.reach + 1];
        self.push(&silence)
    }
}

/// One half of a Blackman-windowed sinc, in small steps.
#[derive(Clone, Debug)]
struct Kernel {
    table: Vec<f32>,
    /// Share of the band that passes: under 1 where the signal is read faster.
    cutoff: f64,
    /// Samples to either side.
    reach: usize,
}

impl Kernel {
    fn new(ratio: f64) -> Self {
        let cutoff = (1.0 / ratio).min(1.0);
        let entry = |step: usize| {
            let crossings = step as f64 / TABLE_STEPS as f64;
            let way = (crossings / CROSSINGS as f64).min(1.0);
            let window = 0.42 + 0.5 * (PI * way).cos() + 0.08 * (2.0 * PI * way).cos();
            let sinc = match step {
                0 => 1.0,
                _ => (PI * crossings).sin() / (PI * crossings),
            };
            (cutoff * sinc * window) as f32
        };
        Self {
            // Two more than the last zero, for the interpolation.
            table: (0..CROSSINGS * TABLE_STEPS + 2).map(entry).collect(),
            cutoff,
            reach: (CROSSINGS as f64 / cutoff).ceil() as usize,
        }
    }

    /// The signal at a position between samples.
    fn at(&self, input: &[f32], position: f64) -> f32 {
        let middle = position as usize;
        let first = (middle + 1).saturating_sub(self.reach);
        let scale = self.cutoff * TABLE_STEPS as f64;
        let last = (self.table.len() - 2) as f64;
        let weighted = input[first..middle + self.reach]
            .iter()
            .zip(first..)
            .map(|(sample, at)| {
                let entry = ((at as f64 - position).abs() * scale).min(last);
                let below = entry as usize;
                let way = (entry - below as f64) as f32;
                sample * (self.table[below] + way * (self.table[below + 1] - self.table[below]))
            });
        weighted.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signals::{RATE, append, in_blocks};

    fn tone(hertz: f64, secs: f64) -> Vec<f32> {
        let step = std::f64::consts::TAU * hertz / f64::from(RATE);
        (0..(secs * f64::from(RATE)) as usize)
            .map(|n| (0.5 * (step * n as f64).sin()) as f32)
            .collect()
    }

    /// All of it, in blocks of so many samples.
    fn changed(channels: &[Vec<f32>], [speed, ratio]: [f64; 2], block: usize) -> Vec<Vec<f32>> {
        let mut shift = PitchShift::new(speed, ratio, channels.len(), RATE);
        let mut whole = in_blocks(channels, block, |slices| shift.push(slices));
        append(&mut whole, shift.finish());
        whole
    }

    fn hertz(samples: &[f32]) -> f64 {
        let middle = &samples[8_000..samples.len() - 8_000];
        let rises: Vec<usize> = (1..middle.len())
            .filter(|&n| middle[n - 1] < 0.0 && middle[n] >= 0.0)
            .collect();
        (rises.len() - 1) as f64 * f64::from(RATE) / (rises[rises.len() - 1] - rises[0]) as f64
    }

    #[test]
    fn pitch_moves_by_the_ratio_and_the_length_by_the_speed() {
        for (semitones, cents, speed) in [
            (2, 0, 1.0),
            (-5, 0, 1.0),
            (12, 0, 0.5),
            (-12, 0, 1.0),
            (0, 50, 1.0),
            (7, -20, 0.75),
        ] {
            let ratio = pitch_ratio(semitones, cents);
            let song = tone(440.0, 4.0);
            let moved = &changed(std::slice::from_ref(&song), [speed, ratio], 10_000)[0];
            let expected = song.len() as f64 / speed;
            assert!((moved.len() as f64 - expected).abs() <= 1.0, "{semitones}");
            let off_cents = 1200.0 * (hertz(moved) / (440.0 * ratio)).log2();
            assert!(
                off_cents.abs() < 8.0,
                "{semitones} and {cents} at {speed}: {off_cents}"
            );
        }
    }

    #[test]
    fn a_change_of_rate_is_clean_and_folds_nothing_back() {
        let energy = |samples: &[f32]| -> f64 {
            samples
                .iter()
                .map(|&sample| f64::from(sample).powi(2))
                .sum::<f64>()
                / samples.len() as f64
        };
        for ratio in [0.7, 1.3, 2.0] {
            let read = RateChange::new(ratio).push(&tone(1_000.0, 1.0));
            let expected = tone(1_000.0 * ratio, 1.0);
            let length = read.len().min(expected.len()) - 2_000;
            let errors: Vec<f32> = (1_000..length).map(|n| read[n] - expected[n]).collect();
            let snr = 10.0 * (energy(&expected[1_000..length]) / energy(&errors)).log10();
            assert!(snr > 60.0, "{ratio}: {snr:.1} dB");
        }
        let folded = RateChange::new(2.0).push(&tone(15_000.0, 1.0));
        assert!(energy(&folded[1_000..folded.len() - 1_000]) < 0.125 * 1e-6);
    }

    #[test]
    fn channels_stay_together_whatever_the_blocks() {
        let channels = [tone(110.0, 2.0), tone(523.0, 2.0)];
        let one = changed(&channels, [0.8, 1.2], 20_000);
        let other = changed(&channels, [0.8, 1.2], 331);
        assert_eq!(one[0].len(), one[1].len());
        let pairs = one.iter().flatten().zip(other.iter().flatten());
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-5));
    }

    #[test]
    fn unmoved_music_stays_as_it_is() {
        let song = tone(300.0, 1.0);
        let same = &changed(std::slice::from_ref(&song), [1.0, 1.0], 5_000)[0];
        let pairs = song.iter().zip(same).take(song.len() - 4_000);
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-4));
    }

    #[test]
    fn a_click_comes_when_it_is_due() {
        let mut song = vec![0.0; 2 * RATE as usize];
        song[RATE as usize] = 1.0;
        for ratio in [pitch_ratio(5, 0), pitch_ratio(-7, 0)] {
            let moved = &changed(&[song.clone()], [1.0, ratio], 4_000)[0];
            let loudest =
                (0..moved.len()).max_by(|&a, &b| moved[a].abs().total_cmp(&moved[b].abs()));
            let off_secs = loudest.expect("samples") as f64 / f64::from(RATE) - 1.0;
            assert!(off_secs.abs() < 0.03, "{ratio}: {off_secs}");
        }
    }
}
