//! FLAC (RFC 9639), with what programs put before and behind it, and without what they leave out.

use std::{
    io::{Read, Seek},
    ops::Range,
};

use super::{
    appended::tagless_end,
    flac_frame::Frame,
    kind::{Codec, Container},
    spliced::Part,
    survey::{MAX_JOINED, Survey},
    window::Window,
};

/// Bytes at the end within which the last frame begins: more than a frame of 65,535 samples in two channels of 16 bits.
const TAIL_BYTES: u64 = 512 * 1024;
/// As far as the first frame is searched for where the metadata do not lead to it.
const SEARCH_BYTES: u64 = 1 << 20;
/// More metadata blocks than this are taken for damage.
const MAX_BLOCKS: usize = 4096;
/// How a file begins that was joined to another one: marker, and stream information that is not the last block.
const JOINED: [u8; 8] = *b"fLaC\0\0\0\x22";
/// Bytes of the stream information (section 8.2).
const INFO_BYTES: usize = 34;
/// Bytes of marker, block header and stream information.
const HEAD_BYTES: u64 = 8 + INFO_BYTES as u64;
/// Where it counts the samples, in 36 bits, of which the first four share a byte with the bits a sample.
const TOTAL_AT: usize = 13;

/// Surveys a file that begins with FLAC's marker at `start`, and those that were joined to it.
pub(super) fn survey<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let mut starts = vec![start];
    let (_, mut at) = metadata(window, start + 4);
    while let Some(found) = window.find(&JOINED, at..window.length())
        && starts.len() < MAX_JOINED
    {
        starts.push(found);
        at = found + JOINED.len() as u64;
    }
    let ends = starts.iter().skip(1).copied().chain([window.length()]);
    let ranges = starts.iter().zip(ends).map(|(&start, end)| start..end);
    let mut ranges = ranges.collect::<Vec<_>>().into_iter();
    let mut first = survey_one(window, ranges.next()?);
    for range in ranges {
        let next = survey_one(window, range);
        first.join(next);
    }
    Some(first)
}

fn survey_one<S: Read + Seek>(window: &mut Window<S>, range: Range<u64>) -> Survey {
    let (info, behind) = metadata(window, range.start + 4);
    let Some((at, first)) = first_frame(window, behind..range.end) else {
        let mut survey = Survey::new(Container::Flac, Codec::Flac);
        // Without stream information it is damaged rather than cut off.
        survey.is_cut_off = info.is_some() || range.end < range.start + HEAD_BYTES;
        return survey;
    };
    count(window, range, info, at, first)
}

/// Surveys frames without marker and metadata at `start`; `None` if there is none.
pub(super) fn survey_bare<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let first = Frame::read(window.up_to(start, Frame::MAX_HEADER_BYTES))?;
    first.sample_rate?;
    Some(count(window, start..window.length(), None, start, first))
}

fn count<S: Read + Seek>(
    window: &mut Window<S>,
    range: Range<u64>,
    info: Option<[u8; INFO_BYTES]>,
    at: u64,
    first: Frame,
) -> Survey {
    let mut survey = Survey::new(Container::Flac, Codec::Flac);
    let end = tagless_end(window, range.clone()).max(at);
    let is_whole = (range.start, end) == (0, window.length())
        && info.is_some()
        && window.array(5) == Some([0, 0, INFO_BYTES as u8])
        && window.array(8) == info;
    let Some(mut info) = info.or_else(|| first.stream_info()) else {
        return survey;
    };
    let packed = u64::from_be_bytes([0, 1, 2, 3, 4, 5, 6, 7].map(|byte| info[10 + byte]));
    let sample_rate = (packed >> 44) as u32;
    let claimed = packed & 0xf_ffff_ffff;
    survey.sample_rate = Some(sample_rate);
    survey.channel_count = Some(((packed >> 41) & 7) as u16 + 1);
    let block = u64::from(u16::from_be_bytes([info[0], info[1]]));
    // A recording of a broadcast does not begin with the first sample.
    let counted = last_sample(window, at..end, &first, block)
        .zip(first.position(block))
        .and_then(|(last, begin)| last.checked_sub(begin));
    let secs = |samples: u64| samples as f64 / f64::from(sample_rate);
    let total = counted.unwrap_or(claimed);
    survey.duration_secs = counted.map(secs);
    // An hour promised for minutes may be a download that ended; an absurd total is a program's mistake.
    let is_missing = counted.is_some_and(|counted| {
        claimed > counted + u64::from(sample_rate / 10) && secs(claimed) < 24.0 * 3600.0
    });
    survey.is_cut_off = is_missing;
    survey.header_secs = is_missing.then(|| secs(claimed));
    if !is_whole || (total != claimed && !is_missing) {
        if !is_missing {
            set_total(&mut info, total);
        }
        // The one block is the last.
        let head = [b"fLaC\x80\0\0\x22", &info[..]].concat();
        survey.streams = vec![vec![Part::New(head), Part::Kept(at..end)]];
    }
    survey
}

fn set_total(info: &mut [u8; INFO_BYTES], total: u64) {
    let bytes = (total & 0xf_ffff_ffff).to_be_bytes();
    info[TOTAL_AT] = (info[TOTAL_AT] & 0xf0) | bytes[3];
    info[TOTAL_AT + 1..TOTAL_AT + 5].copy_from_slice(&bytes[4..]);
}

/// The stream information, if one is there that can be true, and where the metadata blocks at `at` end.
fn metadata<S: Read + Seek>(
    window: &mut Window<S>,
    mut at: u64,
) -> (Option<[u8; INFO_BYTES]>, u64) {
    let mut info = None;
    for _ in 0..MAX_BLOCKS {
        // Kind 127 is none: frames begin so.
        let Some([kind, a, b, c]) = window
            .array(at)
            .filter(|head: &[u8; 4]| head[0] & 0x7f != 0x7f)
        else {
            break;
        };
        let length = u64::from(u32::from_be_bytes([0, a, b, c]));
        if kind & 0x7f == 0 && length == INFO_BYTES as u64 {
            info = window.array(at + 4).filter(can_be_true).or(info);
        }
        at += 4 + length;
        if kind & 0x80 != 0 {
            break;
        }
    }
    (info, at)
}

/// Blocks of at least 16 samples, and a sampling rate.
fn can_be_true(info: &[u8; INFO_BYTES]) -> bool {
    let block = u16::from_be_bytes([info[0], info[1]]);
    let rate = u32::from_be_bytes([0, info[10], info[11], info[12]]) >> 4;
    block >= 16 && rate > 0
}

/// The first frame in a range, which begins where it should be.
fn first_frame<S: Read + Seek>(window: &mut Window<S>, range: Range<u64>) -> Option<(u64, Frame)> {
    let end = range.end.min(range.start.saturating_add(SEARCH_BYTES));
    let mut at = range.start;
    loop {
        at = window.find(&[0xff], at..end)?;
        if let Some(frame) = Frame::read(window.up_to(at, Frame::MAX_HEADER_BYTES)) {
            return Some((at, frame));
        }
        at += 1;
    }
}

/// The sample behind the last frame, by that frame's own number.
fn last_sample<S: Read + Seek>(
    window: &mut Window<S>,
    frames: Range<u64>,
    first: &Frame,
    block: u64,
) -> Option<u64> {
    let start = frames.end.saturating_sub(TAIL_BYTES).max(frames.start);
    let count = usize::try_from(frames.end.saturating_sub(start)).ok()?;
    let tail = window.get(start, count)?;
    let candidates = (0..tail.len()).rev().filter(|&at| tail[at] == 0xff);
    candidates
        .filter_map(|at| Frame::read(&tail[at..]))
        .find(|frame| frame.is_like(first))
        .and_then(|last| last.position(block)?.checked_add(last.samples))
}
