//! `catalogue merge FILE... --out FILE`: several catalogues as one.

use std::path::PathBuf;

use clap::Args;

use super::read_part;
use crate::{
    catalogue,
    native::{
        CommandContext, output,
        overwrite::{Guard, Kind},
    },
};

/// Arguments of `catalogue merge`.
#[derive(Args, Debug)]
#[command(
    after_help = "All must be of the same model. Of songs with the same id (the same file) the first is taken. Parquet files, as \
    export and scripts/spark_index.py write them, can be among them."
)]
pub struct Arguments {
    /// The catalogues
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The catalogue to write; not one of the inputs
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
    /// Sort the songs by id: the same songs then make the same file, in whatever order the catalogues are given
    #[arg(long)]
    sort: bool,
}

/// Writes the joined catalogue.
///
/// # Errors
/// When one can't be read, the models differ, or the result can't be written.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    Guard::new(context, &arguments.files).check(&arguments.out, Kind::Catalogue)?;
    let parts: anyhow::Result<Vec<_>> =
        arguments.files.iter().map(|file| read_part(file)).collect();
    let mut merged = catalogue::merge(parts?.into_iter().flatten())?;
    if arguments.sort {
        merged.catalogue.tracks.sort_by(|a, b| a.id.cmp(&b.id));
    }
    output::write_file(&arguments.out, merged.catalogue.to_json()?.as_bytes())?;
    let count = merged.catalogue.tracks.len();
    output::print(&format!(
        "songs: {count}, duplicates left out: {}\n",
        merged.double_count
    ))
}
