//! L7: who a file of the library is and what it says of itself: read from its ends, without the sound between.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use lofty::{
    config::ParseOptions,
    prelude::{Accessor, TaggedFileExt},
    probe::Probe,
};
use sha2::{Digest, Sha256};
use web_sys::Blob;

use crate::{
    catalogue::Track,
    web::{
        page::job,
        platform::{PlatformError, files},
    },
};

/// Tags stand at a file's beginning, but for pictures within this much of it.
const HEAD_BYTES: u64 = 1 << 20;
/// Or at its end: ID3v1, APE, and what MP4 files say of themselves.
const TAIL_BYTES: u64 = 1 << 18;
/// Bytes of the hash that make an id: enough that no two songs share one.
const ID_BYTES: usize = 16;

/// The file's row in the library, still without duration and prominence.
///
/// Its id is a hash of the file's size and both ends: the same file under another name is the same song.
///
/// # Errors
/// When the browser does not give the file out.
pub async fn describe(file: &Blob, path: &str) -> Result<Track, PlatformError> {
    let ends = Ends::read(file).await?;
    let (id, tags) = (ends.id(), ends.tags());
    let (artist, title) = from_name(files::name_of(path));
    Ok(Track {
        id,
        title: tags.title.unwrap_or(title),
        artist: tags.artist.or(artist).unwrap_or_default(),
        album: tags.album,
        ..Track::default()
    })
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

#[derive(Default)]
struct Tags {
    title: Option<String>,
    artist: Option<String>,
    album: Option<String>,
}

/// A file's two ends; between them it reads as zeros.
struct Ends {
    head: Vec<u8>,
    tail: Vec<u8>,
    length: u64,
    position: u64,
}

impl Ends {
    async fn read(file: &Blob) -> Result<Self, PlatformError> {
        let length = file.size() as u64;
        let (head, tail) = job::ends(file, HEAD_BYTES, TAIL_BYTES).await?;
        Ok(Self {
            head,
            tail,
            length,
            position: 0,
        })
    }

    fn id(&self) -> String {
        let hash = Sha256::new()
            .chain_update(self.length.to_le_bytes())
            .chain_update(&self.head)
            .chain_update(&self.tail)
            .finalize();
        hash.iter()
            .take(ID_BYTES)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }

    /// A file without tags, or with broken ones, is none the worse.
    fn tags(self) -> Tags {
        let options = ParseOptions::new()
            .read_properties(false)
            .read_cover_art(false);
        let probe = Probe::new(self).options(options).guess_file_type();
        let Some(file) = probe.ok().and_then(|probe| probe.read().ok()) else {
            return Tags::default();
        };
        let Some(tag) = file.primary_tag().or_else(|| file.first_tag()) else {
            return Tags::default();
        };
        let text = |value: Option<std::borrow::Cow<'_, str>>| {
            let value = value?
                .trim_matches(|letter: char| letter.is_whitespace() || letter == '\0')
                .to_owned();
            (!value.is_empty()).then_some(value)
        };
        Tags {
            title: text(tag.title()),
            artist: text(tag.artist()),
            album: text(tag.album()),
        }
    }
}

impl Read for Ends {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let tail_start = self.length - self.tail.len() as u64;
        let count = if self.position < self.head.len() as u64 {
            let mut head = Cursor::new(&self.head);
            head.set_position(self.position);
            head.read(buffer)?
        } else if self.position >= tail_start {
            let mut tail = Cursor::new(&self.tail);
            tail.set_position(self.position - tail_start);
            tail.read(buffer)?
        } else {
            let count = buffer.len().min((tail_start - self.position) as usize);
            buffer[..count].fill(0);
            count
        };
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Ends {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = position.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.position)
    }
}
