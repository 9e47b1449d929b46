//! L0: WAV files, written for people and read back for tests and training.

use std::io::{Read, Seek, Write};

use hound::{WavReader, WavSpec, WavWriter};

use super::{AudioError, Recording};

/// How amplitudes are stored. Integers clip at full scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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
}

/// Writes the channels, all of one length, as one file.
pub fn write_wav(
    writer: impl Write + Seek,
    channels: &[&[f32]],
    sample_rate: u32,
    format: SampleFormat,
) -> Result<(), AudioError> {
    let length = common_length(channels)?;
    let sample_format = match format {
        SampleFormat::Float32 => hound::SampleFormat::Float,
        SampleFormat::Int16 | SampleFormat::Int24 => hound::SampleFormat::Int,
    };
    let count = u16::try_from(channels.len()).map_err(|_| AudioError::ChannelCount {
        got: channels.len(),
    })?;
    let spec = WavSpec {
        channels: count,
        sample_rate,
        bits_per_sample: format.bits(),
        sample_format,
    };
    let mut wav = WavWriter::new(writer, spec)?;
    let full_scale = full_scale(format.bits());
    for position in 0..length {
        for channel in channels {
            let sample = channel[position];
            match format {
                SampleFormat::Float32 => wav.write_sample(sample)?,
                _ => wav.write_sample(quantise(sample, full_scale))?,
            }
        }
    }
    Ok(wav.finalize()?)
}

/// Reads a file of 8- to 32-bit integers or 32-bit floating point.
pub fn read_wav(reader: impl Read) -> Result<Recording, AudioError> {
    let wav = WavReader::new(reader)?;
    let WavSpec {
        channels,
        sample_rate,
        bits_per_sample,
        sample_format,
    } = wav.spec();
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
mod tests {
    use std::io::Cursor;

    use super::*;

    fn round_trip(channels: &[&[f32]], format: SampleFormat) -> Recording {
        let mut file = Cursor::new(Vec::new());
        write_wav(&mut file, channels, 44_100, format).expect("writes");
        read_wav(file.into_inner().as_slice()).expect("reads")
    }

    #[test]
    fn every_format_comes_back_within_its_step() {
        let (left, right) = (
            [0.0, 0.1, -0.7, 0.999, -1.0],
            [1e-3, -1e-3, 0.25, 0.5, -0.5],
        );
        for (format, step) in [
            (SampleFormat::Int16, 1.0 / 32_768.0),
            (SampleFormat::Int24, 1.0 / 8_388_608.0),
            (SampleFormat::Float32, 0.0),
        ] {
            let recording = round_trip(&[&left, &right], format);
            assert_eq!(recording.sample_rate, 44_100);
            for (got, expected) in recording.channels.iter().zip([&left, &right]) {
                assert_eq!(got.len(), expected.len());
                assert!(
                    got.iter()
                        .zip(expected)
                        .all(|(a, b)| (a - b).abs() <= step / 2.0),
                    "{format:?}"
                );
            }
        }
    }

    #[test]
    fn integers_clip_instead_of_wrapping() {
        let recording = round_trip(&[&[2.0, -2.0]], SampleFormat::Int16);
        assert_eq!(recording.channels, [[32_767.0 / 32_768.0, -1.0]]);
    }

    #[test]
    fn silence_of_no_length_is_a_file_too() {
        assert_eq!(
            round_trip(&[&[], &[]], SampleFormat::Int16).channels,
            [[], [] as [f32; 0]]
        );
    }

    #[test]
    fn unequal_or_missing_channels_are_refused() {
        let write = |channels: &[&[f32]]| {
            write_wav(
                Cursor::new(Vec::new()),
                channels,
                8_000,
                SampleFormat::Int16,
            )
        };
        let unequal = write(&[&[0.0, 0.0], &[0.0]]).expect_err("unequal");
        assert_eq!(
            unequal.to_string(),
            "channel 1 has 1 samples: expected 2, as in the first"
        );
        assert!(matches!(
            write(&[]),
            Err(AudioError::ChannelCount { got: 0 })
        ));
    }

    #[test]
    fn what_is_no_wav_says_so() {
        assert!(matches!(
            read_wav(&b"not a wav"[..]),
            Err(AudioError::Wav(_))
        ));
    }
}
