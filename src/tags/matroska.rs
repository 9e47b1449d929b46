//! Tags of Matroska and WebM (RFC 9559, sections 5.1.2 and 5.1.8): elements of an id, a length and contents.

use std::{
    collections::BTreeSet,
    io::{Read, Seek},
    ops::Range,
};

use super::{
    fields::{Tags, is_link, said, year_of},
    text,
};
use crate::audio::container::Window;

/// More elements than this beside one another are not followed.
const MAX_ELEMENTS: usize = 100_000;
/// Most elements that are looked up in the index.
const MAX_LISTED: usize = 16;
/// Longest text that is read.
const MAX_TEXT_BYTES: u64 = 64 * 1024;

const SEGMENT: u32 = 0x1853_8067;
const SEEK_HEAD: u32 = 0x114d_9b74;
const SEEK: u32 = 0x4dbb;
const SEEK_ID: u32 = 0x53ab;
const SEEK_POSITION: u32 = 0x53ac;
const INFO: u32 = 0x1549_a966;
const TITLE: u32 = 0x7ba9;
const TAGS: u32 = 0x1254_c367;
const TAG: u32 = 0x7373;
const TARGETS: u32 = 0x63c0;
const TARGET_LEVEL: u32 = 0x68ca;
const SIMPLE_TAG: u32 = 0x67c8;
const TAG_NAME: u32 = 0x45a3;
const TAG_STRING: u32 = 0x4487;

/// Tags of this level are an album's, of the one below a song's.
const ALBUM_LEVEL: u64 = 50;

/// An element's id and where its contents lie.
struct Element {
    id: u32,
    body: Range<u64>,
}

/// The tags of a file that begins at `start`.
pub(super) fn read<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Tags {
    let end = window.length();
    let Some(segment) = find(window, start..end, SEGMENT) else {
        return Tags::default();
    };
    let mut found = elements(window, segment.clone());
    // The file's own index leads past the sound, which need not be at hand.
    let indices: Vec<_> = found
        .iter()
        .filter(|element| element.id == SEEK_HEAD)
        .map(|element| element.body.clone())
        .collect();
    let listed: BTreeSet<u64> = indices
        .into_iter()
        .flat_map(|body| positions(window, body))
        .collect();
    for position in listed.into_iter().take(MAX_LISTED) {
        let at = segment.start.saturating_add(position);
        found.extend(element(window, at, end));
    }
    let mut tags = Tags::default();
    let mut title = None;
    for element in found {
        match element.id {
            TAGS => tags.complete(of_tags(window, element.body)),
            INFO if title.is_none() => title = string(window, element.body, TITLE),
            _ => {}
        }
    }
    tags.title = tags.title.or(title);
    tags
}

/// Where the index says that general information and tags lie.
fn positions<S: Read + Seek>(window: &mut Window<S>, index: Range<u64>) -> Vec<u64> {
    let mut positions = Vec::new();
    for entry in elements(window, index) {
        let id = find(window, entry.body.clone(), SEEK_ID).and_then(|body| number(window, body));
        let is_wanted = id.is_some_and(|id| id == u64::from(TAGS) || id == u64::from(INFO));
        let position = find(window, entry.body, SEEK_POSITION);
        if let Some(position) = position.filter(|_| entry.id == SEEK && is_wanted) {
            positions.extend(number(window, position));
        }
    }
    positions
}

/// What the element "Tags" says of the song.
fn of_tags<S: Read + Seek>(window: &mut Window<S>, body: Range<u64>) -> Tags {
    let mut tags = Tags::default();
    for tag in elements(window, body)
        .into_iter()
        .filter(|tag| tag.id == TAG)
    {
        let targets = find(window, tag.body.clone(), TARGETS);
        let level = targets
            .and_then(|targets| find(window, targets, TARGET_LEVEL))
            .and_then(|level| number(window, level));
        for simple in elements(window, tag.body) {
            if simple.id != SIMPLE_TAG {
                continue;
            }
            let name = string(window, simple.body.clone(), TAG_NAME);
            let value = string(window, simple.body, TAG_STRING);
            if let (Some(name), Some(value)) = (name, value) {
                tags.complete(field(&name.to_uppercase(), value, level));
            }
        }
    }
    tags
}

fn field(name: &str, value: String, level: Option<u64>) -> Tags {
    let mut tags = Tags::default();
    match name {
        // Where nobody says what is meant, the title is the song's.
        "TITLE" if level == Some(ALBUM_LEVEL) => tags.album = Some(value),
        "TITLE" => tags.title = Some(value),
        "ARTIST" | "LEAD_PERFORMER" => tags.artist = Some(value),
        "ALBUM" => tags.album = Some(value),
        "LICENSE" | "COPYRIGHT" => tags.licence = Some(value),
        "DATE" | "DATE_RELEASED" | "DATE_RECORDED" => tags.year = year_of(&value),
        "URL" => tags.url = Some(value).filter(|value| is_link(value)),
        _ => {}
    }
    tags
}

/// The elements in a range, as far as they can be followed.
fn elements<S: Read + Seek>(window: &mut Window<S>, range: Range<u64>) -> Vec<Element> {
    let mut elements = Vec::new();
    let mut at = range.start;
    while elements.len() < MAX_ELEMENTS && at < range.end {
        let Some(found) = element(window, at, range.end) else {
            break;
        };
        // An element has at least two bytes before its contents.
        at = found.body.end;
        elements.push(found);
    }
    elements
}

/// The element at `at`, which ends where its parent does if not before.
fn element<S: Read + Seek>(window: &mut Window<S>, at: u64, end: u64) -> Option<Element> {
    let (id, id_bytes) = variable(window, at)?;
    let (size, size_bytes) = variable(window, at.checked_add(id_bytes)?)?;
    let marker = 1 << (7 * size_bytes);
    let size = size ^ marker;
    let start = at + id_bytes + size_bytes;
    // All ones: a program that could not know the size.
    let stop = match size == marker - 1 {
        true => end,
        false => start.checked_add(size)?.min(end),
    };
    (start <= end).then_some(Element {
        id: u32::try_from(id).ok()?,
        body: start..stop,
    })
}

/// A number whose leading zero bits tell its length, with the bit that ends them; and its length.
fn variable<S: Read + Seek>(window: &mut Window<S>, at: u64) -> Option<(u64, u64)> {
    let [first] = window.array(at)?;
    let length = 1 + u64::from(first.leading_zeros());
    let bytes = window.get(at, length as usize).filter(|_| length <= 8)?;
    let number = bytes
        .iter()
        .fold(0, |sum, &byte| sum << 8 | u64::from(byte));
    Some((number, length))
}

/// The contents of the first element of this id in a range.
fn find<S: Read + Seek>(window: &mut Window<S>, range: Range<u64>, id: u32) -> Option<Range<u64>> {
    let found = elements(window, range);
    let found = found.into_iter().find(|element| element.id == id);
    found.map(|element| element.body)
}

fn number<S: Read + Seek>(window: &mut Window<S>, body: Range<u64>) -> Option<u64> {
    let length = usize::try_from(body.end - body.start).ok()?;
    let bytes = window.get(body.start, length).filter(|_| length <= 8)?;
    Some(
        bytes
            .iter()
            .fold(0, |sum, &byte| sum << 8 | u64::from(byte)),
    )
}

fn string<S: Read + Seek>(window: &mut Window<S>, range: Range<u64>, id: u32) -> Option<String> {
    let body = find(window, range, id)?;
    let length = (body.end - body.start).min(MAX_TEXT_BYTES) as usize;
    said(&text::utf_8_or_latin_1(window.up_to(body.start, length)))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::super::read;

    fn expect(bytes: &[u8]) {
        let tags = read(Cursor::new(bytes));
        let said = [tags.title, tags.artist, tags.album];
        let expected = ["Blue", "Ann", "Sea"].map(|text| Some(text.to_owned()));
        assert_eq!(said, expected);
    }

    /// An element of Matroska with a length of one byte.
    fn element(id: &[u8], body: &[u8]) -> Vec<u8> {
        [id, &[0x80 | body.len() as u8], body].concat()
    }

    #[test]
    fn matroska_is_read_along_its_index_and_without_one() {
        let simple = |name: &str, value: &str| {
            let name = element(&[0x45, 0xa3], name.as_bytes());
            let value = element(&[0x44, 0x87], value.as_bytes());
            element(&[0x67, 0xc8], &[name, value].concat())
        };
        let tag = element(
            &[0x73, 0x73],
            &[simple("ARTIST", "Ann"), simple("album", "Sea")].concat(),
        );
        let tags = element(&[0x12, 0x54, 0xc3, 0x67], &tag);
        let info = element(&[0x15, 0x49, 0xa9, 0x66], &element(&[0x7b, 0xa9], b"Blue"));
        let head = element(&[0x1a, 0x45, 0xdf, 0xa3], &element(&[0x42, 0x82], b"webm"));
        // A segment and a cluster of unknown lengths.
        let segment = [0x18, 0x53, 0x80, 0x67, 0xff];
        let cluster = [&[0x1f, 0x43, 0xb6, 0x75, 0xff][..], &[0; 300]].concat();
        expect(&[&head[..], &segment, &info, &tags, &cluster].concat());
        let index = |position: u16| {
            let id = element(&[0x53, 0xab], &[0x12, 0x54, 0xc3, 0x67]);
            let position = element(&[0x53, 0xac], &position.to_be_bytes());
            let entry = element(&[0x4d, 0xbb], &[id, position].concat());
            element(&[0x11, 0x4d, 0x9b, 0x74], &entry)
        };
        let before = [index(0), info, cluster].concat();
        let indexed = [
            index(before.len() as u16),
            before[index(0).len()..].to_vec(),
        ]
        .concat();
        expect(&[&head[..], &segment, &indexed, &tags].concat());
    }
}
