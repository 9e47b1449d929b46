//! Files to drop: songs, and things that are none.

use std::f32::consts::TAU;
use std::fs;
use std::path::{Path, PathBuf};

use hound::{SampleFormat, WavSpec, WavWriter};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Hertz.
pub const SAMPLE_RATE: u32 = 44_100;

/// A folder of files, gone with this value.
pub struct Songs(TempDir);

impl Songs {
    /// An empty folder.
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    /// A file of these bytes.
    pub fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).expect("the file is written");
        path
    }

    /// A WAV of eight bits and 8 kHz, of silence: a long one is small.
    pub fn long_wav(&self, name: &str, duration_secs: u32) -> PathBuf {
        let path = self.0.path().join(name);
        let spec = WavSpec {
            channels: 1,
            sample_rate: 8_000,
            bits_per_sample: 8,
            sample_format: SampleFormat::Int,
        };
        let mut writer = WavWriter::create(&path, spec).expect("the file is created");
        for _ in 0..duration_secs * spec.sample_rate {
            writer.write_sample(0_i8).expect("the sample is written");
        }
        writer.finalize().expect("the file is complete");
        path
    }

    /// WAVs of different tunes: each begins elsewhere in the same one.
    pub fn tunes(&self, count: usize, duration_secs: f32) -> Vec<PathBuf> {
        const STEP: usize = 8_000;
        let whole = tune(duration_secs + (count * STEP) as f32 / SAMPLE_RATE as f32);
        let length = (duration_secs * SAMPLE_RATE as f32) as usize;
        let file = |index: usize| {
            let samples = &whole[(index - 1) * STEP..][..length];
            self.wav(&format!("Somebody - Tune {index}.wav"), 1, samples)
        };
        (1..=count).map(file).collect()
    }

    /// A WAV of floating-point numbers in one channel, which may lie beyond full scale.
    pub fn float_wav(&self, name: &str, samples: &[f32]) -> PathBuf {
        let path = self.0.path().join(name);
        let spec = WavSpec {
            channels: 1,
            sample_rate: SAMPLE_RATE,
            bits_per_sample: 32,
            sample_format: SampleFormat::Float,
        };
        let mut writer = WavWriter::create(&path, spec).expect("the file is created");
        for &sample in samples {
            writer.write_sample(sample).expect("the sample is written");
        }
        writer.finalize().expect("the file is complete");
        path
    }

    /// A WAV that plays the same in every channel.
    pub fn wav(&self, name: &str, channels: u16, samples: &[f32]) -> PathBuf {
        self.wav_at(name, channels, SAMPLE_RATE, samples)
    }

    /// [`Self::wav`] at another rate.
    pub fn wav_at(&self, name: &str, channels: u16, sample_rate: u32, samples: &[f32]) -> PathBuf {
        let path = self.0.path().join(name);
        let spec = WavSpec {
            channels,
            sample_rate,
            bits_per_sample: 16,
            sample_format: SampleFormat::Int,
        };
        let mut writer = WavWriter::create(&path, spec).expect("the file is created");
        for sample in samples {
            for _ in 0..channels {
                writer
                    .write_sample((sample * f32::from(i16::MAX)) as i16)
                    .expect("the sample is written");
            }
        }
        writer.finalize().expect("the file is complete");
        path
    }
}

/// The song that ships with the page and that no network was trained on.
pub fn demo() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("public/demo.ogg")
}

/// A chord of 1.2 s in one of the usual formats.
pub fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/audio")
        .join(name)
}

/// A plucked melody over a bass note and a beat: simple, but no silence and no single tone.
pub fn tune(duration_secs: f32) -> Vec<f32> {
    let count = (duration_secs * SAMPLE_RATE as f32) as usize;
    let mut noise = 0x2545_f491_u32;
    (0..count)
        .map(|index| {
            let secs = index as f32 / SAMPLE_RATE as f32;
            let (beat, since) = ((secs * 2.0) as usize, (secs * 2.0).fract() / 2.0);
            let pitch_hz = [220.0, 261.6, 329.6, 392.0, 440.0, 329.6, 293.7, 246.9][beat % 8];
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let hiss = noise as f32 / u32::MAX as f32 - 0.5;
            let melody = (TAU * pitch_hz * secs).sin() + 0.5 * (TAU * 2.0 * pitch_hz * secs).sin();
            let bass = (TAU * 55.0 * secs).sin();
            0.2 * melody * (-6.0 * since).exp() + 0.2 * bass + 0.3 * hiss * (-40.0 * since).exp()
        })
        .collect()
}

/// A catalogue whose songs are all called "New ..." something.
pub fn retitled(catalogue: &str) -> String {
    let mut catalogue: Value = serde_json::from_str(catalogue).expect("JSON");
    for track in catalogue["tracks"].as_array_mut().expect("a list") {
        track["title"] = json!(format!("New {}", track["title"].as_str().expect("a title")));
    }
    catalogue.to_string()
}
