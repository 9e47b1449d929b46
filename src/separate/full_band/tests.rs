//! Stems at the original's own rate: their sum, and that masks fall on the right moments and frequencies.

use std::f32::consts::TAU;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::audio::to_model_rate;
use crate::dsp::{BINS, HOP_LENGTH};
use crate::separate::SongParts;
use crate::source::PerSource;

/// Keeps everything.
#[derive(Default)]
struct Kept(PerSource<Vec<Vec<f32>>>);

impl StemSink for &mut Kept {
    fn block(&mut self, source: Source, channels: &[Vec<f32>]) -> Result<(), DeliveryError> {
        self.0[source].resize(channels.len(), Vec::new());
        for (kept, block) in self.0[source].iter_mut().zip(channels) {
            kept.extend(block);
        }
        Ok(())
    }
}

/// The stems of a recording under masks given frame by frame as a value a source and bin.
fn stems(
    recording: &Recording,
    mask: impl Fn(usize, Source, usize) -> f32,
) -> PerSource<Vec<Vec<f32>>> {
    let song = to_model_rate(recording).expect("resamples");
    let mut kept = Kept::default();
    let mut full_band = FullBand::new(recording, &mut kept);
    for frame in 0..Stft::default().frame_count(song.samples.len()) {
        full_band.frame(&frame_masks(frame, &mask)).expect("kept");
    }
    full_band.finish().expect("kept");
    kept.0
}

fn frame_masks(frame: usize, mask: impl Fn(usize, Source, usize) -> f32) -> Vec<f32> {
    let bins = |source| (0..BINS).map(move |bin| (source, bin));
    let values = Source::ALL.into_iter().flat_map(bins);
    values
        .map(|(source, bin)| mask(frame, source, bin))
        .collect()
}

fn noise(channel_count: u64, sample_rate: u32, length: usize) -> Recording {
    let channel = |seed| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        (0..length)
            .map(|_| random.random_range(-0.5..0.5))
            .collect()
    };
    Recording {
        channels: (0..channel_count).map(channel).collect(),
        sample_rate,
    }
}

fn sine(frequency: f32, sample_rate: u32, length: usize) -> Vec<f32> {
    (0..length)
        .map(|n| 0.4 * (TAU * (frequency * n as f32 / sample_rate as f32).fract()).sin())
        .collect()
}

fn energy(samples: &[f32]) -> f64 {
    samples
        .iter()
        .map(|&sample| f64::from(sample).powi(2))
        .sum()
}

/// Shares that change from frame to frame and from bin to bin as wildly as shares can.
fn wild(frame: usize, source: Source, bin: usize) -> f32 {
    let mut random = ChaCha8Rng::seed_from_u64((frame * BINS + bin) as u64);
    let weights: [f32; Source::COUNT] = std::array::from_fn(|_| random.random_range(0.0..1.0));
    weights[source.index()] / weights.iter().sum::<f32>()
}

/// Shares that change with the frame, the bin and the source, and are quick to compute.
fn smooth(frame: usize, source: Source, bin: usize) -> f32 {
    let phase = frame as f32 * 0.7 + bin as f32 * 0.05 + source.index() as f32 * TAU / 5.0;
    (1.0 + phase.sin()) / 5.0
}

#[test]
fn stems_sum_to_the_original_at_any_rate_length_and_number_of_channels() {
    for sample_rate in [8_000, 22_050, 44_100, 48_000, 96_000] {
        for (channels, length) in [(1, 30_001), (2, 44_107), (2, 1), (1, 4_095), (3, 9_999)] {
            let recording = noise(channels, sample_rate, length);
            let stems = stems(&recording, wild);
            for (channel, original) in recording.channels.iter().enumerate() {
                let mut rest = original.clone();
                for (source, stem) in stems.iter() {
                    assert_eq!(stem.len() as u64, channels);
                    assert_eq!(stem[channel].len(), length, "{source}");
                    let pairs = rest.iter_mut().zip(&stem[channel]);
                    pairs.for_each(|(rest, sample)| *rest -= sample);
                }
                let residue_db = 10.0 * (energy(&rest) / energy(original)).log10();
                assert!(
                    residue_db < -100.0,
                    "{sample_rate} Hz, {length} samples: {residue_db:.0} dB"
                );
            }
        }
    }
}

#[test]
fn stems_made_in_parts_are_those_of_the_whole() {
    for (channels, sample_rate, length) in [
        (1, 8_000, 200_001),
        (2, 44_100, 1_000_000),
        (1, 48_000, 790_000),
        (1, 22_050, 1),
        (1, 44_100, 352_256),
    ] {
        let recording = noise(channels, sample_rate, length);
        let whole = stems(&recording, smooth);
        let song = to_model_rate(&recording).expect("resamples");
        let model_frames = Stft::default().frame_count(song.samples.len());
        let mut end = 0;
        for part in SongParts::new(sample_rate, length, model_frames).iter() {
            assert_eq!(part.samples.start, end);
            end = part.samples.end;
            let input = Recording {
                channels: recording
                    .channels
                    .iter()
                    .map(|channel| channel[part.input.clone()].to_vec())
                    .collect(),
                sample_rate,
            };
            let masks: Vec<f32> = part
                .model_frames
                .clone()
                .flat_map(|frame| frame_masks(frame, smooth))
                .collect();
            let made = part.stems(&input, &masks).expect("made");
            for (source, stem) in made.iter() {
                for (channel, expected) in stem.iter().zip(&whole[source]) {
                    let expected = &expected[part.samples.clone()];
                    assert_eq!(channel.len(), expected.len());
                    let pairs = channel.iter().zip(expected);
                    let worst = pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
                    assert!(worst < 1e-5, "{sample_rate} Hz, {part:?}: {worst}");
                }
            }
        }
        assert_eq!(end, length);
    }
}

#[test]
fn no_sound_gives_no_stems() {
    let stems = stems(&noise(2, 44_100, 0), wild);
    assert!(stems.iter().all(|(_, stem)| stem == &[[], [] as [f32; 0]]));
}

#[test]
fn masks_fall_on_the_models_frequencies() {
    let (low, high) = (sine(2_000.0, 44_100, 88_200), sine(2_300.0, 44_100, 88_200));
    let recording = Recording {
        channels: vec![
            low.iter()
                .zip(&high)
                .map(|(low, high)| low + high)
                .collect(),
        ],
        sample_rate: 44_100,
    };
    let border = (2_150.0 * WINDOW_LENGTH as f32 / SAMPLE_RATE as f32) as usize;
    let stems = stems(&recording, |_, source, bin| {
        let owner = match bin < border {
            true => Source::Bass,
            false => Source::Guitar,
        };
        f32::from(u8::from(source == owner))
    });
    for (source, expected) in [(Source::Bass, &low), (Source::Guitar, &high)] {
        let inner = 10_000..78_000;
        let got = &stems[source][0][inner.clone()];
        let error: Vec<f32> = got
            .iter()
            .zip(&expected[inner.clone()])
            .map(|(got, expected)| got - expected)
            .collect();
        let error_db = 10.0 * (energy(&error) / energy(&expected[inner])).log10();
        assert!(error_db < -60.0, "{source}: {error_db:.1} dB");
    }
}

#[test]
fn masks_fall_on_the_models_moments() {
    for sample_rate in [44_100, 48_000] {
        let recording = noise(2, sample_rate, 3 * sample_rate as usize);
        let turn = 32;
        let stems = stems(&recording, |frame, source, _| {
            let owner = match frame < turn {
                true => Source::Drums,
                false => Source::Piano,
            };
            f32::from(u8::from(source == owner))
        });
        // Half way between the last frame of the one and the first of the other, both are equally loud.
        let turn_secs = (turn as f32 - 0.5) * HOP_LENGTH as f32 / SAMPLE_RATE as f32;
        let share = |at_secs: f32| {
            let at = (at_secs * sample_rate as f32) as usize;
            let level = |source: Source| energy(&stems[source][1][at - 300..at + 300]).sqrt();
            level(Source::Piano) / (level(Source::Piano) + level(Source::Drums))
        };
        assert!(share(turn_secs - 0.02) < 0.5, "{}", share(turn_secs - 0.02));
        assert!(share(turn_secs + 0.02) > 0.5, "{}", share(turn_secs + 0.02));
        assert!(share(turn_secs - 0.15) < 1e-3);
        assert!(share(turn_secs + 0.15) > 0.999);
    }
}

#[test]
fn above_the_models_band_the_mean_of_its_top_octave_holds() {
    let recording = Recording {
        channels: vec![sine(9_000.0, 48_000, 96_000)],
        sample_rate: 48_000,
    };
    let stems = stems(&recording, |_, source, bin| match (source, bin) {
        // Below the octave: not to be counted.
        (Source::Bass, ..BINS_BELOW) => 1.0,
        (_, ..BINS_BELOW) => 0.0,
        (Source::Drums, _) if bin % 4 == 0 => 1.0,
        (Source::Drums, _) => 0.0,
        (Source::Other, _) if bin % 4 != 0 => 1.0,
        _ => 0.0,
    });
    // Away from the ends, where a sine that breaks off is not a sine.
    let inner = |samples: &[f32]| energy(&samples[10_000..86_000]);
    let level = |source: Source| (inner(&stems[source][0]) / inner(&recording.channels[0])).sqrt();
    assert!((level(Source::Drums) - 0.25).abs() < 0.01);
    assert!((level(Source::Other) - 0.75).abs() < 0.01);
    assert!(level(Source::Bass) < 1e-3);
}

/// Bins below the top octave.
const BINS_BELOW: usize = BINS / 2;
