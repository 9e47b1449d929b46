//! `catalogue check|merge|export|split|stats|diff`: commands on catalogues that need no audio.

mod check;
mod diff;
mod export;
mod merge;
mod parquet;
mod split;
mod stats;

use std::{borrow::Cow, path::Path};

use anyhow::Context;
use clap::Subcommand;

use crate::{
    catalogue::{Catalogue, CatalogueError},
    native::{CommandContext, text},
};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum CatalogueCommand {
    /// Check a catalogue and list every problem
    Check(check::Arguments),
    /// Join catalogues of one model
    Merge(merge::Arguments),
    /// Write a catalogue as a table for other programs
    Export(export::Arguments),
    /// Split a large catalogue into files that the page loads as needed
    Split(split::Arguments),
    /// Print statistics of a catalogue
    Stats(stats::Arguments),
    /// List what changed from one catalogue to another
    Diff(diff::Arguments),
}

impl CatalogueCommand {
    /// Runs one of them.
    ///
    /// # Errors
    /// When a catalogue can't be read, is invalid, or the result can't be written.
    pub fn run(&self, context: &CommandContext) -> anyhow::Result<()> {
        match self {
            Self::Check(arguments) => check::run(arguments),
            Self::Merge(arguments) => merge::run(arguments, context),
            Self::Export(arguments) => export::run(arguments, context),
            Self::Split(arguments) => split::run(arguments, context),
            Self::Stats(arguments) => stats::run(arguments),
            Self::Diff(arguments) => diff::run(arguments),
        }
    }
}

/// A catalogue of any model, from JSON or, if its name ends in .parquet, from Parquet.
///
/// # Errors
/// When it can't be read or is invalid.
pub fn read(path: &Path) -> anyhow::Result<Catalogue> {
    read_part(path)?.with_context(|| format!("{} holds no songs", path.display()))
}

/// As [`read`]; nothing for a Parquet file without rows, which distributed engines leave beside others.
fn read_part(path: &Path) -> anyhow::Result<Option<Catalogue>> {
    let part = read_unchecked(path, None)?.map(Catalogue::checked);
    part.transpose().with_context(|| unusable(path))
}

/// As [`read_part`], its values not yet looked at, and of one model if that is named.
fn read_unchecked(
    path: &Path,
    expected_model_id: Option<&str>,
) -> anyhow::Result<Option<Catalogue>> {
    if !ending(path).eq_ignore_ascii_case("parquet") {
        let catalogue = Catalogue::from_json_unchecked(&text::read(path)?, expected_model_id);
        return Ok(Some(catalogue.with_context(|| unusable(path))?));
    }
    let catalogue = parquet::read(path).with_context(|| unusable(path))?;
    match (&catalogue, expected_model_id) {
        (Some(Catalogue { model_id, .. }), Some(expected)) if model_id != expected => {
            let (expected, got) = (expected.to_owned(), model_id.clone());
            Err(CatalogueError::Model { expected, got }).with_context(|| unusable(path))
        }
        _ => Ok(catalogue),
    }
}

fn unusable(path: &Path) -> String {
    format!("{} cannot be used", path.display())
}

/// A file's extension.
fn ending(path: &Path) -> Cow<'_, str> {
    path.extension().unwrap_or_default().to_string_lossy()
}
