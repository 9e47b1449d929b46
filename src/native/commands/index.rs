//! L7, native: `index DIR... --out catalogue.json`: folders of music to a catalogue.

use std::{
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::{Context, ensure};
use clap::Args;

use crate::{
    catalogue::{Catalogue, Track},
    native::{
        Session,
        engine::Engine,
        library,
        output::PendingFiles,
        progress::Progress,
        song::{self, LoadedSong},
    },
    source::PerSource,
};

/// The artist of a song whose tags name none.
const UNKNOWN_ARTIST: &str = "Unknown artist";

/// Arguments of `index`.
#[derive(Args, Debug)]
#[command(
    after_help = "Folders are walked to their ends. Titles, artists and albums come from the files' tags; where \
    there is no title, from the file's name. A file that cannot be used is reported and left out. The catalogue \
    appears only when it is complete."
)]
pub struct Arguments {
    /// Folders of music, or single files
    #[arg(required = true, value_name = "DIR")]
    places: Vec<PathBuf>,
    /// The catalogue to write
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
}

/// Analyses every song and writes the catalogue.
///
/// # Errors
/// When no song can be used, the model is missing, the catalogue can't be written, or the user cancels.
pub fn run(arguments: &Arguments, session: &Session) -> anyhow::Result<()> {
    let engine = Engine::open(session)?;
    let files = library::find_songs(&arguments.places)?;
    ensure!(!files.is_empty(), "no audio files found");
    let mut pending = PendingFiles::default();
    let mut file = pending.create(&arguments.out)?;
    let json = index(&files, &engine, session)?.to_json()?;
    file.write_all(json.as_bytes())
        .and_then(|()| file.flush())
        .with_context(|| format!("{} cannot be written", arguments.out.display()))?;
    pending.publish()
}

/// A catalogue of the files that can be used.
fn index(files: &[PathBuf], engine: &Engine, session: &Session) -> anyhow::Result<Catalogue> {
    let mut catalogue = Catalogue::new(engine.card.id.as_str());
    let mut progress = Progress::new(session, files.len());
    let mut failed = 0;
    for path in files {
        progress.show(name_of(path));
        let added = add_song(&mut catalogue, path, engine, session, &mut progress);
        ensure!(
            !session.interrupt().is_requested(),
            "cancelled: nothing was written"
        );
        if let Err(error) = added {
            failed += 1;
            progress.suspend(|| session.warn(&format!("left out: {error:#}")));
        }
        progress.song_done();
    }
    drop(progress);
    let count = catalogue.tracks.len();
    ensure!(count > 0, "no file could be used, of {failed} found");
    session.inform(&format!("songs indexed: {count}, files left out: {failed}"));
    Ok(catalogue)
}

fn name_of(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn add_song(
    catalogue: &mut Catalogue,
    path: &Path,
    engine: &Engine,
    session: &Session,
    progress: &mut Progress,
) -> anyhow::Result<()> {
    let id = library::content_id(path)?;
    if let Some(known) = catalogue.tracks.iter().find(|track| track.id == id) {
        anyhow::bail!(
            "{} has the same contents as \"{}\"",
            path.display(),
            known.title
        );
    }
    let song = song::load(path, session)?;
    for warning in &song.warnings {
        progress.suspend(|| session.warn(&format!("{} {warning}", path.display())));
    }
    let (analysis, _) = song::analyse(&song, engine, progress)
        .with_context(|| format!("{} failed", path.display()))?;
    catalogue
        .tracks
        .push(describe(id, path, song, analysis.prominence));
    Ok(())
}

/// The catalogue's row of a song.
fn describe(id: String, path: &Path, song: LoadedSong, prominence: PerSource<f32>) -> Track {
    let tags = song.tags;
    Track {
        id,
        title: tags.title.unwrap_or_else(|| library::readable_name(path)),
        artist: tags.artist.unwrap_or_else(|| UNKNOWN_ARTIST.to_owned()),
        album: tags.album,
        licence: tags.licence,
        url: tags.url,
        preview: None,
        duration_secs: song.waveform.duration_secs(),
        prominence,
    }
}
