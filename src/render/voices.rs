//! Recorded voices as a stem of `other`: phrases of one singer, laid along the song.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::RenderError;
use crate::audio::wav::read_wav;
use crate::audio::{Waveform, resample};

/// Farthest that a singer is moved in pitch, and tempo with it, in semitones.
const FARTHEST_SEMITONES: f64 = 3.0;
const PHRASE_SECS: (f64, f64) = (1.5, 9.0);
const PAUSE_SECS: (f64, f64) = (0.1, 2.0);
/// Pause between verses, and how often one follows a phrase.
const LONG_PAUSE_SECS: (f64, f64) = (4.0, 16.0);
const LONG_PAUSE_SHARE: f64 = 0.15;
const FADE_SECS: f64 = 0.02;
/// A second take, slightly late and out of tune (artificial double tracking).
const DOUBLE_SHARE: f64 = 0.3;
const DOUBLE_DELAY_SECS: (f64, f64) = (0.015, 0.03);
const DOUBLE_CENTS: f64 = 10.0;
/// A second voice a third, a fourth, a fifth or an octave away.
const HARMONY_SHARE: f64 = 0.2;
const HARMONY_SEMITONES: [f64; 6] = [-12.0, -5.0, 3.0, 4.0, 7.0, 12.0];
const ECHO_SHARE: f64 = 0.3;
const ECHO_DELAY_SECS: (f64, f64) = (0.12, 0.5);
const ECHO_GAIN: (f32, f32) = (0.1, 0.4);

/// Recordings of one voice.
#[derive(Clone, Debug, PartialEq)]
pub struct Singer {
    /// The folder's name.
    pub name: String,
    /// WAV files.
    pub recordings: Vec<PathBuf>,
}

/// The singers below a folder: every folder that holds WAV files is one.
///
/// # Errors
/// When a folder can't be listed.
pub fn find_singers(folder: &Path, singers: &mut Vec<Singer>) -> Result<(), RenderError> {
    let mut recordings = Vec::new();
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(RenderError::file(folder))? {
        let path = entry.map_err(RenderError::file(folder))?.path();
        if path.is_dir() {
            folders.push(path);
        } else if path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("wav"))
        {
            recordings.push(path);
        }
    }
    recordings.sort();
    folders.sort();
    if !recordings.is_empty() {
        singers.push(Singer {
            name: folder
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
            recordings,
        });
    }
    folders
        .iter()
        .try_for_each(|folder| find_singers(folder, singers))
}

/// One singer's phrases with pauses between them: `length` samples at `sample_rate`, mono.
///
/// # Errors
/// When a recording can't be read.
pub fn sing(
    singer: &Singer,
    length: usize,
    sample_rate: u32,
    rng: &mut ChaCha8Rng,
) -> Result<Vec<f32>, RenderError> {
    let mut stem = vec![0.0; length];
    let samples = |secs: f64| (secs * f64::from(sample_rate)) as usize;
    let semitones = rng.random_range(-FARTHEST_SEMITONES..FARTHEST_SEMITONES);
    let second = draw_second_voice(rng);
    let mut at = samples(rng.random_range(0.0..LONG_PAUSE_SECS.1));
    while at < length {
        let Some(path) = singer.recordings.choose(rng) else {
            break;
        };
        let phrase = draw_phrase(&read(path)?, rng);
        let sung = shifted(&phrase, semitones, sample_rate)?;
        add(&mut stem, &sung, at);
        if let Some((delay_secs, interval)) = second {
            let other = shifted(&phrase, semitones + interval, sample_rate)?;
            add(&mut stem, &other, at + samples(delay_secs));
        }
        let (shortest, longest) = match rng.random_bool(LONG_PAUSE_SHARE) {
            true => LONG_PAUSE_SECS,
            false => PAUSE_SECS,
        };
        at += sung.len() + samples(rng.random_range(shortest..longest));
    }
    if rng.random_bool(ECHO_SHARE) {
        let delay = samples(rng.random_range(ECHO_DELAY_SECS.0..ECHO_DELAY_SECS.1));
        echo(&mut stem, delay, rng.random_range(ECHO_GAIN.0..ECHO_GAIN.1));
    }
    Ok(stem)
}

/// Delay in seconds and interval in semitones of a second take or voice, where there is one.
fn draw_second_voice(rng: &mut ChaCha8Rng) -> Option<(f64, f64)> {
    let delay_secs = rng.random_range(DOUBLE_DELAY_SECS.0..DOUBLE_DELAY_SECS.1);
    if rng.random_bool(DOUBLE_SHARE) {
        let cents = rng.random_range(-DOUBLE_CENTS..DOUBLE_CENTS);
        return Some((delay_secs, cents / 100.0));
    }
    let interval = HARMONY_SEMITONES.choose(rng).copied()?;
    rng.random_bool(HARMONY_SHARE)
        .then_some((delay_secs, interval))
}

fn read(path: &Path) -> Result<Waveform, RenderError> {
    let file = File::open(path).map_err(RenderError::file(path))?;
    let recording = read_wav(BufReader::new(file)).map_err(|error| RenderError::Recording {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(recording.to_mono())
}

/// A stretch of the recording that fades in and out.
fn draw_phrase(recording: &Waveform, rng: &mut ChaCha8Rng) -> Waveform {
    let rate = f64::from(recording.sample_rate);
    let wanted = (rng.random_range(PHRASE_SECS.0..PHRASE_SECS.1) * rate) as usize;
    let length = wanted.min(recording.samples.len());
    let start = rng.random_range(0..=recording.samples.len() - length);
    let mut samples = recording.samples[start..start + length].to_vec();
    let fade = ((FADE_SECS * rate) as usize).min(length / 2);
    for index in 0..fade {
        let gain = index as f32 / fade as f32;
        samples[index] *= gain;
        samples[length - 1 - index] *= gain;
    }
    Waveform {
        samples,
        sample_rate: recording.sample_rate,
    }
}

/// Another pitch, and tempo with it, as on tape.
fn shifted(phrase: &Waveform, semitones: f64, sample_rate: u32) -> Result<Vec<f32>, RenderError> {
    let speed = (semitones / 12.0).exp2();
    let played = Waveform {
        samples: phrase.samples.clone(),
        sample_rate: (f64::from(phrase.sample_rate) * speed).round() as u32,
    };
    resample(&played, sample_rate)
        .map(|waveform| waveform.samples)
        .map_err(|error| RenderError::Synthesis(error.to_string()))
}

fn add(stem: &mut [f32], phrase: &[f32], at: usize) {
    let start = at.min(stem.len());
    stem[start..]
        .iter_mut()
        .zip(phrase)
        .for_each(|(sum, sample)| *sum += sample);
}

fn echo(stem: &mut [f32], delay: usize, gain: f32) {
    for index in delay..stem.len() {
        stem[index] += gain * stem[index - delay];
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::audio::wav::{SampleFormat, write_wav};
    use rand_chacha::rand_core::SeedableRng;

    fn folder_of_singers() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for singer in ["alto", "bass"] {
            let inner = folder.path().join(singer);
            std::fs::create_dir(&inner).unwrap();
            let samples: Vec<f32> = (0..40_000).map(|n| 0.3 * (0.1 * n as f32).sin()).collect();
            let file = File::create(inner.join("phrase.WAV")).unwrap();
            write_wav(file, &[&samples], 16_000, SampleFormat::Int16).unwrap();
        }
        folder
    }

    #[test]
    fn every_folder_of_recordings_is_a_singer_with_phrases_and_pauses() {
        let folder = folder_of_singers();
        let mut singers = Vec::new();
        find_singers(folder.path(), &mut singers).unwrap();
        let names: Vec<&str> = singers.iter().map(|singer| singer.name.as_str()).collect();
        assert_eq!(names, ["alto", "bass"]);
        for seed in 0..4 {
            let stem = |seed| {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                sing(&singers[0], 600_000, 10_880, &mut rng).unwrap()
            };
            assert_eq!(stem(seed), stem(seed));
            let sounding = stem(seed)
                .iter()
                .filter(|sample| sample.abs() > 0.01)
                .count();
            assert!((60_000..590_000).contains(&sounding), "{sounding}");
        }
    }

    #[test]
    fn a_recording_that_is_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("text.wav"), b"no sound").unwrap();
        let mut singers = Vec::new();
        find_singers(folder.path(), &mut singers).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let error = sing(&singers[0], 200_000, 10_880, &mut rng).unwrap_err();
        assert!(error.to_string().contains("text.wav"), "{error}");
    }
}
