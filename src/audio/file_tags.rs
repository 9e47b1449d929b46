//! What a sound file says of itself, as WAV and FLAC hold it.

use serde::{Deserialize, Serialize};

/// Tags of a file that is written. Blank ones are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileTags {
    /// What the song is called.
    pub title: String,
    /// Who plays it.
    pub artist: Option<String>,
    /// Which part of the song the file holds: "guitar", "without drums".
    pub part: Option<String>,
}

impl FileTags {
    /// Title and part, so that a list of files tells them apart.
    fn full_title(&self) -> String {
        match &self.part {
            Some(part) => format!("{} – {part}", self.title),
            None => self.title.clone(),
        }
    }

    /// Values under the names that a format has for title, artist and part.
    fn named<'a>(&self, names: [&'a str; 3]) -> Vec<(&'a str, String)> {
        let artist = self.artist.clone().unwrap_or_default();
        let part = self.part.clone().unwrap_or_default();
        let values = [self.full_title(), artist, part];
        let named = names.into_iter().zip(values);
        named
            .filter(|(_, value)| !value.trim().is_empty())
            .collect()
    }

    /// The chunk of a WAV file (Multimedia Programming Interface and Data Specifications 1.0, "INFO List Chunk");
    /// nothing where there is nothing to say.
    pub fn riff_chunk(&self) -> Vec<u8> {
        let mut list = b"INFO".to_vec();
        for (name, value) in self.named(["INAM", "IART", "ISBJ"]) {
            // Texts end with a zero, and every chunk begins at an even byte.
            let mut text = value.into_bytes();
            text.push(0);
            list.extend(name.bytes());
            list.extend((text.len() as u32).to_le_bytes());
            text.resize(text.len().next_multiple_of(2), 0);
            list.extend(text);
        }
        match list.len() {
            4 => Vec::new(),
            length => [b"LIST", &(length as u32).to_le_bytes(), list.as_slice()].concat(),
        }
    }

    /// The contents of a FLAC file's block of tags (RFC 9639, section 8.6). VERSION tells versions of one song apart.
    pub fn vorbis_comment(&self) -> Vec<u8> {
        let text = |text: &str| [&(text.len() as u32).to_le_bytes(), text.as_bytes()].concat();
        let fields = self.named(["TITLE", "ARTIST", "VERSION"]);
        let mut block = text("DeepMelody");
        block.extend((fields.len() as u32).to_le_bytes());
        for (name, value) in fields {
            block.extend(text(&format!("{name}={value}")));
        }
        block
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_of_even_length_and_say_it() {
        let tags = FileTags {
            title: "Größe".to_owned(),
            artist: Some(" ".to_owned()),
            part: Some("bass".to_owned()),
        };
        let chunk = tags.riff_chunk();
        assert_eq!(chunk.len() % 2, 0);
        let length = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]);
        assert_eq!(length as usize, chunk.len() - 8);
        assert!(!chunk.windows(4).any(|name| name == b"IART"), "a blank one");
        assert!(FileTags::default().riff_chunk().is_empty());
    }
}
