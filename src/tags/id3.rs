//! ID3v2.2 to 2.4 (id3.org), frame by frame, and ID3v1.
//!
//! Version 2.4 writes a frame's size in four times seven bits, 2.3 in four bytes; some programs (an old iTunes) write
//! one where the other is due. Of the two, that is taken behind which another frame, padding or the end follows.

use std::io::{Cursor, Read, Seek};

use super::{
    fields::{Tags, is_link, said, year_of},
    text,
};
use crate::audio::container::{Window, appended::id3v2_length};

/// More frames than this are taken for damage.
const MAX_FRAMES: usize = 1000;
/// Longest text that is read.
const MAX_TEXT_BYTES: u64 = 64 * 1024;
/// Longest tag that is put together anew where it is "unsynchronised" as a whole.
const MAX_TAG_BYTES: u64 = 16 << 20;

/// What the frames of the tag at `position` say; nothing where no tag is.
pub(super) fn read<S: Read + Seek>(window: &mut Window<S>, position: u64) -> Tags {
    frames(window, position)
        .map(Found::into_tags)
        .unwrap_or_default()
}

/// What an ID3v1 tag at the file's end says (id3.org): texts of 30 bytes.
pub(super) fn read_v1<S: Read + Seek>(window: &mut Window<S>) -> Tags {
    let start = window.length().checked_sub(128);
    let tag: Option<[u8; 128]> = start.and_then(|start| window.array(start));
    let Some(tag) = tag.filter(|tag| tag.starts_with(b"TAG")) else {
        return Tags::default();
    };
    let field = |range: std::ops::Range<usize>| text::utf_8_or_latin_1(until_zero(&tag[range]));
    Tags {
        title: said(&field(3..33)),
        artist: said(&field(33..63)),
        album: said(&field(63..93)),
        year: year_of(&field(93..97)),
        ..Tags::default()
    }
}

fn frames<S: Read + Seek>(window: &mut Window<S>, position: u64) -> Option<Found> {
    let header: [u8; 10] = window.array(position)?;
    let [b'I', b'D', b'3', version @ 2..=4, _, flags, size @ ..] = header else {
        return None;
    };
    // A tag that claims more than the file has is read to the file's end.
    let length = match id3v2_length(window, position) {
        Some(length) => length - 10,
        None => size
            .iter()
            .fold(0, |size, byte| (size << 7) | u64::from(byte & 0x7f)),
    };
    let start = position + 10;
    let end = start.saturating_add(length).min(window.length());
    let has_extension = flags & 0x40 != 0 && version > 2;
    let is_unsynchronised = flags & 0x80 != 0 && version < 4;
    if !is_unsynchronised {
        return Some(walk(window, version, has_extension, start..end));
    }
    let count = (end - start).min(MAX_TAG_BYTES) as usize;
    let plain = synchronised(window.up_to(start, count));
    let length = plain.len() as u64;
    let mut window = Window::new(Cursor::new(plain)).ok()?;
    Some(walk(&mut window, version, has_extension, 0..length))
}

/// Without the zeros that keep 0xff from looking like a frame of sound.
fn synchronised(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len());
    let mut after_ff = false;
    for &byte in bytes {
        if !(after_ff && byte == 0) {
            plain.push(byte);
        }
        after_ff = byte == 0xff;
    }
    plain
}

fn walk<S: Read + Seek>(
    window: &mut Window<S>,
    version: u8,
    has_extension: bool,
    range: std::ops::Range<u64>,
) -> Found {
    let mut found = Found::default();
    let mut at = range.start;
    if has_extension && let Some(size) = window.array::<4>(at) {
        // 2.4 counts these four bytes too.
        let (plain, short) = sizes(size);
        at = at.saturating_add(if version == 4 { short } else { plain + 4 });
    }
    let header_bytes = if version == 2 { 6 } else { 10 };
    for _ in 0..MAX_FRAMES {
        if at + header_bytes > range.end {
            break;
        }
        let Some(frame) = Frame::read(window, version, at, range.end) else {
            break;
        };
        let mut body = {
            // A frame that claims more than the tag has ends with it.
            let rest = range.end - at - header_bytes;
            let count = frame.size.min(rest).min(MAX_TEXT_BYTES) as usize;
            window.up_to(at + header_bytes, count).to_vec()
        };
        if frame.is_unsynchronised {
            body = synchronised(&body);
        }
        if frame.is_plain {
            found.add(frame.name, body.get(frame.skip..).unwrap_or_default());
        }
        at += header_bytes + frame.size;
    }
    found
}

/// The four bytes of a size as one number, and as four times seven bits.
fn sizes(bytes: [u8; 4]) -> (u64, u64) {
    let short = bytes
        .iter()
        .fold(0, |size, byte| (size << 7) | u64::from(byte & 0x7f));
    (u64::from(u32::from_be_bytes(bytes)), short)
}

/// A frame's header.
struct Frame {
    /// Those of 2.2 end in a zero.
    name: [u8; 4],
    size: u64,
    /// Bytes of the body before the contents.
    skip: usize,
    is_unsynchronised: bool,
    /// Neither compressed nor encrypted.
    is_plain: bool,
}

impl Frame {
    fn read<S: Read + Seek>(
        window: &mut Window<S>,
        version: u8,
        at: u64,
        end: u64,
    ) -> Option<Self> {
        if version == 2 {
            let [a, b, c, size @ ..]: [u8; 6] = window.array(at)?;
            let size = u64::from(u32::from_be_bytes([0, size[0], size[1], size[2]]));
            return is_name(&[a, b, c]).then_some(Self {
                name: [a, b, c, 0],
                size,
                skip: 0,
                is_unsynchronised: false,
                is_plain: true,
            });
        }
        let header: [u8; 10] = window.array(at)?;
        let [n0, n1, n2, n3, s0, s1, s2, s3, _, flags] = header;
        let name = [n0, n1, n2, n3];
        if !is_name(&name) {
            return None;
        }
        let (plain, short) = sizes([s0, s1, s2, s3]);
        let (usual, other) = if version == 4 {
            (short, plain)
        } else {
            (plain, short)
        };
        let mut is_frame_boundary = |size: u64| is_frame_boundary(window, at + 10 + size, end);
        let size = match usual == other || is_frame_boundary(usual) || !is_frame_boundary(other) {
            true => usual,
            false => other,
        };
        let (hidden, group, counted, unsynchronised) = match version {
            4 => (0x0c, 0x40, 0x01, 0x02),
            _ => (0xc0, 0x20, 0, 0),
        };
        let has = |bit: u8| flags & bit != 0;
        Some(Self {
            name,
            size,
            skip: usize::from(has(group)) + 4 * usize::from(has(counted)),
            is_unsynchronised: has(unsynchronised),
            is_plain: !has(hidden),
        })
    }
}

fn is_name(name: &[u8]) -> bool {
    let is_letter = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    name.iter().all(is_letter)
}

/// Whether a frame, padding or the end stands at `at`.
fn is_frame_boundary<S: Read + Seek>(window: &mut Window<S>, at: u64, end: u64) -> bool {
    match window.array::<4>(at) {
        _ if at == end => true,
        Some([0, 0, 0, 0]) => at < end,
        Some(name) => at < end && is_name(&name),
        None => false,
    }
}

/// Texts by the names of their frames.
#[derive(Default)]
struct Found(Vec<([u8; 4], String)>);

impl Found {
    fn add(&mut self, name: [u8; 4], body: &[u8]) {
        let value = match (name[0], body) {
            // What is UTF-8 is nothing else, whatever the frame says.
            (b'T', [0 | 3, rest @ ..]) => text::utf_8_or_latin_1(until_zero(rest)),
            (b'T', [1, rest @ ..]) => text::utf_16_marked(rest),
            (b'T', [2, rest @ ..]) => text::utf_16(rest, u16::from_be_bytes),
            // Links have no encoding of their own.
            (b'W', rest) if &name[1..] != b"XXX" => text::latin_1(until_zero(rest)),
            _ => return,
        };
        if let Some(value) = said(&value) {
            self.0.push((name, value));
        }
    }

    /// The first value of the first of these frames that is there.
    fn first(&self, names: &[&[u8; 4]]) -> Option<String> {
        names.iter().find_map(|name| {
            let value = self.0.iter().find(|(found, _)| found == *name);
            value.map(|(_, value)| value.clone())
        })
    }

    fn into_tags(self) -> Tags {
        let years: [&[u8; 4]; 6] = [b"TDOR", b"TORY", b"TDRC", b"TYER", b"TYE\0", b"TDRL"];
        let links: [&[u8; 4]; 5] = [b"WOAF", b"WOAS", b"WOAR", b"WPUB", b"WAF\0"];
        let first_link = |name: &&[u8; 4]| self.first(&[*name]).filter(|link| is_link(link));
        Tags {
            title: self.first(&[b"TIT2", b"TT2\0"]),
            artist: self.first(&[b"TPE1", b"TP1\0", b"TPE2", b"TP2\0"]),
            album: self.first(&[b"TALB", b"TAL\0"]),
            licence: self.first(&[b"WCOP"]),
            year: years
                .iter()
                .find_map(|name| year_of(&self.first(&[*name])?)),
            url: links.iter().find_map(first_link),
        }
    }
}

fn until_zero(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|&byte| byte == 0);
    &bytes[..end.unwrap_or(bytes.len())]
}
