//! What the commands share that read or write folders of songs with stems (tracks, as Slakh2100 calls them).

use std::path::Path;
use std::sync::atomic::AtomicBool;

use indicatif::ProgressBar;

use crate::audio::Recording;
use crate::native::{decode, output};

/// Decodes a stem; warnings of the decoder are ignored.
///
/// # Errors
/// Why the file can't be decoded.
pub fn decode_stem(path: &Path) -> Result<Recording, String> {
    decode::decode_file(path, &AtomicBool::new(false))
        .map(|song| song.recording)
        .map_err(|error| error.to_string())
}

/// Decodes a stem and treats warnings as errors: a stem that is cut short would teach that its instrument stops.
///
/// # Errors
/// Why the file can't be decoded, or in what it is damaged.
pub fn decode_whole_stem(path: &Path) -> Result<Recording, String> {
    let song =
        decode::decode_file(path, &AtomicBool::new(false)).map_err(|error| error.to_string())?;
    match song.warnings.first() {
        Some(warning) => Err(warning.clone()),
        None => Ok(song.recording),
    }
}

/// Parses the duration of tracks, seconds.
///
/// # Errors
/// When it is no number from 5 to 3600.
pub fn duration(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(seconds) if (5.0..=3600.0).contains(&seconds) => Ok(seconds),
        _ => Err("expected 5 to 3600 seconds".to_owned()),
    }
}

/// How a command that fills a folder with tracks ended.
#[derive(Clone, Debug)]
pub struct TracksWritten {
    /// Whether it was stopped early.
    pub cancelled: bool,
    /// Tracks in the folder, new and kept ones.
    pub tracks: usize,
    /// The counts in words.
    pub summary: String,
}

impl TracksWritten {
    /// Removes the progress bar and prints the summary.
    ///
    /// # Errors
    /// When the command was stopped, or no track could be written.
    pub fn finish(&self, bar: &ProgressBar) -> anyhow::Result<()> {
        bar.finish_and_clear();
        anyhow::ensure!(!self.cancelled, "stopped; the same command goes on");
        output::print(&format!("{}\n", self.summary))?;
        anyhow::ensure!(self.tracks > 0, "no track could be written");
        Ok(())
    }
}
