//! Renders training songs from MIDI and sound banks into folders laid out as Slakh2100's.
//!
//! A song is a [`score::Score`]: read from a MIDI file or composed. It is arranged (programs redrawn, parts dropped or
//! muted), every part is played by a bank drawn at random, passed through a few effects, brought to one loudness, drawn
//! a level and written beside the sum of all parts. Track `n` depends on the seed and on `n` alone.

pub mod arrange;
pub mod bank;
pub mod cast;
pub mod compose;
mod demo;
pub mod effects;
pub mod files;
pub mod job;
pub mod loudness;
pub mod metadata;
pub mod midi;
pub mod program;
pub mod score;
pub mod synth;
pub mod track;
pub mod voices;

#[cfg(test)]
mod test_bank;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use demo::render_demo;
pub use job::{Observe, RenderEvent, RenderOptions, RenderSummary, render};

/// Errors of rendering; every message names the file concerned.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A sound bank that the synthesizer refuses.
    #[error("{}: not a usable sound bank: {reason}", path.display())]
    Bank {
        /// Which one.
        path: PathBuf,
        /// The synthesizer's message.
        reason: String,
    },
    /// A MIDI file that does not parse, or has no notes.
    #[error("{}: not a usable MIDI file: {reason}", path.display())]
    Midi {
        /// Which one.
        path: PathBuf,
        /// The parser's message.
        reason: String,
    },
    /// A recording of a voice that can't be read.
    #[error("{}: not a usable recording: {reason}", path.display())]
    Recording {
        /// Which one.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// No bank at all can play.
    #[error(
        "no sound bank could be loaded: name at least one SF2 or SF3 file, or a folder of them"
    )]
    NoBanks,
    /// Neither MIDI files nor composed songs.
    #[error("no songs: name a folder with MIDI files, or ask for composed ones")]
    NoSongs,
    /// Folders of voices without a recording in them.
    #[error("no recorded voices: name folders that hold a folder of WAV files for each singer")]
    NoVoices,
    /// Every part of the song rendered to silence.
    #[error("song {0}: no bank gave any sound for it")]
    SilentSong(String),
    /// The synthesizer, encoder or resampler refused its settings.
    #[error("rendering failed: {0}")]
    Synthesis(String),
}

impl RenderError {
    fn file(path: &Path) -> impl FnOnce(std::io::Error) -> RenderError {
        move |source| RenderError::File {
            path: path.to_owned(),
            source,
        }
    }
}
