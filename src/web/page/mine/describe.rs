//! L7: who a file of the library is and what it says of itself, from its two ends, without the sound between.

use sha2::{Digest, Sha256};
use web_sys::Blob;

use crate::{
    analysis::Analysis,
    catalogue::Track,
    digest::hex,
    web::{
        page::job,
        platform::{PlatformError, files},
        worker::{client::EngineClient, protocol::Failure},
    },
};

/// Tags stand at a file's beginning, but for pictures within this much of it.
const HEAD_BYTES: u64 = 1 << 20;
/// Or at its end: ID3v1, APE, and what MP4 files say of themselves.
const TAIL_BYTES: u64 = 1 << 18;
/// Bytes of the hash that make an id: enough that no two songs share one.
const ID_BYTES: usize = 16;

/// A file's two ends.
pub(super) struct Ends {
    head: Vec<u8>,
    tail: Vec<u8>,
    /// Of the whole file, in bytes.
    length: u64,
}

impl Ends {
    /// # Errors
    /// When the browser does not give the file out.
    pub(super) async fn read(file: &Blob) -> Result<Self, PlatformError> {
        let (head, tail) = job::ends(file, HEAD_BYTES, TAIL_BYTES).await?;
        let length = file.size() as u64;
        Ok(Self { head, tail, length })
    }

    /// A hash of the file's size and both ends: the same file under another name is the same song.
    pub(super) fn id(&self) -> String {
        let hash = Sha256::new()
            .chain_update(self.length.to_le_bytes())
            .chain_update(&self.head)
            .chain_update(&self.tail)
            .finalize();
        hex(&hash[..ID_BYTES])
    }

    /// The row in the library of the file at `path`, in which `analysis` was found.
    ///
    /// # Errors
    /// When the engine, which reads the tags, cannot be started.
    pub(super) async fn describe(
        &self,
        path: &str,
        analysis: &Analysis,
        engine: &EngineClient,
    ) -> Result<Track, Failure> {
        let tags = engine.tags(self.length, &self.head, &self.tail).await?;
        let (artist, title) = from_name(files::name_of(path));
        Ok(Track {
            id: self.id(),
            title: tags.title.unwrap_or(title),
            artist: tags.artist.or(artist).unwrap_or_default(),
            album: tags.album,
            duration_secs: analysis.duration_secs,
            tempo_bpm: analysis.tempo_bpm(),
            key: analysis.key(),
            prominence: analysis.prominence,
            ..Track::default()
        })
    }
}

/// "Artist - Title.mp3" and "Title.mp3".
fn from_name(name: &str) -> (Option<String>, String) {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match stem.split_once(" - ") {
        // A track's number is nobody's name.
        Some((first, title)) if !first.chars().all(|letter| letter.is_ascii_digit()) => {
            (Some(first.trim().to_owned()), title.trim().to_owned())
        }
        Some((_, title)) => (None, title.trim().to_owned()),
        None => (None, stem.to_owned()),
    }
}
