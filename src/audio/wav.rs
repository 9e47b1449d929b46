//! WAV files: written for people, block by block where they are long, and read back for tests and training.

use std::io::{Read, Write};

use hound::{WavReader, WavSpec};
use serde::{Deserialize, Serialize};

use super::{AudioError, FileTags, Recording};

/// How amplitudes are stored. Integers clip at full scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SampleFormat {
    /// 16-bit integers.
    Int16,
    /// 24-bit integers.
    Int24,
    /// 32-bit floating point: exact.
    Float32,
}

impl SampleFormat {
    const fn bits(self) -> u16 {
        match self {
            SampleFormat::Int16 => 16,
            SampleFormat::Int24 => 24,
            SampleFormat::Float32 => 32,
        }
    }

    /// Bytes of one amplitude.
    pub const fn bytes(self) -> usize {
        self.bits() as usize / 8
    }

    /// The format tag: PCM or IEEE float (Multimedia Data Standards Update 3.0, 1994).
    const fn tag(self) -> u16 {
        match self {
            SampleFormat::Int16 | SampleFormat::Int24 => 1,
            SampleFormat::Float32 => 3,
        }
    }
}

/// As much as leaves room for the header in a length of 32 bits.
const MAX_DATA_BYTES: u32 = u32::MAX - 256;

/// Where the chunk of samples begins in a header.
const DATA_CHUNK: usize = 36;

/// What a WAV file that this crate writes looks like: a header of fixed length, then amplitudes, channel by channel
/// within each instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// Channels.
    pub channel_count: u16,
    /// Samples a second.
    pub sample_rate: u32,
    /// How each amplitude is stored.
    pub format: SampleFormat,
}

impl Layout {
    /// Bytes before the first amplitude.
    pub const HEADER_BYTES: usize = 44;

    /// Bytes of one instant: an amplitude a channel.
    pub const fn bytes_per_sample(&self) -> usize {
        self.channel_count as usize * self.format.bytes()
    }

    /// The header of a file of `length` samples a channel.
    ///
    /// # Errors
    /// When there are no channels, or the file would not fit into a WAV's 4 GB.
    pub fn header(&self, length: usize) -> Result<[u8; Self::HEADER_BYTES], AudioError> {
        let bytes_per_sample = match u16::try_from(self.bytes_per_sample()) {
            Ok(bytes @ 1..) => bytes,
            _ => {
                let got = usize::from(self.channel_count);
                return Err(AudioError::ChannelCount { got });
            }
        };
        let bytes_per_sec = self.sample_rate.saturating_mul(bytes_per_sample.into());
        let data_bytes = (length as u64).saturating_mul(bytes_per_sample.into());
        let Ok(data_bytes @ ..=MAX_DATA_BYTES) = u32::try_from(data_bytes) else {
            return Err(AudioError::WavTooLong { length });
        };
        let rest = Self::HEADER_BYTES as u32 - 8;
        let fields: [&[u8]; 13] = [
            b"RIFF",
            &(rest + data_bytes).to_le_bytes(),
            b"WAVE",
            b"fmt ",
            &16_u32.to_le_bytes(),
            &self.format.tag().to_le_bytes(),
            &self.channel_count.to_le_bytes(),
            &self.sample_rate.to_le_bytes(),
            &bytes_per_sec.to_le_bytes(),
            &bytes_per_sample.to_le_bytes(),
            &self.format.bits().to_le_bytes(),
            b"data",
            &data_bytes.to_le_bytes(),
        ];
        let mut header = [0; Self::HEADER_BYTES];
        header.copy_from_slice(&fields.concat());
        Ok(header)
    }

    /// [`Self::header`] with tags in it, and longer by them.
    ///
    /// # Errors
    /// As [`Self::header`].
    pub fn tagged_header(&self, length: usize, tags: &FileTags) -> Result<Vec<u8>, AudioError> {
        let header = self.header(length)?;
        let tags = tags.riff_chunk();
        let [riff, size, rest] = [&header[..4], &header[4..8], &header[8..]];
        let (format, data) = rest.split_at(DATA_CHUNK - 8);
        let size = size
            .iter()
            .rev()
            .fold(0, |size: u32, &byte| size << 8 | u32::from(byte));
        let size = size.checked_add(tags.len() as u32);
        let size = size.ok_or(AudioError::WavTooLong { length })?;
        Ok([riff, &size.to_le_bytes(), format, &tags, data].concat())
    }

    /// Appends the next samples of all channels, which must be equally many, to `out`, and counts those beyond full
    /// scale, which integers clip.
    pub fn encode(&self, channels: &[impl AsRef<[f32]>], out: &mut Vec<u8>) -> u64 {
        let mut clipped = 0;
        let length = channels.first().map_or(0, |channel| channel.as_ref().len());
        let full_scale = full_scale(self.format.bits());
        out.reserve(length * self.bytes_per_sample());
        for position in 0..length {
            for channel in channels {
                let sample = channel.as_ref()[position];
                match self.format {
                    SampleFormat::Float32 => out.extend(sample.to_le_bytes()),
                    SampleFormat::Int16 | SampleFormat::Int24 => {
                        clipped += u64::from(sample.abs() > 1.0);
                        let bytes = quantise(sample, full_scale).to_le_bytes();
                        out.extend(&bytes[..self.format.bytes()]);
                    }
                }
            }
        }
        clipped
    }

    /// How many samples that were decoded lie at the limits of their integers, where clipped ones end up.
    pub fn at_limits(&self, channels: &[impl AsRef<[f32]>]) -> u64 {
        if self.format == SampleFormat::Float32 {
            return 0;
        }
        let highest = (1.0 - full_scale(self.format.bits()).recip()) as f32;
        let samples = channels.iter().flat_map(|channel| channel.as_ref());
        samples
            .filter(|&&sample| sample >= highest || sample <= -1.0)
            .count() as u64
    }

    /// The samples of each channel in bytes after the header, from one instant's beginning on.
    pub fn decode(&self, bytes: &[u8]) -> Vec<Vec<f32>> {
        let size = self.format.bytes();
        let scale = full_scale(self.format.bits()).recip();
        let amplitude = |bytes: &[u8]| match (self.format, bytes) {
            (SampleFormat::Float32, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
            (SampleFormat::Int24, &[a, b, c]) => {
                (f64::from(i32::from_le_bytes([0, a, b, c]) >> 8) * scale) as f32
            }
            (_, &[a, b, ..]) => (f64::from(i16::from_le_bytes([a, b])) * scale) as f32,
            _ => 0.0,
        };
        (0..usize::from(self.channel_count))
            .map(|channel| {
                bytes
                    .chunks_exact(self.bytes_per_sample().max(1))
                    .map(|sample| amplitude(&sample[channel * size..(channel + 1) * size]))
                    .collect()
            })
            .collect()
    }
}

/// Samples that are encoded at once.
const BLOCK_LENGTH: usize = 1 << 14;

/// Writes the channels, all of one length, as one file.
pub fn write_wav(
    mut writer: impl Write,
    channels: &[&[f32]],
    sample_rate: u32,
    format: SampleFormat,
) -> Result<(), AudioError> {
    let length = common_length(channels)?;
    let channel_count = u16::try_from(channels.len()).map_err(|_| AudioError::ChannelCount {
        got: channels.len(),
    })?;
    let layout = Layout {
        channel_count,
        sample_rate,
        format,
    };
    writer.write_all(&layout.header(length)?)?;
    let mut bytes = Vec::new();
    for start in (0..length).step_by(BLOCK_LENGTH) {
        let end = length.min(start + BLOCK_LENGTH);
        let block: Vec<_> = channels
            .iter()
            .map(|channel| &channel[start..end])
            .collect();
        bytes.clear();
        layout.encode(&block, &mut bytes);
        writer.write_all(&bytes)?;
    }
    Ok(writer.flush()?)
}

/// Reads a file of 8- to 32-bit integers or 32-bit floating point.
///
/// # Errors
/// When it can't be read, is no WAV file, or stores amplitudes in another way.
pub fn read_wav(reader: impl Read) -> Result<Recording, AudioError> {
    let wav = WavReader::new(reader)?;
    let WavSpec {
        channels,
        sample_rate,
        bits_per_sample,
        sample_format,
    } = wav.spec();
    // An extensible header may claim as many bits as it likes.
    if !(1..=32).contains(&bits_per_sample) {
        return Err(hound::Error::Unsupported.into());
    }
    let frames = wav.duration() as usize;
    match sample_format {
        hound::SampleFormat::Float => deinterleave(wav.into_samples::<f32>(), channels, frames),
        hound::SampleFormat::Int => {
            let scale = full_scale(bits_per_sample).recip();
            let samples = wav
                .into_samples::<i32>()
                .map(|sample| Ok((f64::from(sample?) * scale) as f32));
            deinterleave(samples, channels, frames)
        }
    }
    .map(|channels| Recording {
        channels,
        sample_rate,
    })
}

fn common_length(channels: &[&[f32]]) -> Result<usize, AudioError> {
    let expected = channels
        .first()
        .ok_or(AudioError::ChannelCount { got: 0 })?
        .len();
    match channels
        .iter()
        .position(|channel| channel.len() != expected)
    {
        Some(channel) => Err(AudioError::ChannelLength {
            channel,
            got: channels[channel].len(),
            expected,
        }),
        None => Ok(expected),
    }
}

/// The integer that stands for an amplitude of 1.
fn full_scale(bits: u16) -> f64 {
    (1_u64 << (bits - 1)) as f64
}

fn quantise(sample: f32, full_scale: f64) -> i32 {
    (f64::from(sample) * full_scale)
        .round()
        .clamp(-full_scale, full_scale - 1.0) as i32
}

fn deinterleave(
    samples: impl Iterator<Item = Result<f32, hound::Error>>,
    channel_count: u16,
    frames: usize,
) -> Result<Vec<Vec<f32>>, AudioError> {
    // The header may promise more than the file holds: reserve no more than a minute of it.
    let reserve = frames.min(60 * 48_000);
    let mut channels = vec![Vec::with_capacity(reserve); usize::from(channel_count)];
    let count = channels.len();
    for (position, sample) in samples.enumerate() {
        channels[position % count].push(sample?);
    }
    Ok(channels)
}

#[cfg(test)]
mod tests;
