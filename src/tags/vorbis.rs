//! Vorbis comments (Vorbis I, chapter 5) in Ogg and FLAC, entry by entry.

use std::io::{Read, Seek};

use super::{
    fields::{Tags, is_link, said, year_of},
    text,
};
use crate::audio::container::Window;

/// Longest comment header that is read; pictures in it may make it long.
const MAX_BYTES: usize = 16 << 20;
/// More pages or blocks than this before the comments are taken for damage.
const MAX_PIECES: usize = 4096;

/// The comments of a FLAC file that begins at `start` (RFC 9639, 8.6).
pub(super) fn read_flac<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Tags {
    let mut at = start + 4;
    for _ in 0..MAX_PIECES {
        let Some([kind, a, b, c]) = window.array(at) else {
            break;
        };
        let length = u32::from_be_bytes([0, a, b, c]);
        if kind & 0x7f == 4 {
            return comments(window.up_to(at + 4, length as usize));
        }
        if kind & 0x80 != 0 {
            break;
        }
        at += 4 + u64::from(length);
    }
    Tags::default()
}

/// The comments of an Ogg file that begins at `start`: the second packet of its first stream (RFC 3533).
pub(super) fn read_ogg<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Tags {
    let packet = second_packet(window, start);
    let comment = match packet.as_slice() {
        [3, b'v', b'o', b'r', b'b', b'i', b's', rest @ ..] => rest,
        [b'O', b'p', b'u', b's', b'T', b'a', b'g', b's', rest @ ..] => rest,
        // A metadata block of FLAC.
        [4 | 0x84, _, _, _, rest @ ..] => rest,
        _ => &[],
    };
    comments(comment)
}

fn second_packet<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Vec<u8> {
    let mut packet = Vec::new();
    let mut ended = 0;
    let mut serial = None;
    let mut at = start;
    for _ in 0..MAX_PIECES {
        let Some(header) = window
            .array::<27>(at)
            .filter(|header| header.starts_with(b"OggS"))
        else {
            break;
        };
        let segments = usize::from(header[26]);
        let Some(table) = window.get(at + 27, segments).map(<[u8]>::to_vec) else {
            break;
        };
        let mut body = at + 27 + segments as u64;
        let is_ours = *serial.get_or_insert([header[14], header[15], header[16], header[17]])
            == header[14..18];
        for &size in &table {
            if is_ours && ended == 1 {
                packet.extend_from_slice(window.up_to(body, usize::from(size)));
            }
            // A piece of 255 bytes goes on in the next one.
            ended += usize::from(is_ours && size < 255);
            body += u64::from(size);
            if ended > 1 || packet.len() > MAX_BYTES {
                return packet;
            }
        }
        at = body;
    }
    packet
}

fn comments(bytes: &[u8]) -> Tags {
    let mut entries = Vec::new();
    // The writing program's name comes first, then a count, which is not needed.
    let Some(mut rest) = counted(bytes).and_then(|(_, rest)| rest.get(4..)) else {
        return Tags::default();
    };
    while let Some((entry, after)) = counted(rest) {
        if let Some(at) = entry.iter().position(|&byte| byte == b'=') {
            let name = entry[..at].to_ascii_uppercase();
            entries.push((name, text::utf_8_or_latin_1(&entry[at + 1..])));
        }
        rest = after;
    }
    let all = |name: &'static str| {
        let values = entries
            .iter()
            .filter(move |(found, _)| found == name.as_bytes());
        values.filter_map(|(_, value)| said(value))
    };
    let first = |names: &[&'static str]| names.iter().find_map(|name| all(name).next());
    let year = ["ORIGINALDATE", "DATE", "YEAR"].into_iter().flat_map(all);
    Tags {
        title: first(&["TITLE"]),
        artist: first(&["ARTIST", "ALBUMARTIST"]),
        album: first(&["ALBUM"]),
        licence: first(&["LICENSE", "COPYRIGHT_URL"]),
        year: year.filter_map(|date| year_of(&date)).next(),
        url: ["WEBSITE", "CONTACT", "URL"]
            .into_iter()
            .flat_map(all)
            .find(|link| is_link(link)),
    }
}

/// A text after its length in four bytes, and what follows.
fn counted(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}
