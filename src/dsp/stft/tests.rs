//! The fast transform against slow, obvious ones.

use proptest::{prelude::*, test_runner::RngSeed};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::dsp::BINS;
use crate::dsp::OverlapAdd;

fn noise(length: usize, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..length)
        .map(|_| random.random_range(-1.0..1.0))
        .collect()
}

/// The definition, in double precision.
fn naive_frame(samples: &[f32], window_length: usize, centre: usize) -> Vec<Complex<f64>> {
    let windowed: Vec<f64> = (0..window_length)
        .map(|n| {
            let sample = (centre + n)
                .checked_sub(window_length / 2)
                .and_then(|position| samples.get(position));
            let weight = (std::f64::consts::PI * n as f64 / window_length as f64)
                .sin()
                .powi(2);
            weight * f64::from(*sample.unwrap_or(&0.0))
        })
        .collect();
    let bin = |k: usize| {
        let turn =
            |n: usize| Complex::cis(-TAU * (k * n % window_length) as f64 / window_length as f64);
        windowed
            .iter()
            .enumerate()
            .map(|(n, value)| turn(n) * value)
            .sum()
    };
    (0..=window_length / 2).map(bin).collect()
}

fn worst_difference(got: &[f32], expected: &[f32]) -> f32 {
    assert_eq!(got.len(), expected.len());
    got.iter()
        .zip(expected)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max)
}

#[test]
fn frames_equal_the_naive_transform() {
    for (window_length, hop_length) in [(WINDOW_LENGTH, HOP_LENGTH), (64, 16), (63, 20), (8, 4)] {
        let samples = noise(3 * window_length + 5, 1);
        let spectrogram = Stft::new(window_length, hop_length).forward(&samples);
        for (frame, spectrum) in spectrogram.iter().enumerate() {
            let expected = naive_frame(&samples, window_length, frame * hop_length);
            assert_eq!(spectrum.len(), expected.len());
            for (got, expected) in spectrum.iter().zip(expected) {
                let error = (Complex::new(f64::from(got.re), f64::from(got.im)) - expected).norm();
                assert!(
                    error < 1e-4,
                    "window {window_length}, frame {frame}: off by {error}"
                );
            }
        }
    }
}

#[test]
fn the_papers_sizes() {
    let mut stft = Stft::default();
    assert_eq!(stft.bins(), BINS);
    for (samples, frames) in [
        (0, 0),
        (1, 2),
        (511, 2),
        (512, 2),
        (513, 3),
        (1_024, 3),
        (180 * 10_880, 3_826),
    ] {
        assert_eq!(stft.frame_count(samples), frames, "{samples} samples");
    }
    assert!(stft.forward(&[]).frames.is_empty());
    assert!(
        stft.inverse(
            &Spectrogram {
                frames: Vec::new(),
                bins: BINS
            },
            0
        )
        .is_empty()
    );
}

#[test]
fn frames_past_the_end_are_silent() {
    let mut stft = Stft::default();
    let mut spectrum = vec![Complex::new(1.0, 1.0); BINS];
    stft.analyse_frame(&noise(600, 2), 1_000, &mut spectrum);
    assert!(spectrum.iter().all(|value| value.norm() == 0.0));
}

#[test]
fn a_song_of_no_spectra_is_silent() {
    let mut song = Vec::new();
    OverlapAdd::new(&Stft::default(), 700).finish(&mut song);
    assert_eq!(song, vec![0.0; 700]);
}

#[test]
fn samples_come_out_as_soon_as_no_frame_reaches_them() {
    let samples = noise(10_000, 6);
    let mut stft = Stft::new(1_024, 512);
    let mut inverse = OverlapAdd::new(&stft, samples.len());
    let mut song = Vec::new();
    let spectrogram = stft.forward(&samples);
    for (frame, spectrum) in spectrogram.iter().enumerate() {
        inverse.push(spectrum, &mut song);
        assert_eq!(song.len(), (frame * 512).min(samples.len()));
    }
    inverse.finish(&mut song);
    assert!(worst_difference(&song, &samples) < 1e-5);
}

#[test]
fn a_window_from_anywhere_equals_the_frame_there() {
    let samples = noise(4_000, 8);
    let mut stft = Stft::new(512, 256);
    let (mut frame, mut window) = (vec![Complex::default(); 257], vec![Complex::default(); 257]);
    stft.analyse_frame(&samples, 5, &mut frame);
    stft.analyse_window(&samples[1_024..1_536], &mut window);
    assert_eq!(frame, window);
}

#[test]
fn imaginary_parts_without_meaning_are_ignored() {
    let samples = noise(2_000, 3);
    let mut stft = Stft::default();
    let mut spectrogram = stft.forward(&samples);
    for spectrum in spectrogram.frames.chunks_exact_mut(BINS) {
        spectrum[0].im = 7.0;
        spectrum[BINS - 1].im = -7.0;
    }
    assert!(worst_difference(&stft.inverse(&spectrogram, samples.len()), &samples) < 1e-5);
}

#[test]
fn a_long_song_comes_back() {
    let samples = noise(30 * 10_880 + 77, 4);
    let mut stft = Stft::default();
    let spectrogram = stft.forward(&samples);
    assert!(worst_difference(&stft.inverse(&spectrogram, samples.len()), &samples) < 2e-6);
}

#[test]
#[should_panic(expected = "a hop of 800 samples")]
fn windows_that_leave_gaps_are_refused() {
    Stft::new(1_022, 800);
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn any_length_comes_back(length in 0_usize..5_000, seed: u64) {
        let samples = noise(length, seed);
        let mut stft = Stft::default();
        let spectrogram = stft.forward(&samples);
        prop_assert_eq!(spectrogram.frame_count(), stft.frame_count(length));
        prop_assert!(worst_difference(&stft.inverse(&spectrogram, length), &samples) < 2e-6);
    }

    #[test]
    fn other_windows_come_back(half in 2_usize..200, odd in 0_usize..2, hop_share in 0.1_f64..1.0, seed: u64) {
        let window_length = 2 * half + odd;
        let hop_length = ((half as f64 * hop_share) as usize).max(1);
        let samples = noise(3 * window_length + 1, seed);
        let mut stft = Stft::new(window_length, hop_length);
        let spectrogram = stft.forward(&samples);
        prop_assert!(worst_difference(&stft.inverse(&spectrogram, samples.len()), &samples) < 1e-5);
    }

    #[test]
    fn frames_in_any_order_equal_the_whole(length in 1_usize..4_000, seed: u64) {
        let samples = noise(length, seed);
        let mut stft = Stft::default();
        let whole = stft.forward(&samples);
        let mut spectrum = vec![Complex::default(); BINS];
        for frame in (0..whole.frame_count()).rev() {
            stft.analyse_frame(&samples, frame, &mut spectrum);
            prop_assert_eq!(&spectrum[..], &whole.frames[frame * BINS..][..BINS]);
        }
    }
}
