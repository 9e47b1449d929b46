//! L7, native: title, artist, album and the like, from whatever kind of tags the file has.

use std::path::Path;

use lofty::{
    config::{ParseOptions, ParsingMode},
    file::TaggedFileExt,
    probe::Probe,
    tag::{ItemKey, Tag},
};
use serde::{Deserialize, Serialize};

/// Where tags keep the fields, the most telling first.
const LICENCE: [ItemKey; 2] = [ItemKey::License, ItemKey::CopyrightUrl];
const URL: [ItemKey; 4] = [
    ItemKey::AudioFileUrl,
    ItemKey::AudioSourceUrl,
    ItemKey::TrackArtistUrl,
    ItemKey::PublisherUrl,
];
const YEAR: [ItemKey; 4] = [
    ItemKey::OriginalReleaseDate,
    ItemKey::RecordingDate,
    ItemKey::Year,
    ItemKey::ReleaseDate,
];

/// What a file, or a list that names it, says about a song. Blank values are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// The song's title.
    pub title: Option<String>,
    /// Who plays it.
    pub artist: Option<String>,
    /// The album it is from.
    pub album: Option<String>,
    /// Its licence, or who holds the rights.
    pub licence: Option<String>,
    /// When it appeared.
    pub year: Option<u16>,
    /// Where it can be found on the web.
    pub url: Option<String>,
}

impl Tags {
    /// The file's tags; none where it has none, or none that can be read.
    pub(super) fn read(path: &Path) -> Self {
        let options = ParseOptions::new()
            .read_properties(false)
            .read_cover_art(false)
            .parsing_mode(ParsingMode::Relaxed);
        let file = Probe::open(path)
            .ok()
            .and_then(|probe| probe.options(options).guess_file_type().ok())
            .and_then(|probe| probe.read().ok());
        let mut tags = Self::default();
        if let Some(file) = file {
            let primary = file.primary_tag().into_iter();
            primary
                .chain(file.tags())
                .for_each(|tag| tags.complete(Self::from_tag(tag)));
        }
        tags
    }

    fn from_tag(tag: &Tag) -> Self {
        let first = |keys: &[ItemKey]| keys.iter().find_map(|&key| said(tag.get_string(key)?));
        let links = URL.iter().filter_map(|&key| said(tag.get_string(key)?));
        Self {
            title: first(&[ItemKey::TrackTitle]),
            artist: first(&[ItemKey::TrackArtist, ItemKey::AlbumArtist]),
            album: first(&[ItemKey::AlbumTitle]),
            licence: first(&LICENCE),
            year: YEAR.iter().find_map(|&key| year_of(tag.get_string(key)?)),
            url: links.into_iter().find(|link| is_link(link)),
        }
    }

    /// Fills what is unknown so far from `other`.
    pub fn complete(&mut self, other: Self) {
        let fill = |field: &mut Option<String>, value: Option<String>| {
            *field = field.take().or(value);
        };
        fill(&mut self.title, other.title);
        fill(&mut self.artist, other.artist);
        fill(&mut self.album, other.album);
        fill(&mut self.licence, other.licence);
        fill(&mut self.url, other.url);
        self.year = self.year.or(other.year);
    }
}

/// A value that is more than blanks. Some writers pad with zeros.
pub fn said(value: &str) -> Option<String> {
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    (!value.is_empty()).then(|| value.to_owned())
}

/// The year of a date such as 2009, 2009-05-04 or 2009/05.
pub fn year_of(date: &str) -> Option<u16> {
    let digits: String = date
        .trim()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let year = digits.get(..4)?.parse().ok()?;
    (year >= 1000).then_some(year)
}

/// Whether a catalogue takes it: tags hold all kinds of things where links should be.
pub fn is_link(value: &str) -> bool {
    value.starts_with("https://") || value.starts_with("http://")
}

#[cfg(test)]
mod tests {
    use lofty::tag::TagType;

    use super::*;

    fn tags(items: &[(ItemKey, &str)]) -> Tags {
        let mut tag = Tag::new(TagType::VorbisComments);
        for (key, value) in items {
            tag.insert_text(*key, (*value).to_owned());
        }
        Tags::from_tag(&tag)
    }

    #[test]
    fn blanks_say_nothing_and_the_album_artist_stands_in() {
        let found = tags(&[
            (ItemKey::TrackTitle, " Blue\0\0"),
            (ItemKey::TrackArtist, " \0"),
            (ItemKey::AlbumArtist, "A band"),
        ]);
        assert_eq!(found.title.as_deref(), Some("Blue"));
        assert_eq!(found.artist.as_deref(), Some("A band"));
        assert_eq!(found.album, None);
    }

    #[test]
    fn what_is_known_stays() {
        let mut known = tags(&[(ItemKey::TrackTitle, "Blue")]);
        known.complete(tags(&[
            (ItemKey::TrackTitle, "Red"),
            (ItemKey::AlbumTitle, "Colours"),
            (ItemKey::RecordingDate, "2009-05-04"),
        ]));
        assert_eq!(known.title.as_deref(), Some("Blue"));
        assert_eq!(known.album.as_deref(), Some("Colours"));
        assert_eq!(known.year, Some(2009));
    }

    #[test]
    fn years_are_the_dates_first_four_digits() {
        assert_eq!(year_of(" 1999 "), Some(1999));
        assert_eq!(year_of("2009/05"), Some(2009));
        for date in ["", "May 2009", "99", "0000-01-01", "0999"] {
            assert_eq!(year_of(date), None, "{date}");
        }
    }

    #[test]
    fn only_links_to_the_web_are_links() {
        assert!(is_link("https://example.org/song"));
        for text in ["", "see the booklet", "javascript:alert(1)", "ftp://x"] {
            assert!(!is_link(text), "{text}");
        }
    }
}
