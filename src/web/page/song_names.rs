//! A file's id, title and artist, read from its two ends without its audio.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use web_sys::Blob;

use crate::{
    analysis::Analysis,
    catalogue::{Track, names_of_file},
    digest::hex,
    web::{
        platform::{PlatformError, blob, files},
        worker::{client::EngineClient, protocol::Failure},
    },
};

/// Tags lie within this much of a file's beginning or end: behind pictures, and behind the index of an MP4, which has
/// some megabyte for an hour.
const END_BYTES: u64 = 4 << 20;
/// How much of the beginning and of the end makes the id: more would make known songs unknown.
const ID_HEAD_BYTES: usize = 1 << 20;
const ID_TAIL_BYTES: usize = 1 << 18;
/// Bytes of the hash that make an id: too many for two songs to share one.
const ID_BYTES: usize = 16;

/// What a song is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SongNames {
    /// From the tags, else from the file's name.
    pub title: String,
    /// From the tags, else from the file's name, where that has one.
    pub artist: Option<String>,
    /// From the tags.
    pub album: Option<String>,
}

impl SongNames {
    /// From the name of a file without tags.
    pub fn of_file(name: &str) -> Self {
        let (artist, title) = names_of_file(name);
        Self {
            title,
            artist,
            album: None,
        }
    }
}

/// A file's two ends.
pub struct Ends {
    head: Vec<u8>,
    tail: Vec<u8>,
    /// Of the whole file, in bytes.
    length: u64,
}

impl Ends {
    /// Reads them.
    ///
    /// # Errors
    /// When the browser does not let the page read the file.
    pub async fn read(file: &Blob) -> Result<Self, PlatformError> {
        let (head, tail) = blob::ends(file, END_BYTES, END_BYTES).await?;
        let length = file.size() as u64;
        Ok(Self { head, tail, length })
    }

    /// A hash of the file's size and both ends: the same file under another name is the same song.
    pub fn id(&self) -> String {
        let head = &self.head[..self.head.len().min(ID_HEAD_BYTES)];
        let tail = &self.tail[self.tail.len().saturating_sub(ID_TAIL_BYTES)..];
        let hash = Sha256::new()
            .chain_update(self.length.to_le_bytes())
            .chain_update(head)
            .chain_update(tail)
            .finalize();
        hex(&hash[..ID_BYTES])
    }

    /// What the song in the file at `path` is called.
    ///
    /// # Errors
    /// When the engine, which reads the tags, cannot be started.
    pub async fn names(&self, path: &str, engine: &EngineClient) -> Result<SongNames, Failure> {
        let tags = engine.tags(self.length, &self.head, &self.tail).await?;
        let of_file = SongNames::of_file(files::name_of(path));
        Ok(SongNames {
            title: tags.title.unwrap_or(of_file.title),
            artist: tags.artist.or(of_file.artist),
            album: tags.album,
        })
    }

    /// The library's row for the file at `path` with this analysis.
    ///
    /// # Errors
    /// As [`Self::names`].
    pub async fn describe(
        &self,
        path: &str,
        analysis: &Analysis,
        engine: &EngineClient,
    ) -> Result<Track, Failure> {
        let names = self.names(path, engine).await?;
        Ok(Track {
            id: self.id(),
            title: names.title,
            artist: names.artist.unwrap_or_default(),
            album: names.album,
            duration_secs: analysis.duration_secs,
            tempo_bpm: analysis.tempo_bpm(),
            key: analysis.key(),
            prominence: analysis.prominence,
            ..Track::default()
        })
    }
}
