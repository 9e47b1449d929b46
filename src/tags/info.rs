//! RIFF's texts: the list INFO (Multimedia Programming Interface 1.0, chapter 2), and ID3v2 in a chunk of its own.
//!
//! The specification has texts in Windows' own character set and padded to an even length; programs write UTF-8, and
//! leave the padding out.

use std::io::{Read, Seek};

use super::{
    fields::{Tags, said, year_of},
    id3, text,
};
use crate::audio::container::{Window, riff};

/// Longest list that is read.
const MAX_LIST_BYTES: u64 = 1 << 20;

/// The texts of a RIFF file that begins at `start`.
pub(super) fn read<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Tags {
    let chunks = riff::chunks(window, start + 12);
    let mut tags = Tags::default();
    for chunk in chunks
        .iter()
        .filter(|chunk| matches!(&chunk.name, b"id3 " | b"ID3 "))
    {
        tags.complete(id3::read(window, chunk.body));
    }
    for chunk in chunks.iter().filter(|chunk| &chunk.name == b"LIST") {
        let count = chunk.size.min(MAX_LIST_BYTES) as usize;
        if let Some(items) = window.up_to(chunk.body, count).strip_prefix(b"INFO") {
            tags.complete(read_list(items));
        }
    }
    tags
}

fn read_list(items: &[u8]) -> Tags {
    let mut tags = Tags::default();
    let mut at = 0;
    while let Some((name, text, next)) = item(items, at) {
        let value = said(&text::utf_8_or_latin_1(text));
        tags.complete(match name {
            b"INAM" => Tags {
                title: value,
                ..Tags::default()
            },
            b"IART" => Tags {
                artist: value,
                ..Tags::default()
            },
            b"IPRD" => Tags {
                album: value,
                ..Tags::default()
            },
            b"ICRD" => Tags {
                year: value.as_deref().and_then(year_of),
                ..Tags::default()
            },
            _ => Tags::default(),
        });
        at = next;
    }
    tags
}

/// Name and text of the item at `at`, and where the next one begins.
fn item(items: &[u8], at: usize) -> Option<(&[u8], &[u8], usize)> {
    let name = items.get(at..at.checked_add(4)?)?;
    let body = at + 8;
    let size = u32::from_le_bytes(items.get(at + 4..body)?.try_into().ok()?) as usize;
    let rest = items.get(body..)?;
    let text = &rest[..size.min(rest.len())];
    let end = text
        .iter()
        .position(|&byte| byte == 0)
        .unwrap_or(text.len());
    let next = body + text.len();
    let is_name = |at: &usize| {
        let name = items.get(*at..*at + 4);
        name.is_some_and(|name| {
            name.iter()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })
    };
    let next = [next + next % 2, next].into_iter().find(is_name);
    Some((name, &text[..end], next.unwrap_or(items.len())))
}
