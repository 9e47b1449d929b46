//! FLAC (RFC 9639), with what programs put before and behind it.

use std::io::{Read, Seek};

use super::{
    appended::tagless_end,
    kind::{Codec, Container},
    spliced::Part,
    survey::Survey,
    window::Window,
};

/// Bytes at the end within which the last frame begins: more than a frame of 65,535 samples in two channels of 16 bits.
const TAIL_BYTES: u64 = 512 * 1024;
/// Where the stream information lies behind the marker: a block header of four bytes comes first.
const INFO: u64 = 8;
/// The first block's kind and its length of 34 bytes (section 8.1): a file without it is none.
const STREAM_INFO: [u8; 4] = [0, 0, 0, 34];
/// Length of marker, block header and stream information.
const HEAD_BYTES: usize = 42;
/// Counts of 36 bits and their first byte, of which they share half with the bits a sample (section 8.2).
const TOTAL_AT: usize = 21;

/// Surveys a file that begins at `start`.
pub(super) fn survey<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let mut survey = Survey::new(Container::Flac, Codec::Flac);
    let Some(head) = window.get(start, HEAD_BYTES).map(<[u8]>::to_vec) else {
        survey.is_cut_off = true;
        return Some(survey);
    };
    if [head[4] & 0x7f, head[5], head[6], head[7]] != STREAM_INFO {
        return Some(survey);
    }
    let packed = u64::from_be_bytes(head[18..26].try_into().ok()?);
    let sample_rate = (packed >> 44) as u32;
    let claimed = packed & 0xf_ffff_ffff;
    survey.sample_rate = Some(sample_rate).filter(|&rate| rate > 0);
    survey.channel_count = Some(((packed >> 41) & 7) as u16 + 1);
    let end = tagless_end(window, start);
    let block = u64::from(u16::from_be_bytes([head[8], head[9]]));
    let Some(frames) = first_frame(window, start) else {
        survey.is_cut_off = true;
        return Some(survey);
    };
    let counted = last_sample(window, frames..end, block);
    let secs = |samples: u64| samples as f64 / f64::from(sample_rate.max(1));
    let total = counted.unwrap_or(claimed);
    survey.duration_secs = counted.map(secs);
    // An hour promised for minutes may be a download that ended; an absurd total is a program's mistake.
    let is_missing = counted.is_some_and(|counted| {
        claimed > counted + u64::from(sample_rate / 10) && secs(claimed) < 24.0 * 3600.0
    });
    survey.is_cut_off = is_missing;
    survey.header_secs = is_missing.then(|| secs(claimed));
    let is_plain = start == 0 && end == window.length();
    if !is_plain || (total != claimed && !is_missing) {
        let mut head = head;
        if !is_missing {
            set_total(&mut head, total);
        }
        let rest = Part::Kept(start + HEAD_BYTES as u64..end);
        survey.streams = vec![vec![Part::New(head), rest]];
    }
    Some(survey)
}

fn set_total(head: &mut [u8], total: u64) {
    let bytes = (total & 0xf_ffff_ffff).to_be_bytes();
    head[TOTAL_AT] = (head[TOTAL_AT] & 0xf0) | bytes[3];
    head[TOTAL_AT + 1..TOTAL_AT + 5].copy_from_slice(&bytes[4..]);
}

/// Behind the metadata blocks.
fn first_frame<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<u64> {
    let mut at = start + INFO - 4;
    // Every step is at least four bytes long.
    loop {
        let [kind, a, b, c] = window.array(at)?;
        at += 4 + u64::from(u32::from_be_bytes([0, a, b, c]));
        if kind & 0x80 != 0 {
            return (at < window.length()).then_some(at);
        }
    }
}

/// Samples up to the end of the last frame, by that frame's own number.
fn last_sample<S: Read + Seek>(
    window: &mut Window<S>,
    frames: std::ops::Range<u64>,
    block: u64,
) -> Option<u64> {
    let like: [u8; 4] = window.array(frames.start)?;
    let start = frames.end.saturating_sub(TAIL_BYTES).max(frames.start);
    let count = usize::try_from(frames.end.saturating_sub(start)).ok()?;
    let tail = window.get(start, count)?;
    let candidates = (0..tail.len()).rev();
    candidates
        .filter(|&at| tail[at] == 0xff)
        .find_map(|at| frame_end(&tail[at..], like, block))
}

/// The sample behind the frame whose header `bytes` begin with (section 9.1), if it is one of this stream.
fn frame_end(bytes: &[u8], like: [u8; 4], block: u64) -> Option<u64> {
    // Synchronisation and strategy, sampling rate, and sample size are those of the first frame.
    let is_like = bytes.get(..2)? == &like[..2]
        && bytes.get(2)? & 0x0f == like[2] & 0x0f
        && bytes.get(3)? & 0x0f == like[3] & 0x0f;
    if !is_like {
        return None;
    }
    let (number, mut at) = coded_number(bytes, 4)?;
    let field = |at: usize, length: usize| {
        let bytes = bytes.get(at..at + length)?;
        Some(
            bytes
                .iter()
                .fold(0, |sum, &byte| (sum << 8) | u64::from(byte)),
        )
    };
    let size = match bytes[2] >> 4 {
        0 => return None,
        1 => 192,
        code @ 2..=5 => 144 << code,
        6 => {
            at += 1;
            field(at - 1, 1)? + 1
        }
        7 => {
            at += 2;
            field(at - 2, 2)? + 1
        }
        code => 1 << code,
    };
    at += match bytes[2] & 0x0f {
        12 => 1,
        13 | 14 => 2,
        _ => 0,
    };
    if crc8(bytes.get(..at)?) != *bytes.get(at)? {
        return None;
    }
    let is_variable = bytes[1] & 1 != 0;
    let first = if is_variable {
        number
    } else {
        number.checked_mul(block)?
    };
    first.checked_add(size)
}

/// A number coded as UTF-8 codes characters, in up to seven bytes; and where it ends.
fn coded_number(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let first = *bytes.get(at)?;
    let length = first.leading_ones() as usize;
    match length {
        0 => return Some((u64::from(first), at + 1)),
        2..=7 => {}
        _ => return None,
    }
    let rest = bytes.get(at + 1..at + length)?;
    let mut number = u64::from(first) & (0x7f >> length);
    for byte in rest {
        number = (byte & 0xc0 == 0x80).then_some((number << 6) | u64::from(byte & 0x3f))?;
    }
    Some((number, at + length))
}

/// x^8 + x^2 + x + 1 (section 9.1.8).
fn crc8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |crc, byte| {
        (0..8).fold(crc ^ byte, |crc: u8, _| match crc & 0x80 {
            0 => crc << 1,
            _ => (crc << 1) ^ 7,
        })
    })
}
