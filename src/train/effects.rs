//! Augmentation of waveforms: overdrive, compression, reverberation, noise and band limits.

use std::f32::consts::PI;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use crate::audio::SAMPLE_RATE;
use crate::dsp::BINS;
use crate::render::effects::{overdrive, peak};
use crate::source::Source;

/// Delays of the four parallel feedback comb filters of Schroeder's reverberator (1962), in samples: mutually prime, 30
/// to 45 ms as in the paper.
const COMB_DELAYS: [usize; 4] = [331, 389, 443, 487];
/// Delays of its all-pass filters, 5 and 1.7 ms.
const ALLPASS_DELAYS: [usize; 2] = [53, 19];
const ALLPASS_GAIN: f32 = 0.7;

/// Lowest cutoff of the band limit, as in old recordings and at low bit rates.
const LOWEST_BAND_LIMIT_HZ: f32 = 2_500.0;
/// Gain above the cutoff: -60 dB.
const ABOVE_BAND_LIMIT: f32 = 1e-3;

/// Applies random effects to one stem: overdrive (mostly to guitars), compression, reverberation.
pub fn augment(samples: &mut [f32], source: Source, random: &mut ChaCha8Rng) {
    let amplified = match source {
        Source::Guitar => 0.12,
        Source::Bass => 0.06,
        _ => 0.02,
    };
    if random.random_bool(amplified) {
        let before = peak(samples);
        overdrive(
            samples,
            SAMPLE_RATE,
            10_f32.powf(random.random_range(0.2..1.3)),
        );
        scale_to_peak(samples, before);
    }
    if random.random_bool(0.15) {
        compress(samples, random.random_range(0.2..0.7));
    }
    if random.random_bool(0.15) {
        let decay_secs = random.random_range(0.2..1.2);
        reverberate(samples, decay_secs, random.random_range(0.05..0.3));
    }
}

/// `length` samples of low-passed noise with RMS `level`.
pub fn noise(length: usize, level: f32, random: &mut ChaCha8Rng) -> Vec<f32> {
    let smoothing = random.random_range(0.05..1.0);
    let mut last = 0.0;
    let mut samples: Vec<f32> = (0..length)
        .map(|_| {
            last += smoothing * (random.random_range(-1.0..1.0) - last);
            last
        })
        .collect();
    let gain = level / mean_square(&samples).sqrt().max(1e-9);
    samples.iter_mut().for_each(|sample| *sample *= gain);
    samples
}

/// The gain of each bin under a random low-pass cutoff.
pub fn band_limit(random: &mut ChaCha8Rng) -> Vec<f32> {
    let highest_hz = SAMPLE_RATE as f32 / 2.0;
    let end_hz = random.random_range(LOWEST_BAND_LIMIT_HZ..highest_hz);
    let end = (end_hz / highest_hz * BINS as f32) as usize;
    (0..BINS)
        .map(|bin| if bin < end { 1.0 } else { ABOVE_BAND_LIMIT })
        .collect()
}

/// Log frequency of a bin, scaled to [0, 1].
fn log_place(bin: usize) -> f32 {
    (1.0 + bin as f32).log2() / (BINS as f32).log2()
}

/// A random curve, smooth in log frequency as perception is, within 10 dB; a value a bin.
pub fn smooth_curve_db(random: &mut ChaCha8Rng) -> Vec<f32> {
    let amplitudes_db: [f32; 4] = std::array::from_fn(|_| random.random_range(-2.5..2.5));
    let phase = random.random_range(0.0..PI);
    let wave_db = |wave: usize, amplitude: f32, place: f32| {
        amplitude * (PI * (wave + 1) as f32 * place + phase).cos()
    };
    (0..BINS)
        .map(|bin| {
            let waves = amplitudes_db.iter().enumerate();
            waves
                .map(|(wave, amplitude)| wave_db(wave, *amplitude, log_place(bin)))
                .sum()
        })
        .collect()
}

/// Adds random resonances (peaks and notches, a third of an octave to two octaves wide, up to 10 dB) to such a curve.
pub fn add_resonances_db(curve_db: &mut [f32], random: &mut ChaCha8Rng) {
    let octaves = (BINS as f32).log2();
    for _ in 0..random.random_range(1..=4) {
        let center = random.random_range(0.35..1.0);
        let width = random.random_range(0.33..2.0) / octaves;
        let gain_db: f32 = random.random_range(-10.0..10.0);
        for (bin, db) in curve_db.iter_mut().enumerate() {
            let distance = (log_place(bin) - center) / width;
            *db += gain_db * (-distance * distance).exp();
        }
    }
}

/// Dynamic range compression: divides samples by the envelope (instant attack, 50 ms release) to the power of `amount`,
/// and restores the peak.
fn compress(samples: &mut [f32], amount: f32) {
    let before = peak(samples);
    let floor = before * 0.01;
    if floor == 0.0 {
        return;
    }
    let release = (-1.0 / (0.05 * SAMPLE_RATE as f32)).exp();
    let mut envelope = floor;
    for sample in samples.iter_mut() {
        envelope = sample.abs().max(envelope * release).max(floor);
        *sample *= envelope.powf(-amount);
    }
    scale_to_peak(samples, before);
}

/// Adds reverberation with an RT60 of `decay_secs`, at `wet` of the stem's level.
fn reverberate(samples: &mut [f32], decay_secs: f32, wet: f32) {
    let mut room = vec![0.0; samples.len()];
    for delay in COMB_DELAYS {
        let round_secs = delay as f32 / SAMPLE_RATE as f32;
        let feedback = 10_f32.powf(-3.0 * round_secs / decay_secs);
        let mut line = vec![0.0; delay];
        for (index, (sample, room)) in samples.iter().zip(&mut room).enumerate() {
            let echo = line[index % delay];
            line[index % delay] = sample + feedback * echo;
            *room += echo;
        }
    }
    for delay in ALLPASS_DELAYS {
        let mut line = vec![0.0; delay];
        for (index, sample) in room.iter_mut().enumerate() {
            let echo = line[index % delay];
            let input = *sample + ALLPASS_GAIN * echo;
            *sample = echo - ALLPASS_GAIN * input;
            line[index % delay] = input;
        }
    }
    for (sample, room) in samples.iter_mut().zip(&room) {
        *sample += wet * room;
    }
}

/// Mean of the squared samples; 0 where there are none.
pub fn mean_square(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len().max(1) as f32
}

fn scale_to_peak(samples: &mut [f32], target: f32) {
    let peak = peak(samples);
    if peak > 0.0 {
        samples
            .iter_mut()
            .for_each(|sample| *sample *= target / peak);
    }
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use rand::SeedableRng;

    use super::*;

    /// A tone that fades within a second, then silence.
    fn note() -> Vec<f32> {
        let secs = |index: usize| index as f32 / SAMPLE_RATE as f32;
        let tone = |index: usize| (TAU * 440.0 * secs(index)).sin() * (1.0 - secs(index)).max(0.0);
        (0..2 * SAMPLE_RATE as usize).map(tone).collect()
    }

    fn rms(samples: &[f32]) -> f32 {
        mean_square(samples).sqrt()
    }

    #[test]
    fn rooms_ring_on_and_die_away() {
        let mut played = note();
        reverberate(&mut played, 0.5, 0.2);
        let second = SAMPLE_RATE as usize;
        let (soon, late) = (second + 100..second + 1_100, 2 * second - 1_000..2 * second);
        assert!(rms(&played[soon.clone()]) > 1e-3, "{}", rms(&played[soon]));
        assert!(rms(&played[late.clone()]) < 1e-4, "{}", rms(&played[late]));
    }

    #[test]
    fn compression_raises_what_is_soft_and_keeps_the_peak() {
        let mut played = note();
        compress(&mut played, 0.5);
        let soft = 9 * SAMPLE_RATE as usize / 10..SAMPLE_RATE as usize;
        assert!(rms(&played[soft.clone()]) > 1.5 * rms(&note()[soft]));
        assert!((peak(&played) - peak(&note())).abs() < 1e-3);
    }

    #[test]
    fn silence_stays_silent_and_all_else_finite() {
        let mut random = ChaCha8Rng::seed_from_u64(8);
        for _ in 0..50 {
            let (mut silence, mut sound) = (vec![0.0; 5_000], note());
            augment(&mut silence, Source::Guitar, &mut random);
            augment(&mut sound, Source::Guitar, &mut random);
            assert!(silence.iter().all(|sample| *sample == 0.0));
            assert!(sound.iter().all(|sample| sample.is_finite()));
        }
    }

    #[test]
    fn noise_has_its_level_and_bands_end() {
        let mut random = ChaCha8Rng::seed_from_u64(9);
        assert!((rms(&noise(20_000, 0.01, &mut random)) - 0.01).abs() < 1e-5);
        let gains = band_limit(&mut random);
        assert!(gains[0] == 1.0 && gains.len() == BINS);
        assert!(gains.is_sorted_by(|before, after| before >= after));
    }

    #[test]
    fn curves_over_frequency_are_smooth_and_bounded() {
        let mut random = ChaCha8Rng::seed_from_u64(10);
        for _ in 0..50 {
            let mut curve = smooth_curve_db(&mut random);
            assert!(curve.iter().all(|db| db.abs() <= 10.0) && curve.len() == BINS);
            add_resonances_db(&mut curve, &mut random);
            assert!(curve.iter().all(|db| db.abs() <= 50.0));
            let upper = &curve[BINS / 4..];
            let steps = upper.iter().zip(&upper[1..]);
            assert!(steps.clone().all(|(a, b)| (a - b).abs() < 1.0));
        }
    }
}
