//! Time stretching without a change of pitch: waveform-similarity overlap-add (WSOLA, Verhelst and Roelands 1993), for
//! any number of channels.
//!
//! Output frames overlap by half. Each is taken from the input near its nominal position, at the offset where its
//! waveform best continues the previous frame. All channels use the same offsets, chosen on their sum, so that stems
//! stay in phase: stretching and mixing commute.

use std::f32::consts::PI;

/// Output hop, half a frame: a few periods of a bass note, but too short to double a drum hit audibly.
const HOP_SECS: f64 = 0.03;

/// Search range to either side of the nominal position: half a period of 40 Hz, the lowest note of a bass.
const REACH_SECS: f64 = 0.0125;

/// Decimation factor of the coarse search, which is followed by a search at full rate around its best offset.
const COARSE: usize = 4;

/// A streaming time stretcher.
#[derive(Clone, Debug)]
pub struct TimeStretch {
    speed: f64,
    /// Output hop in samples: half a frame.
    hop: usize,
    /// Search range to either side in samples.
    reach: usize,
    /// Fade-in of a frame; its fade-out is the mirror image.
    rise: Vec<f32>,
    /// Buffered input of each channel.
    input: Vec<Vec<f32>>,
    /// The sum of the channels.
    sum: Vec<f32>,
    /// Samples before the buffer, already dropped.
    dropped: usize,
    /// Frames written.
    frames: usize,
    /// Input position of the last frame.
    last: usize,
    /// Samples taken in, and samples put out.
    counts: [usize; 2],
}

impl TimeStretch {
    /// A stretcher for `channel_count` channels to `speed` times the tempo: 0.5 doubles the duration.
    ///
    /// # Panics
    /// When `speed` is not above 0.
    pub fn new(speed: f64, channel_count: usize, sample_rate: u32) -> Self {
        assert!(speed > 0.0, "a speed of {speed}");
        let samples = |secs: f64| ((secs * f64::from(sample_rate)).round() as usize).max(1);
        let hop = samples(HOP_SECS);
        let rise = |n: usize| 0.5 - 0.5 * (PI * (n as f32 + 0.5) / hop as f32).cos();
        Self {
            speed,
            hop,
            reach: samples(REACH_SECS),
            rise: (0..hop).map(rise).collect(),
            input: vec![Vec::new(); channel_count],
            sum: Vec::new(),
            dropped: 0,
            frames: 0,
            last: 0,
            counts: [0; 2],
        }
    }

    /// Takes the next samples of all channels and returns the output that is ready; it is delayed by a frame and the
    /// search range.
    ///
    /// # Panics
    /// When the number of channels differs from `channel_count`, or the channels differ in length.
    pub fn push(&mut self, channels: &[&[f32]]) -> Vec<Vec<f32>> {
        assert_eq!(channels.len(), self.input.len(), "channels");
        let before = self.sum.len();
        for (input, &samples) in self.input.iter_mut().zip(channels) {
            input.extend_from_slice(samples);
            self.sum.resize(input.len(), 0.0);
            let sums = self.sum[before..].iter_mut();
            sums.zip(samples).for_each(|(sum, sample)| *sum += sample);
        }
        assert!(self.input.iter().all(|input| input.len() == self.sum.len()));
        self.counts[0] += self.sum.len() - before;
        self.ready()
    }

    /// The remaining output, after the last samples.
    pub fn finish(mut self) -> Vec<Vec<f32>> {
        let [came, gone] = self.counts;
        let left = ((came as f64 / self.speed).round() as usize).saturating_sub(gone);
        let silence = vec![0.0; 2 * (self.hop + self.reach) + (left as f64 * self.speed) as usize];
        let mut rest = self.push(&vec![&silence[..]; self.input.len()]);
        rest.iter_mut().for_each(|channel| channel.truncate(left));
        rest
    }

    /// Writes as many frames as the input allows.
    fn ready(&mut self) -> Vec<Vec<f32>> {
        let mut output = vec![Vec::new(); self.input.len()];
        loop {
            let due = (self.frames as f64 * self.hop as f64 * self.speed).round() as usize;
            let follow = match self.frames {
                0 => 0,
                _ => self.last + self.hop,
            };
            if due.max(follow) + self.reach + 2 * self.hop > self.dropped + self.sum.len() {
                self.forget(due.min(follow).saturating_sub(self.reach));
                break;
            }
            let place = match self.frames {
                0 => 0,
                _ => self.best_place(due, follow),
            };
            for (input, output) in self.input.iter().zip(&mut output) {
                let ending = &input[follow - self.dropped..][..self.hop];
                let beginning = &input[place - self.dropped..][..self.hop];
                let pairs = ending.iter().zip(beginning).zip(&self.rise);
                output.extend(pairs.map(|((old, new), rise)| old + rise * (new - old)));
            }
            self.last = place;
            self.frames += 1;
            self.counts[1] += self.hop;
        }
        output
    }

    /// The position near `due` where the sum is most similar to the natural continuation of the last frame, at
    /// `follow`.
    fn best_place(&self, due: usize, follow: usize) -> usize {
        let first = due.saturating_sub(self.reach).max(self.dropped);
        let near = &self.sum[first - self.dropped..due + self.reach + self.hop - self.dropped];
        let wanted = &self.sum[follow - self.dropped..][..self.hop];
        let due = due - first;
        let roughly = COARSE * most_alike(&coarse(near), &coarse(wanted), due / COARSE);
        let around = roughly.saturating_sub(COARSE);
        let fine = &near[around..(roughly + COARSE + self.hop).min(near.len())];
        first + around + most_alike(fine, wanted, roughly - around)
    }

    /// Drops the input before sample `until`.
    fn forget(&mut self, until: usize) {
        let count = until.saturating_sub(self.dropped);
        self.sum.drain(..count);
        for channel in &mut self.input {
            channel.drain(..count);
        }
        self.dropped += count;
    }
}

/// Decimates by summing neighbouring samples.
fn coarse(samples: &[f32]) -> Vec<f32> {
    let groups = samples.chunks_exact(COARSE);
    groups.map(|group| group.iter().sum()).collect()
}

/// The offset in `samples` with the largest normalised correlation with `wanted`; `usual` if none is better.
fn most_alike(samples: &[f32], wanted: &[f32], usual: usize) -> usize {
    let alikeness = |place: usize| {
        let pairs = samples[place..].iter().zip(wanted);
        let (product, energy) = pairs.fold((0.0, 1e-9_f32), |(product, energy), (a, b)| {
            (product + a * b, energy + a * a)
        });
        product / energy.sqrt()
    };
    let places = 0..=samples.len() - wanted.len();
    let best = (usual, alikeness(usual));
    let best = places.fold(best, |best, place| match alikeness(place) {
        more if more > best.1 => (place, more),
        _ => best,
    });
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::test_signals::{RATE, append, in_blocks, tone};

    fn noise(length: usize, seed: u64) -> Vec<f32> {
        use rand::{RngExt, SeedableRng};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        (0..length)
            .map(|_| random.random_range(-0.5..0.5))
            .collect()
    }

    /// All channels, in blocks of so many samples.
    fn changed(channels: &[Vec<f32>], speed: f64, block: usize) -> Vec<Vec<f32>> {
        let mut stretch = TimeStretch::new(speed, channels.len(), RATE);
        let mut whole = in_blocks(channels, block, |slices| stretch.push(slices));
        append(&mut whole, stretch.finish());
        whole
    }

    fn rms(samples: &[f32]) -> f32 {
        let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
        (energy / samples.len() as f32).sqrt()
    }

    #[test]
    fn pitch_and_level_stay_while_the_length_changes() {
        for (hertz, speed) in [(41.2, 0.5), (220.0, 0.75), (880.0, 0.9), (220.0, 1.5)] {
            let song = tone(hertz, 4.0);
            let slow = &changed(std::slice::from_ref(&song), speed, 10_000)[0];
            let expected = song.len() as f64 / speed;
            assert!((slow.len() as f64 - expected).abs() <= 1.0, "{speed}");
            // Its end is laid over the silence after it.
            let middle = &slow[4_000..slow.len() - 8_000];
            let rises = middle
                .windows(2)
                .filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0);
            let measured_hertz = rises.count() as f32 * RATE as f32 / middle.len() as f32;
            assert!(
                (measured_hertz / hertz - 1.0).abs() < 0.02,
                "{hertz}: {measured_hertz}"
            );
            for stretch in middle.chunks_exact(4_410) {
                let level = rms(stretch) / rms(&song);
                assert!((0.9..1.1).contains(&level), "{hertz} at {speed}: {level}");
            }
        }
    }

    #[test]
    fn at_its_own_speed_music_stays_as_it_is() {
        let song = noise(50_000, 1);
        let same = &changed(std::slice::from_ref(&song), 1.0, 7_000)[0];
        assert_eq!(same.len(), song.len());
        // Up to where the end fades into silence.
        let pairs = song.iter().zip(same).take(song.len() - 3_000);
        assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6));
    }

    #[test]
    fn parts_stay_together_whatever_the_blocks() {
        let parts = [tone(110.0, 2.0), noise(88_200, 2), tone(523.0, 2.0)];
        let sum = (0..parts[0].len()).map(|n| parts.iter().map(|part| part[n]).sum());
        let mix = changed(&[sum.collect()], 0.6, 20_000);
        let apart = changed(&parts, 0.6, 20_000);
        let small = changed(&parts, 0.6, 331);
        assert_eq!(apart, small);
        for (n, mixed) in mix[0].iter().enumerate() {
            let sum: f32 = apart.iter().map(|part| part[n]).sum();
            assert!((mixed - sum).abs() < 1e-5, "{n}: {mixed} and {sum}");
        }
    }

    #[test]
    fn beats_come_when_they_are_due() {
        let mut song = vec![0.0; 3 * RATE as usize];
        for beat in 1..6 {
            song[beat * RATE as usize / 2] = 1.0;
        }
        let slow = &changed(&[song], 0.5, 44_100)[0];
        for beat in 1..6 {
            let due = beat * RATE as usize;
            let near = &slow[due - 4_000..due + 4_000];
            let loudest = near.iter().copied().fold(0.0, f32::max);
            assert!(loudest > 0.3, "beat {beat}: {loudest}");
        }
    }

    #[test]
    fn any_length_is_taken() {
        for length in [0, 1, 100, 2_000, 5_000] {
            for speed in [0.5, 1.5] {
                let slow = changed(&[noise(length, 3), noise(length, 4)], speed, 1_000);
                let expected = (length as f64 / speed).round() as usize;
                assert!(
                    slow.iter().all(|channel| channel.len() == expected),
                    "{length}"
                );
            }
        }
    }
}
