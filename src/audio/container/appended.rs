//! What programs put before and behind files of any kind: ID3 and APE tags.

use std::{
    io::{Read, Seek},
    ops::Range,
};

use super::window::Window;

/// Behind ID3v2 tags, which programs put before files of any kind (id3.org, ID3v2.4.0 main structure, 3.1: sizes in
/// four times seven bits; a footer adds ten bytes).
pub(crate) fn tagless_start<S: Read + Seek>(window: &mut Window<S>) -> u64 {
    let mut start = 0;
    while let Some(length) = id3v2_length(window, start) {
        start += length;
    }
    start
}

/// Bytes of the ID3v2 tag at `position`, if one is there and the file goes on behind it.
pub(crate) fn id3v2_length<S: Read + Seek>(window: &mut Window<S>, position: u64) -> Option<u64> {
    let header: [u8; 10] = window.array(position)?;
    let [b'I', b'D', b'3', major, _, flags, size @ ..] = header else {
        return None;
    };
    if major == 0xff || size.iter().any(|byte| byte & 0x80 != 0) {
        return None;
    }
    let size = size
        .iter()
        .fold(0, |size, byte| (size << 7) | u64::from(*byte));
    let footer = if flags & 0x10 != 0 { 10 } else { 0 };
    let length = 10 + size + footer;
    (position + length < window.length()).then_some(length)
}

/// Where the sound ends: before an ID3v1 tag (128 bytes) and before an APEv2
/// tag, in whatever order they were added.
pub(super) fn tagless_end<S: Read + Seek>(window: &mut Window<S>, range: Range<u64>) -> u64 {
    let Range { start, mut end } = range;
    loop {
        let before = end;
        if end - start >= 128 && window.array(end - 128) == Some(*b"TAG") {
            end -= 128;
        }
        // APE tag 2.0: a footer of 32 bytes, its size without the header.
        let footer = end.checked_sub(32).filter(|footer| *footer >= start);
        if let Some(footer) = footer.filter(|&footer| window.array(footer) == Some(*b"APETAGEX")) {
            let size = window.u32_le(footer + 12).map_or(32, u64::from).max(32);
            let header = match window.u32_le(footer + 20) {
                Some(flags) if flags >> 31 != 0 => 32,
                _ => 0,
            };
            end = end.saturating_sub(size + header).max(start);
        }
        if end == before {
            return end;
        }
    }
}
