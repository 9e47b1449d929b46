//! L7, native: `catalogue check|merge|export|split|stats|diff`: what can be done with catalogues without any audio.

mod check;
mod diff;
mod export;
mod merge;
#[cfg(feature = "parquet")]
mod parquet;
#[cfg(not(feature = "parquet"))]
#[path = "parquet_disabled.rs"]
mod parquet;
mod split;
mod stats;

use std::{fs, io::Write, path::Path};

use anyhow::Context;
use clap::Subcommand;

use crate::{catalogue::Catalogue, native::output::PendingFiles};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum CatalogueCommand {
    /// Tell whether a catalogue is as it must be
    Check(check::Arguments),
    /// Join catalogues of one model
    Merge(merge::Arguments),
    /// Write a catalogue as a table for other programs
    Export(export::Arguments),
    /// Make a large catalogue files that a page loads piece by piece
    Split(split::Arguments),
    /// Sum a catalogue up
    Stats(stats::Arguments),
    /// Tell what changed from one catalogue to another
    Diff(diff::Arguments),
}

impl CatalogueCommand {
    /// Runs one of them.
    ///
    /// # Errors
    /// When a catalogue can't be read, makes no sense, or the result can't be written.
    pub fn run(&self) -> anyhow::Result<()> {
        match self {
            Self::Check(arguments) => check::run(arguments),
            Self::Merge(arguments) => merge::run(arguments),
            Self::Export(arguments) => export::run(arguments),
            Self::Split(arguments) => split::run(arguments),
            Self::Stats(arguments) => stats::run(arguments),
            Self::Diff(arguments) => diff::run(arguments),
        }
    }
}

fn read_text(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

/// A catalogue of whatever model.
///
/// # Errors
/// When it can't be read or makes no sense.
pub fn read(path: &Path) -> anyhow::Result<Catalogue> {
    Catalogue::from_json_of_any_model(&read_text(path)?)
        .with_context(|| format!("{} cannot be used", path.display()))
}

/// Writes a file that appears whole or not at all.
fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut pending = PendingFiles::default();
    let mut file = pending.create(path)?;
    file.write_all(bytes)
        .and_then(|()| file.flush())
        .with_context(|| format!("{} cannot be written", path.display()))?;
    pending.publish()
}
