//! Why a file was not decoded.

use std::io;

use crate::{analysis::MAX_DURATION_SECS, audio::SAMPLE_RATE_LIMITS};

/// Why a file was not decoded. Messages are predicates whose subject is the file.
#[derive(Debug, thiserror::Error)]
pub enum DecodeError {
    /// The operating system refuses.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
    /// There is no room for the temporary copy of standard input.
    #[error("comes through a pipe and cannot be kept in a temporary file: {0}")]
    Keep(io::Error),
    /// A pipe that does not end.
    #[error("comes through a pipe that gave more than {} GiB: save a part of it as a file first", most_bytes >> 30)]
    Endless {
        /// Bytes that were read.
        most_bytes: u64,
    },
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
    /// A file of a known kind that has no sound.
    #[error("is {0}: expected an audio file")]
    NoSound(&'static str),
    /// A known container, but nothing in it can be decoded.
    #[error("is damaged or cut off: no sound could be read from it ({0})")]
    Damaged(String),
    /// A container, such as a video's, without audio.
    #[error("holds no audio track")]
    NoTrack,
    /// A container or codec that is known but cannot be decoded here.
    #[error(
        "is {0}, which cannot be read: convert it first, for instance with ffmpeg, to WAV, FLAC, MP3, Ogg Vorbis or \
         AAC-LC"
    )]
    Unsupported(String),
    /// A rate that no audio has.
    #[error("has a sample rate of {0} Hz: expected {min} to {max}", min = SAMPLE_RATE_LIMITS.start(), max = SAMPLE_RATE_LIMITS.end())]
    SampleRate(u32),
    /// Over the limit.
    #[error("is longer than {most:.0} minutes{found}: cut it first", most = MAX_DURATION_SECS / 60.0,
        found = found_secs.map(|secs| format!(" ({:.1} minutes)", secs / 60.0)).unwrap_or_default())]
    TooLong {
        /// Its duration, where it was counted.
        found_secs: Option<f64>,
    },
    /// A well-formed file of no duration.
    #[error("holds no sound (0 seconds)")]
    NoSamples,
    /// Stopped by the user.
    #[error("was not read to its end: cancelled")]
    Cancelled,
}
