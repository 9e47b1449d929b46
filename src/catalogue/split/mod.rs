//! Catalogues of up to millions of songs, split into static files so that the page loads only parts of them.
//!
//! Three kinds of file: the [`SplitHead`], a JSON file in place of the catalogue; the *vectors*, five bytes for each
//! song, enough to search; and the *shards*, ordinary catalogues of some hundred songs each, loaded when one of their
//! songs is shown. Songs are sorted by composition, so that similar ones share shards.

mod make;
mod search;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::{Catalogue, CatalogueError};
use crate::digest::sha256_hex;
use crate::source::{PerSource, Source};

pub use make::Split;

/// Value of the head's `format`.
pub const SPLIT_FORMAT: &str = "deepmelody-split-catalogue";
/// The version written, and the only one accepted.
pub const SPLIT_VERSION: u32 = 1;

/// The value of a share of 1 in the vectors: one byte for each source.
const WHOLE: f32 = 255.0;
/// Hexadecimal digits of a file's SHA-256 in the head: enough to detect damage.
const DIGEST_DIGITS: usize = 16;

/// The head of a split catalogue, which is read first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitHead {
    /// Always [`SPLIT_FORMAT`].
    pub format: String,
    /// Always [`SPLIT_VERSION`].
    pub version: u32,
    /// Id of the model, from its card.
    pub model_id: String,
    /// Names of the sources, in the order of the shares.
    pub sources: [String; Source::COUNT],
    /// Number of songs.
    pub songs: usize,
    /// Songs in each shard; the last may have fewer.
    pub shard_songs: usize,
    /// The folder beside the head with the other files; its name is unique to the catalogue.
    pub folder: String,
    /// First 16 digits of the SHA-256 of the vectors' file.
    pub vectors_sha256: String,
    /// The same of each shard.
    pub shards_sha256: Vec<String>,
}

/// Why a split catalogue, or a part of it, cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SplitError {
    /// Damaged, incomplete, or something else altogether.
    #[error("the catalogue's head is not readable: {0}")]
    Json(#[from] serde_json::Error),
    /// Another version.
    #[error("the split catalogue has version {got}: expected {SPLIT_VERSION}; split it again")]
    Version {
        /// Version found.
        got: u32,
    },
    /// Inconsistent numbers or names.
    #[error("the catalogue's head is inconsistent: {0}")]
    Invalid(String),
    /// A file that is not the one that the head names.
    #[error("{file} is damaged, or of another catalogue")]
    Damaged {
        /// Its path from the head.
        file: String,
    },
    /// An invalid catalogue, for example one of another model.
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
}

impl SplitHead {
    /// Parses and checks the head of a catalogue of the model `expected_model_id`.
    ///
    /// # Errors
    /// When it is damaged, of another version or model, or inconsistent.
    pub fn from_json(json: &str, expected_model_id: &str) -> Result<Self, SplitError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version: got } = serde_json::from_str(json)?;
        if got != SPLIT_VERSION {
            return Err(SplitError::Version { got });
        }
        let head: Self = serde_json::from_str(json)?;
        if head.model_id != expected_model_id {
            let expected = expected_model_id.to_owned();
            let got = head.model_id;
            return Err(CatalogueError::Model { expected, got }.into());
        }
        if head.sources != Source::ALL.map(Source::name) {
            let got = head.sources;
            return Err(CatalogueError::Sources { got }.into());
        }
        match head.problem() {
            Some(problem) => Err(SplitError::Invalid(problem)),
            None => Ok(head),
        }
    }

    fn problem(&self) -> Option<String> {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '-';
        if self.folder.is_empty() || !self.folder.chars().all(is_name) {
            return Some(format!("its folder is called {:?}", self.folder));
        }
        if self.shard_songs == 0
            || self.songs.div_ceil(self.shard_songs) != self.shards_sha256.len()
        {
            return Some(format!(
                "{} songs, {} a shard, and {} shards",
                self.songs,
                self.shard_songs,
                self.shards_sha256.len()
            ));
        }
        None
    }

    /// Path, from the head, of the vectors.
    pub fn vectors_path(&self) -> String {
        format!("{}/vectors.bin", self.folder)
    }

    /// Path, from the head, of a shard.
    pub fn shard_path(&self, shard: usize) -> String {
        format!("{}/{shard:05}.json", self.folder)
    }

    /// Parses and checks the shard of this number.
    ///
    /// # Errors
    /// When its checksum is not the one in the head.
    pub fn read_shard(&self, shard: usize, json: &str) -> Result<Catalogue, SplitError> {
        let expected = self.shards_sha256.get(shard);
        if expected.is_none_or(|expected| *expected != digest(json.as_bytes())) {
            let file = self.shard_path(shard);
            return Err(SplitError::Damaged { file });
        }
        Ok(Catalogue::from_json(json, &self.model_id)?)
    }
}

/// A split catalogue's head and vectors: what a search needs.
#[derive(Clone, Debug)]
pub struct SplitCatalogue {
    head: SplitHead,
    /// [`WHOLE`] times the share of each source.
    vectors: Vec<PerSource<u8>>,
}

impl SplitCatalogue {
    /// The catalogue of this head, with the contents of the vectors' file.
    ///
    /// # Errors
    /// When their checksum is not the one in the head.
    pub fn new(head: SplitHead, bytes: &[u8]) -> Result<Self, SplitError> {
        let (rows, rest) = bytes.as_chunks::<{ Source::COUNT }>();
        if digest(bytes) != head.vectors_sha256 || rows.len() != head.songs || !rest.is_empty() {
            let file = head.vectors_path();
            return Err(SplitError::Damaged { file });
        }
        let vectors = rows.iter().copied().map(PerSource).collect();
        Ok(Self { head, vectors })
    }

    /// The head.
    pub fn head(&self) -> &SplitHead {
        &self.head
    }

    /// Number of songs.
    pub fn len(&self) -> usize {
        self.vectors.len()
    }

    /// Whether there are no songs.
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// Shard, and index in it, of the song at this index of the whole.
    pub fn place(&self, index: usize) -> (usize, usize) {
        (index / self.head.shard_songs, index % self.head.shard_songs)
    }
}

fn digest(bytes: &[u8]) -> String {
    let mut digits = sha256_hex(bytes);
    digits.truncate(DIGEST_DIGITS);
    digits
}
