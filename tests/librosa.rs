//! The same answers as librosa's, which the paper worked with, on values frozen by `tests/goldens/make_goldens.py`.

use std::collections::BTreeMap;

use deepmelody::source::PerSource;
use deepmelody::{
    audio::SAMPLE_RATE,
    dsp::{BINS, Stft},
    music::{self, Sound, score::beat_f_measure},
    prominence::{librosa_activity, librosa_split, prominence, rms_frames},
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Goldens {
    stft: Spectra,
    signals: BTreeMap<String, Levels>,
}

#[derive(Deserialize)]
struct Spectra {
    stretches: Vec<Stretch>,
    bin_step: usize,
    frames: Vec<Vec<[f32; 2]>>,
}

#[derive(Deserialize)]
struct Levels {
    stretches: Vec<Stretch>,
    rms: Vec<f32>,
    split: BTreeMap<String, Vec<[usize; 2]>>,
}

/// Length, and amplitude as a power of two (none: silence).
#[derive(Deserialize)]
struct Stretch(usize, Option<i32>);

fn goldens() -> Goldens {
    serde_json::from_str(include_str!("goldens/librosa.json")).expect("goldens are readable")
}

/// The signals of `make_goldens.py`: white noise from integers alone.
fn noise(stretches: &[Stretch]) -> Vec<f32> {
    let mut state = 1_u32;
    let mut stretch = |Stretch(length, power): &Stretch| -> Vec<f32> {
        let scale = power.map_or(0.0, |power| 2_f64.powi(power));
        let mut sample = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((f64::from(state >> 16) - 32_768.0) / 32_768.0 * scale) as f32
        };
        (0..*length).map(|_| sample()).collect()
    };
    stretches.iter().flat_map(&mut stretch).collect()
}

#[test]
fn spectra_equal_librosas() {
    let Spectra {
        stretches,
        bin_step,
        frames,
    } = goldens().stft;
    let samples = noise(&stretches);
    let spectrogram = Stft::default().forward(&samples);
    // One frame more than librosa's, for an exact inverse at the end (see Stft::frame_count).
    assert_eq!(spectrogram.frame_count(), frames.len() + 1);
    for (frame, (got, expected)) in spectrogram.iter().zip(&frames).enumerate() {
        assert_eq!(expected.len(), BINS.div_ceil(bin_step));
        for (value, [re, im]) in got.iter().step_by(bin_step).zip(expected) {
            let error = (value.re - re).abs().max((value.im - im).abs());
            assert!(error < 2e-5, "frame {frame}: {value} is not {re}+{im}i");
        }
    }
}

#[test]
fn levels_equal_librosas() {
    for (name, signal) in goldens().signals {
        let got = rms_frames(&noise(&signal.stretches));
        assert_eq!(got.len(), signal.rms.len(), "{name}");
        for (got, expected) in got.iter().zip(&signal.rms) {
            assert!(
                (got - expected).abs() <= expected * 2e-6 + 1e-12,
                "{name}: {got} is not {expected}"
            );
        }
    }
}

#[test]
fn splits_equal_librosas_to_the_sample() {
    for (name, signal) in goldens().signals {
        let samples = noise(&signal.stretches);
        for (top_db, expected) in signal.split {
            let top_db = top_db.parse().expect("a number of decibels");
            let got = librosa_split(&samples, top_db);
            assert_eq!(got, expected, "{name} at {top_db} dB");
            let share = prominence(&librosa_activity(&samples, top_db));
            let seconds = expected
                .iter()
                .map(|[start, end]| end - start)
                .sum::<usize>() as f32
                / samples.len() as f32;
            assert!(
                (share - seconds).abs() <= 512.0 / samples.len() as f32,
                "{name}: {share} is not {seconds}"
            );
        }
    }
}

#[derive(Deserialize)]
struct Beats {
    songs: BTreeMap<String, BeatSong>,
}

#[derive(Deserialize)]
struct BeatSong {
    song: Strikes,
    beats_secs: Vec<f64>,
}

/// First and last tempo in beats a minute, and the loudness of each eighth of a bar.
#[derive(Deserialize)]
struct Strikes(f64, f64, Vec<f64>);

impl Strikes {
    /// The signal of `make_beats.py`: bursts of noise from integers.
    fn signal(&self) -> Vec<f32> {
        const SECONDS: f64 = 30.0;
        const STRIKE_SAMPLES: usize = 800;
        let Self(first, last, levels) = self;
        let mut gain = vec![0.001; (SECONDS * f64::from(SAMPLE_RATE)) as usize];
        let (mut at, mut strike) = (0.25, 0);
        while at < SECONDS - 0.2 {
            let tempo = first + (last - first) * at / SECONDS;
            let start = (at * f64::from(SAMPLE_RATE)) as usize;
            for (n, gain) in gain[start..start + STRIKE_SAMPLES].iter_mut().enumerate() {
                let left = 1.0 - n as f64 / STRIKE_SAMPLES as f64;
                *gain += levels[strike % levels.len()] / 10.0 * left * left;
            }
            at += 30.0 / tempo;
            strike += 1;
        }
        let mut state = 1_u32;
        let sample = |gain: f64| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((f64::from(state >> 16) - 32_768.0) / 32_768.0 * gain) as f32
        };
        gain.into_iter().map(sample).collect()
    }
}

/// librosa's beats end with the last onset; the others have to agree.
#[test]
fn beats_agree_with_librosas() {
    let goldens: Beats =
        serde_json::from_str(include_str!("goldens/beats.json")).expect("goldens are readable");
    assert_eq!(goldens.songs.len(), 8);
    for (name, BeatSong { song, beats_secs }) in goldens.songs {
        let signal = song.signal();
        let music = music::describe(&Sound {
            mixture: &signal,
            drums: &signal,
            bass: &vec![0.0; signal.len()],
            playing_secs: &PerSource::default(),
        });
        let (first, last) = (beats_secs[0] - 0.1, beats_secs[beats_secs.len() - 1] + 0.1);
        let found = music.grid.expect("beats").beats_secs.into_iter();
        let found: Vec<f64> = found.filter(|at| (first..last).contains(at)).collect();
        let agreement = beat_f_measure(&found, &beats_secs);
        assert!(agreement > 0.93, "{name}: {agreement:.3}");
    }
}
