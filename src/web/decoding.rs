//! A file of the visitor's to decoded audio, by the browser's decoders, on what the file really holds.
//!
//! The file is surveyed first (see [`crate::audio::container`]): a header that is a little wrong is corrected before
//! the browser sees it, and what the browser decodes is compared with what the bytes hold, since browsers pass over
//! damage without a word. Neither the header's nor the audio element's word counts for a song's length.

use std::ops::Range;

use js_sys::{ArrayBuffer, Float32Array, Float64Array, Uint8Array};
use web_sys::{AudioBuffer, Blob};

use super::platform::{PlatformError, blob, decode, reader::Reader};
use crate::{
    analysis::MAX_DURATION_SECS,
    audio::{
        container::{self, Codec, Container, Part, Survey},
        wav::{Layout, SampleFormat},
    },
};

/// A promise that is missed by less than this is kept.
const PROMISE_SECS: f64 = 0.1;
/// Bytes that are recoded at once: whole samples of any size.
const RECODED_BYTES: u64 = 24 << 16;

/// A decoded file.
#[derive(Debug)]
pub struct Decoded {
    /// The decoded audio.
    pub audio: AudioBuffer,
    /// Whether the file's end is missing, or the browser did not decode it: browsers do not say.
    pub is_cut_off: bool,
}

/// Why a file was not decoded.
#[derive(Clone, Debug, PartialEq)]
pub enum DecodeError {
    /// Longer than can be analysed, by the bytes that are there.
    TooLong {
        /// Its duration.
        secs: f64,
    },
    /// Of no known kind, and the browser cannot decode it.
    NotAudio,
    /// Of a kind that has no sound, by its name.
    NoSound(&'static str),
    /// The end is missing and the rest does not decode.
    CutOff,
    /// Well-formed, without one sample.
    NoSamples,
    /// Of a kind that this browser does not play, by its name.
    Unplayable(String),
    /// Looks like audio but does not decode.
    Damaged,
    /// The browser does not let the page read the file.
    Unreadable(PlatformError),
}

impl From<PlatformError> for DecodeError {
    fn from(error: PlatformError) -> Self {
        Self::Unreadable(error)
    }
}

/// Decodes a whole file.
///
/// # Errors
/// When it holds no sound that this browser can decode, or more than can be analysed.
pub async fn decode_file(file: &Blob) -> Result<Decoded, DecodeError> {
    let bytes = decode::read_bytes(file).await?;
    let survey = container::survey(Reader::new(&bytes)).ok().flatten();
    let Some(survey) = survey else {
        let decoded = decode::decode(&bytes, decode::DEFAULT_SAMPLE_RATE).await;
        let audio = decoded.map_err(|_| DecodeError::NotAudio)?;
        return Ok(Decoded {
            audio,
            is_cut_off: false,
        });
    };
    if let Some(secs) = survey
        .duration_secs
        .filter(|&secs| secs > f64::from(MAX_DURATION_SECS))
    {
        return Err(DecodeError::TooLong { secs });
    }
    let decoded = decode_streams(file, bytes, &survey).await;
    let audio = decoded.map_err(|error| explained(error, &survey))?;
    let is_cut_off = is_cut_off(&survey, audio.duration());
    Ok(Decoded { audio, is_cut_off })
}

/// What a browser that cannot decode a file does not say.
fn explained(error: DecodeError, survey: &Survey) -> DecodeError {
    match (error, survey.container) {
        (DecodeError::Damaged, Container::NoSound(name)) => DecodeError::NoSound(name),
        (DecodeError::Damaged, _) if survey.is_cut_off => DecodeError::CutOff,
        (DecodeError::Damaged, _) if survey.duration_secs == Some(0.0) => DecodeError::NoSamples,
        (DecodeError::Damaged, _) if !decode::can_play(survey.media_type()) => {
            DecodeError::Unplayable(survey.name())
        }
        (error, _) => error,
    }
}

fn is_cut_off(survey: &Survey, decoded_secs: f64) -> bool {
    let promised = survey.header_secs;
    let is_short = |secs: f64| decoded_secs + PROMISE_SECS < secs;
    survey.is_cut_off || survey.is_short(decoded_secs) || promised.is_some_and(is_short)
}

/// Decodes the recordings of a file, repaired where they have to be, one after another.
async fn decode_streams(
    file: &Blob,
    bytes: ArrayBuffer,
    survey: &Survey,
) -> Result<AudioBuffer, DecodeError> {
    let sample_rate = survey.sample_rate.unwrap_or(decode::DEFAULT_SAMPLE_RATE);
    let decode = async |bytes: &ArrayBuffer| {
        let decoded = decode::decode(bytes, sample_rate).await;
        decoded.map_err(|_| DecodeError::Damaged)
    };
    if survey.streams.is_empty() {
        return decode(&bytes).await;
    }
    // The browser can let the original go before it makes another one.
    drop(bytes);
    let mut parts = Vec::new();
    for stream in &survey.streams {
        let bytes = decode::read_bytes(&spliced(file, stream).await?).await?;
        let bytes = match survey.codec {
            Codec::Float64 => single_precision(&bytes, survey).ok_or(DecodeError::Damaged)?,
            _ => bytes,
        };
        parts.push(decode(&bytes).await?);
    }
    Ok(decode::join(parts)?)
}

/// The parts of a file as a file.
async fn spliced(file: &Blob, parts: &[Part]) -> Result<Blob, PlatformError> {
    let pieces = js_sys::Array::new();
    for part in parts {
        match part {
            Part::New(bytes) => {
                pieces.push(&Uint8Array::from(bytes.as_slice()));
            }
            Part::Kept(range) => {
                pieces.push(&slice(file, range.clone())?.into());
            }
            Part::Recoded(range, recoding) => {
                let mut start = range.start;
                while start < range.end {
                    let end = range.end.min(start + RECODED_BYTES);
                    let block = decode::read_bytes(&slice(file, start..end)?).await?;
                    let mut samples = Uint8Array::new(&block).to_vec();
                    recoding.apply(&mut samples);
                    pieces.push(&blob::of_bytes(&samples)?.into());
                    start = end;
                }
            }
        }
    }
    Ok(Blob::new_with_buffer_source_sequence(&pieces)?)
}

fn slice(file: &Blob, range: Range<u64>) -> Result<Blob, PlatformError> {
    Ok(file.slice_with_f64_and_f64(range.start as f64, range.end as f64)?)
}

/// A WAV of 64-bit floating point, which browsers do not play, in 32 bits; its samples begin behind the header that was
/// made for it.
fn single_precision(bytes: &ArrayBuffer, survey: &Survey) -> Option<ArrayBuffer> {
    let Some(Part::New(header)) = survey.streams.first()?.first() else {
        return None;
    };
    let layout = Layout {
        channel_count: survey.channel_count?,
        sample_rate: survey.sample_rate?,
        format: SampleFormat::Float32,
    };
    let start = header.len() as u32;
    let frame_bytes = 8 * u32::from(layout.channel_count);
    let frames = bytes.byte_length().checked_sub(start)? / frame_bytes;
    let samples = Float64Array::new(&bytes.slice_with_end(start, start + frames * frame_bytes));
    let header = layout.header(frames as usize).ok()?;
    let length = header.len() as u32 + samples.length() * 4;
    let file = Uint8Array::new_with_length(length);
    file.set(&Uint8Array::from(header.as_slice()), 0);
    let single = Float32Array::new(&samples);
    file.set(&Uint8Array::new(&single.buffer()), header.len() as u32);
    Some(file.buffer())
}
