//! L7, native: audio files of the usual kinds (WAV, FLAC, MP3, Ogg Vorbis, AAC/M4A, AIFF, CAF, ALAC) to a recording.
//!
//! Unless they are asked for, channels are averaged packet by packet, as [`Recording::to_mono`] averages a whole
//! recording, so that an hour of many-channelled audio never sits in memory at once. What can be read of a damaged file is kept and the rest is said
//! in [`Song::warnings`].

mod edit_list;
mod guard;
mod reader;
mod tags;

use std::{
    fs::File,
    io::{self, BufReader, Seek},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use symphonia::core::io::{MediaSource, ReadOnlySource};

use crate::{
    analysis::MAX_DURATION_SECS,
    audio::{Recording, SAMPLE_RATE_LIMITS},
};

pub use tags::{Tags, is_link, said, year_of};

/// An audio file's contents.
#[derive(Clone, Debug)]
pub struct Song {
    /// The average of the file's channels, or these as they are, at the file's sample rate, without the encoder's
    /// padding.
    pub recording: Recording,
    /// How many channels the file has.
    pub channel_count: usize,
    /// What the file says about itself.
    pub tags: Tags,
    /// What was wrong with the file though it could be read, as predicates: "is cut off: ...".
    pub warnings: Vec<String>,
}

/// Why a file gives no recording. Messages are predicates whose subject is the file.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The operating system refuses.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// A folder was given.
    #[error("is a folder: expected an audio file")]
    Folder,
    /// No bytes.
    #[error("is empty (0 bytes)")]
    Empty,
    /// No known container was found.
    #[error(
        "is not an audio file that can be read: expected WAV, FLAC, MP3, Ogg Vorbis or AAC/M4A"
    )]
    NotAudio,
    /// A known container, but nothing in it can be decoded.
    #[error("is damaged or cut off: no sound could be read from it ({0})")]
    Damaged(String),
    /// A container, such as a video's, without audio.
    #[error("holds no audio track")]
    NoTrack,
    /// A known container with a codec that cannot be decoded here.
    #[error(
        "is encoded as {0}, which cannot be read: expected PCM, FLAC, MP3, Vorbis, AAC-LC or ALAC"
    )]
    UnsupportedCodec(String),
    /// A rate that no audio has.
    #[error("has a sample rate of {0} Hz: expected {min} to {max}", min = SAMPLE_RATE_LIMITS.start(), max = SAMPLE_RATE_LIMITS.end())]
    SampleRate(u32),
    /// Over the limit.
    #[error("is longer than {:.0} minutes: cut it first", MAX_DURATION_SECS / 60.0)]
    TooLong,
    /// A well-formed file of no duration.
    #[error("holds no sound (0 seconds)")]
    NoSamples,
    /// Stopped by the user.
    #[error("was not read to its end: cancelled")]
    Cancelled,
}

/// What becomes of a file's channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channels {
    /// Their average is one channel.
    Averaged,
    /// They stay as they are.
    Kept,
}

/// Reads a file as one channel, unless `cancelled` becomes true meanwhile.
///
/// # Errors
/// See [`DecodeError`]. A decoder that panics, as some do on hostile files, counts as damage.
pub fn decode_file(path: &Path, cancelled: &AtomicBool) -> Result<Song, DecodeError> {
    decode_channels(path, Channels::Averaged, cancelled)
}

/// Reads a file, unless `cancelled` becomes true meanwhile.
///
/// # Errors
/// As [`decode_file`].
pub fn decode_channels(
    path: &Path,
    channels: Channels,
    cancelled: &AtomicBool,
) -> Result<Song, DecodeError> {
    guard::run(|| decode_trusted(path, channels, cancelled))
        .unwrap_or_else(|| Err(DecodeError::Damaged("the decoder gave up".to_owned())))
}

fn decode_trusted(
    path: &Path,
    channels: Channels,
    cancelled: &AtomicBool,
) -> Result<Song, DecodeError> {
    let mut file = File::open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_dir() {
        return Err(DecodeError::Folder);
    }
    if metadata.is_file() && metadata.len() == 0 {
        return Err(DecodeError::Empty);
    }
    let trim = edit_list::read(&mut &file);
    file.rewind()?;
    let collector = || Collector::new(channels, trim);
    let song = match decode(file, collector(), cancelled) {
        // The demuxer refuses an MP4 that is cut off, unless it thinks that it reads from a pipe.
        Err(DecodeError::Damaged(reason)) if trim.is_some() => {
            let pipe = ReadOnlySource::new(BufReader::new(File::open(path)?));
            decode(pipe, collector(), cancelled).map_err(|_| DecodeError::Damaged(reason))
        }
        result => result,
    }?;
    let tags = guard::run(|| Tags::read(path)).unwrap_or_default();
    Ok(Song { tags, ..song })
}

fn decode<S: MediaSource + 'static>(
    source: S,
    mut collector: Collector,
    cancelled: &AtomicBool,
) -> Result<Song, DecodeError> {
    let mut opened = reader::open(Box::new(source))?;
    collector.expected_frames = opened.expected_frames;
    while let Some(packet) = opened.next_packet()? {
        if cancelled.load(Ordering::Relaxed) {
            return Err(DecodeError::Cancelled);
        }
        collector.push(packet)?;
    }
    let mut warnings = opened.warnings();
    let (recording, channel_count) = collector.finish(&mut warnings)?;
    Ok(Song {
        recording,
        channel_count,
        tags: Tags::default(),
        warnings,
    })
}

/// Frames of the longest song that is read.
fn longest(sample_rate: u32) -> u64 {
    (f64::from(sample_rate) * f64::from(MAX_DURATION_SECS)) as u64
}

/// Gathers decoded packets.
struct Collector {
    keep: Channels,
    trim: Option<edit_list::Trim>,
    /// What is kept: none before the first packet.
    channels: Vec<Vec<f32>>,
    /// Of the first packet; later packets are at the same rate.
    sample_rate: Option<u32>,
    channel_count: usize,
    expected_frames: Option<u64>,
}

impl Collector {
    fn new(keep: Channels, trim: Option<edit_list::Trim>) -> Self {
        Self {
            keep,
            trim,
            channels: Vec::new(),
            sample_rate: None,
            channel_count: 0,
            expected_frames: None,
        }
    }

    fn length(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Refuses lengths over the limit before and while memory is taken.
    fn start(&mut self, sample_rate: u32) -> Result<(), DecodeError> {
        if !SAMPLE_RATE_LIMITS.contains(&sample_rate) {
            return Err(DecodeError::SampleRate(sample_rate));
        }
        self.sample_rate = Some(sample_rate);
        let expected = self.expected_frames.unwrap_or_default();
        if expected > longest(sample_rate) {
            return Err(DecodeError::TooLong);
        }
        for channel in &mut self.channels {
            // Growing would take twice the memory; where a header lies and this much is not to be had, growing goes on.
            let _ = channel.try_reserve_exact(expected as usize);
        }
        Ok(())
    }

    fn push(&mut self, packet: Recording) -> Result<(), DecodeError> {
        let sample_rate = packet.sample_rate;
        if self.sample_rate.is_none() {
            self.channel_count = packet.channels.len();
            self.channels = match self.keep {
                Channels::Averaged => vec![Vec::new()],
                Channels::Kept => vec![Vec::new(); self.channel_count],
            };
            self.start(sample_rate)?;
        }
        let parts = match self.keep {
            Channels::Averaged => vec![packet.to_mono().samples],
            Channels::Kept => packet.channels,
        };
        for (channel, mut part) in self.channels.iter_mut().zip(parts) {
            channel.append(&mut part);
        }
        if self.length() as u64 > longest(sample_rate) {
            return Err(DecodeError::TooLong);
        }
        Ok(())
    }

    fn finish(mut self, warnings: &mut Vec<String>) -> Result<(Recording, usize), DecodeError> {
        let Some(sample_rate) = self.sample_rate.filter(|_| self.length() > 0) else {
            let is_promised = self.expected_frames.is_some_and(|frames| frames > 0);
            return Err(if is_promised || !warnings.is_empty() {
                DecodeError::Damaged("it ends or breaks before any sound".to_owned())
            } else {
                DecodeError::NoSamples
            });
        };
        self.warn_about_length(sample_rate, warnings);
        if let Some(trim) = self.trim {
            for channel in &mut self.channels {
                trim.apply(channel, sample_rate);
            }
        }
        let recording = Recording {
            channels: self.channels,
            sample_rate,
        };
        Ok((recording, self.channel_count))
    }

    /// Says when clearly less was decoded than the header promised.
    fn warn_about_length(&self, sample_rate: u32, warnings: &mut Vec<String>) {
        let Some(expected) = self.expected_frames else {
            return;
        };
        let tolerance = u64::from(sample_rate) / 10;
        if self.length() as u64 + tolerance < expected {
            let secs = |frames: f64| frames / f64::from(sample_rate);
            warnings.retain(|warning| warning != reader::CUT_OFF);
            warnings.push(format!(
                "is cut off: {:.1} of {:.1} seconds could be read",
                secs(self.length() as f64),
                secs(expected as f64)
            ));
        }
    }
}
