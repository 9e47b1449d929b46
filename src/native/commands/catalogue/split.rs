//! `catalogue split FILE --out DIR`: static files for a catalogue too large to be loaded as a whole.

use std::{num::NonZeroUsize, path::PathBuf};

use clap::Args;

use super::read;
use crate::{
    catalogue::Split,
    native::{
        CommandContext,
        output::{self, PendingFiles},
        overwrite::{Guard, Kind},
    },
};

/// The head's file: where the page looks for a catalogue.
const HEAD_NAME: &str = "catalogue.json";

/// Arguments of `catalogue split`.
#[derive(Args, Debug)]
#[command(
    after_help = "Writes DIR/catalogue.json, which the page takes in a catalogue's place, and a folder beside it. The \
    page loads five bytes a song, and of titles and the rest only what it shows. Worth it from some ten thousand songs on."
)]
pub struct Arguments {
    /// The catalogue
    file: PathBuf,
    /// Where to write; made if missing
    #[arg(long, short, value_name = "DIR")]
    out: PathBuf,
    /// Songs per shard, which is loaded as a whole
    #[arg(long, value_name = "N", default_value = "500")]
    shard_songs: NonZeroUsize,
}

/// Writes the files, the head last.
///
/// # Errors
/// When the catalogue can't be read, would be replaced, or the files can't be written.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let head_path = arguments.out.join(HEAD_NAME);
    Guard::new(context, [&arguments.file]).check(&head_path, Kind::Catalogue)?;
    let catalogue = read(&arguments.file)?;
    let split = Split::new(&catalogue, arguments.shard_songs.get())?;
    let mut pending = PendingFiles::default();
    pending.make_folder(&arguments.out.join(&split.head.folder))?;
    let mut put = |name: &str, bytes: &[u8]| pending.put(&arguments.out.join(name), bytes);
    for (shard, text) in split.shards.iter().enumerate() {
        put(&split.head.shard_path(shard), text.as_bytes())?;
    }
    put(&split.head.vectors_path(), &split.vectors)?;
    put(HEAD_NAME, serde_json::to_string(&split.head)?.as_bytes())?;
    pending.publish()?;
    output::print(&format!(
        "{}: {} songs in {} shards in {}\n",
        head_path.display(),
        split.head.songs,
        split.shards.len(),
        arguments.out.join(&split.head.folder).display()
    ))
}
