//! Writes mono audio as 16-bit FLAC or WAV.

use std::path::Path;
use std::str::FromStr;

use super::RenderError;
use crate::audio::{
    AudioError, FileTags,
    flac::FlacEncoder,
    wav::{Layout, SampleFormat},
};

const BITS: u16 = 16;
const FULL_SCALE: f32 = 32_767.0;

/// Container and coding of rendered audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AudioFormat {
    /// FLAC, as Slakh2100 is distributed.
    Flac,
    /// PCM WAV: larger, faster to write and read.
    Wav,
}

impl AudioFormat {
    /// File name extension.
    pub const fn extension(self) -> &'static str {
        match self {
            AudioFormat::Flac => "flac",
            AudioFormat::Wav => "wav",
        }
    }
}

impl FromStr for AudioFormat {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = [AudioFormat::Flac, AudioFormat::Wav];
        known
            .into_iter()
            .find(|format| format.extension() == name)
            .ok_or_else(|| format!("unknown format {name:?}: expected flac or wav"))
    }
}

/// Writes samples in [-1, 1] to `path`.
pub fn write_audio(
    path: &Path,
    samples: &[f32],
    sample_rate: u32,
    format: AudioFormat,
) -> Result<(), RenderError> {
    let quantised = samples
        .iter()
        .map(|sample| (sample.clamp(-1.0, 1.0) * FULL_SCALE).round() as i32);
    let bytes = match format {
        AudioFormat::Flac => flac(quantised, sample_rate)?,
        AudioFormat::Wav => wav(quantised, sample_rate),
    };
    std::fs::write(path, bytes).map_err(RenderError::file(path))
}

fn flac(samples: impl Iterator<Item = i32>, sample_rate: u32) -> Result<Vec<u8>, RenderError> {
    let failed = |error: AudioError| {
        RenderError::Synthesis(format!("the audio could not be encoded: {error}"))
    };
    let layout = Layout {
        channel_count: 1,
        sample_rate,
        format: SampleFormat::Int16,
    };
    let bytes: Vec<u8> = samples
        .flat_map(|sample| (sample as i16).to_le_bytes())
        .collect();
    let mut encoder = FlacEncoder::new(layout).map_err(failed)?;
    let mut frames = Vec::new();
    encoder.encode(&bytes, &mut frames);
    let mut file = encoder.header(&FileTags::default());
    file.extend(frames);
    Ok(file)
}

fn wav(samples: impl ExactSizeIterator<Item = i32>, sample_rate: u32) -> Vec<u8> {
    let (bytes_a_sample, data_bytes) = (
        u32::from(BITS / 8),
        samples.len() as u32 * u32::from(BITS / 8),
    );
    let mut bytes = Vec::with_capacity(44 + data_bytes as usize);
    bytes.extend(b"RIFF");
    bytes.extend((36 + data_bytes).to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(16_u32.to_le_bytes());
    bytes.extend([1_u16, 1].into_iter().flat_map(u16::to_le_bytes));
    bytes.extend(
        [sample_rate, sample_rate * bytes_a_sample]
            .into_iter()
            .flat_map(u32::to_le_bytes),
    );
    bytes.extend([BITS / 8, BITS].into_iter().flat_map(u16::to_le_bytes));
    bytes.extend(b"data");
    bytes.extend(data_bytes.to_le_bytes());
    bytes.extend(samples.flat_map(|sample| (sample as i16).to_le_bytes()));
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn wav_reads_back_and_flac_is_smaller() {
        let folder = tempfile::tempdir().unwrap();
        let samples: Vec<f32> = (0..20_000).map(|i| (i as f32 * 0.02).sin() * 0.5).collect();
        let (wav, flac) = (folder.path().join("a.wav"), folder.path().join("a.flac"));
        write_audio(&wav, &samples, 10_880, AudioFormat::Wav).unwrap();
        write_audio(&flac, &samples, 10_880, AudioFormat::Flac).unwrap();
        let mut reader = hound::WavReader::open(&wav).unwrap();
        assert_eq!(
            (
                reader.spec().sample_rate,
                reader.spec().channels,
                reader.len()
            ),
            (10_880, 1, 20_000)
        );
        let read: Vec<i16> = reader.samples().map(Result::unwrap).collect();
        assert!(
            read.iter()
                .zip(&samples)
                .all(|(a, b)| (f32::from(*a) / FULL_SCALE - b).abs() < 1e-4)
        );
        let bytes = std::fs::read(&flac).unwrap();
        assert!(bytes.starts_with(b"fLaC"));
        assert_eq!(bytes[8..10], bytes[10..12], "least and largest block");
        assert!(
            std::fs::metadata(&flac).unwrap().len() < std::fs::metadata(&wav).unwrap().len() / 2
        );
    }
}
