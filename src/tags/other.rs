//! Every other kind of tags (MP4, APE, AIFF), as lofty reads them.

use std::io::{BufReader, Read, Seek, SeekFrom};

use lofty::{
    config::{ParseOptions, ParsingMode},
    file::TaggedFileExt,
    probe::Probe,
    tag::{ItemKey, Tag, TagType},
};

use super::fields::{Tags, is_link, said, year_of};

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

/// All tags that lofty finds, the usual one of the file's kind first.
pub(super) fn read<S: Read + Seek>(mut source: S) -> Tags {
    let mut tags = Tags::default();
    if source.seek(SeekFrom::Start(0)).is_err() {
        return tags;
    }
    let options = ParseOptions::new()
        .read_properties(false)
        .read_cover_art(false)
        .parsing_mode(ParsingMode::Relaxed);
    let probe = Probe::new(BufReader::new(source)).options(options);
    let file = probe
        .guess_file_type()
        .ok()
        .and_then(|probe| probe.read().ok());
    if let Some(file) = file {
        let primary = file.primary_tag().into_iter();
        primary
            .chain(file.tags())
            .filter(|tag| tag.tag_type() != TagType::Id3v1)
            .for_each(|tag| tags.complete(from_tag(tag)));
    }
    tags
}

fn from_tag(tag: &Tag) -> Tags {
    let first = |keys: &[ItemKey]| keys.iter().find_map(|&key| said(tag.get_string(key)?));
    let links = URL.iter().filter_map(|&key| said(tag.get_string(key)?));
    Tags {
        title: first(&[ItemKey::TrackTitle]),
        artist: first(&[ItemKey::TrackArtist, ItemKey::AlbumArtist]),
        album: first(&[ItemKey::AlbumTitle]),
        licence: first(&LICENCE),
        year: YEAR.iter().find_map(|&key| year_of(tag.get_string(key)?)),
        url: links.into_iter().find(|link| is_link(link)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(items: &[(ItemKey, &str)]) -> Tags {
        let mut tag = Tag::new(TagType::VorbisComments);
        for (key, value) in items {
            tag.insert_text(*key, (*value).to_owned());
        }
        from_tag(&tag)
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
}
