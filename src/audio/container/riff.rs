//! WAV: RIFF WAVE, its 64-bit kinds RF64 and BW64, and Sony Wave64.
//!
//! Multimedia Programming Interface and Data Specifications 1.0 (1991): chunks of a name, a length, and padding to an
//! even number of bytes; EBU Tech 3306 and ITU-R BS.2088 for RF64 and BW64; Sony's Wave64 with GUIDs for names. Whatever
//! was wrong with sizes and texts, the file that is put together has one `fmt ` chunk and one `data` chunk.

use std::{
    io::{Read, Seek},
    ops::Range,
};

use super::{
    kind::{Codec, Container, wav_codec},
    mpeg,
    spliced::Part,
    survey::{MAX_JOINED, Survey},
    wav_format::{Format, header},
    window::Window,
};

/// As far as a lost chunk is searched for, and how many times.
const SEARCH_BYTES: u64 = 1 << 20;
const MAX_SEARCHES: usize = 16;
/// More chunks than this are taken for damage.
const MAX_CHUNKS: usize = 4096;
/// From here on, a length that the file does not have is that of a program that could not know it: sox writes
/// 0x7ffff000, arecord 0x80000000, ffmpeg 0xffffffff.
const UNKNOWN_LENGTH: u64 = 0x7fff_0000;
/// Longest `fmt ` chunk that is read: extensible ones have 40 bytes, codecs' own not many more.
const MAX_FORMAT_BYTES: u64 = 4096;
/// GUIDs of Wave64 end in these twelve bytes (the first name: in others).
const W64_RIFF_TAIL: [u8; 12] = [
    0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0, 0,
];

/// A chunk, as its header describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its name.
    pub name: [u8; 4],
    /// Where its contents begin.
    pub body: u64,
    /// The length that it claims.
    pub size: u64,
}

/// What the chunks of a recording say.
#[derive(Default)]
struct Chunks {
    format: Option<Vec<u8>>,
    /// Where samples begin, and the length that their chunk claims.
    data: Option<(u64, u64)>,
    /// Whether another chunk follows where the samples end.
    has_more: bool,
}

/// Surveys a RIFF, RF64 or BW64 file that begins at `start`, and those that were joined to it.
pub(super) fn survey<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let all = chunks(window, start + 12);
    let joined: Vec<Chunk> = all
        .iter()
        .filter(|chunk| &chunk.name == b"RIFF" && window.array(chunk.body) == Some(*b"WAVE"))
        .take(MAX_JOINED)
        .copied()
        .collect();
    let mut first = survey_one(window, until_joined(&all))?;
    for chunk in joined {
        let own = chunks(window, chunk.body + 4);
        if let Some(next) = survey_one(window, until_joined(&own)) {
            first.join(next);
        }
    }
    Some(first)
}

/// The chunks of the first of joined files.
fn until_joined(chunks: &[Chunk]) -> &[Chunk] {
    let end = chunks.iter().position(|chunk| &chunk.name == b"RIFF");
    // The one that follows shows where the samples end.
    &chunks[..end.map_or(chunks.len(), |end| end + 1)]
}

fn survey_one<S: Read + Seek>(window: &mut Window<S>, all: &[Chunk]) -> Option<Survey> {
    let find = |name: &[u8; 4]| all.iter().find(|chunk| &chunk.name == name);
    let format = find(b"fmt ").copied();
    let found = Chunks {
        data: find(b"data").map(|chunk| (chunk.body, chunk.size)),
        has_more: all
            .last()
            .is_some_and(|last| find(b"data").is_some_and(|data| last.body > data.body)),
        format: format.and_then(|chunk| read_format(window, chunk.body, chunk.size)),
    };
    finish(window, Container::Wav, found)
}

/// Whether a file begins as Wave64 does.
pub(super) fn is_w64(head: &[u8; 16]) -> bool {
    head[4..] == W64_RIFF_TAIL
}

/// Surveys a Wave64 file that begins at `start`: names of 16 bytes, lengths of 8 that count both, padding to 8.
pub(super) fn survey_w64<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let mut chunks = Chunks::default();
    let mut at = start + 40;
    for _ in 0..MAX_CHUNKS {
        let (Some(name), Some(size)) = (window.array::<4>(at), window.array(at + 16)) else {
            break;
        };
        let size = u64::from_le_bytes(size);
        match &name {
            b"fmt " => chunks.format = read_format(window, at + 24, size.saturating_sub(24)),
            b"data" => chunks.data = Some((at + 24, size.saturating_sub(24))),
            _ => {}
        }
        let padded = size.max(24).checked_next_multiple_of(8);
        let Some(next) = padded.and_then(|size| at.checked_add(size)) else {
            break;
        };
        chunks.has_more = chunks.data.is_some();
        if chunks.data.is_some() && chunks.format.is_some() {
            break;
        }
        at = next;
    }
    finish(window, Container::W64, chunks)
}

/// The chunks from `first` on, found again where lengths are wrong.
pub(crate) fn chunks<S: Read + Seek>(window: &mut Window<S>, first: u64) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut long_data = None;
    let mut searches = 0;
    let mut at = first;
    while chunks.len() < MAX_CHUNKS {
        let Some((name, mut size)) = chunk(window, at) else {
            break;
        };
        let body = at + 8;
        match &name {
            b"ds64" => long_data = window.array(body + 8).map(u64::from_le_bytes),
            b"data" if size == 0xffff_ffff => size = long_data.unwrap_or(size),
            _ => {}
        }
        chunks.push(Chunk { name, body, size });
        let is_sound = &name == b"data";
        let next = following(window, body.saturating_add(size)).or_else(|| {
            searches += 1;
            let is_lost = !is_sound && searches <= MAX_SEARCHES;
            is_lost.then(|| lost(window, body))?
        });
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    chunks
}

/// Name and length of the chunk at `at`, if one is there.
fn chunk<S: Read + Seek>(window: &mut Window<S>, at: u64) -> Option<([u8; 4], u64)> {
    let name: [u8; 4] = window.array(at)?;
    let size = u64::from(window.u32_le(at.checked_add(4)?)?);
    let is_name = name.iter().all(|byte| (0x20..0x7f).contains(byte));
    is_name.then_some((name, size))
}

/// Where the next chunk begins, if a chunk that fits into the file does so at `end` or beyond its padding.
fn following<S: Read + Seek>(window: &mut Window<S>, end: u64) -> Option<u64> {
    let padded = end.checked_add(end & 1)?;
    [padded, end].into_iter().find(|&at| {
        let rest = window.length().saturating_sub(at);
        chunk(window, at).is_some_and(|(name, size)| {
            size.saturating_add(8) <= rest || matches!(&name, b"data" | b"fmt " | b"RIFF")
        })
    })
}

/// The `fmt ` or `data` chunk that a wrong length has hidden, behind `from`.
fn lost<S: Read + Seek>(window: &mut Window<S>, from: u64) -> Option<u64> {
    let range = from..from.saturating_add(SEARCH_BYTES);
    let names: [&[u8]; 2] = [b"fmt ", b"data"];
    names
        .into_iter()
        .filter_map(|name| window.find(name, range.clone()))
        .min()
}

fn read_format<S: Read + Seek>(window: &mut Window<S>, body: u64, size: u64) -> Option<Vec<u8>> {
    let size = size.clamp(16, MAX_FORMAT_BYTES) as usize;
    window.get(body, size).map(<[u8]>::to_vec)
}

fn finish<S: Read + Seek>(
    window: &mut Window<S>,
    container: Container,
    chunks: Chunks,
) -> Option<Survey> {
    let mut survey = Survey::new(container, Codec::Unknown);
    let format = chunks.format.as_deref().and_then(Format::read);
    let (Some(format), Some((_, claimed))) = (format, chunks.data) else {
        survey.is_cut_off = true;
        return Some(survey);
    };
    survey.codec = wav_codec(format.tag, format.bits);
    survey.sample_rate = Some(format.sample_rate).filter(|&rate| rate > 0);
    survey.channel_count = Some(format.channel_count).filter(|&count| count > 0);
    let there = extent(window.length(), &chunks, &format);
    let length = there.end - there.start;
    let is_missing = claimed > length && claimed < UNKNOWN_LENGTH;
    survey.is_cut_off = is_missing;
    survey.header_secs = format.secs(claimed).filter(|_| is_missing);
    survey.duration_secs = format.secs(length);
    if let Some(inner) = inner_stream(window, &survey, &there) {
        return Some(inner);
    }
    let header = header(&format, length);
    // Browsers do not play 64-bit floats: the page makes them shorter, and finds them behind this header.
    let is_plain = survey.codec != Codec::Float64
        && there.start == header.len() as u64
        && there.end == window.length()
        && !chunks.has_more
        && window.get(0, header.len()) == Some(&header);
    if !is_plain {
        survey.streams = vec![vec![Part::New(header), Part::Kept(there)]];
    }
    Some(survey)
}

/// Where the samples really lie.
fn extent(file_end: u64, chunks: &Chunks, format: &Format) -> Range<u64> {
    let (start, claimed) = chunks.data.unwrap_or_default();
    // Less than a tenth of a second behind the samples is padding.
    let per_sec = match format.frame_bytes() {
        Some(frame) => frame * u64::from(format.sample_rate),
        None => u64::from(format.bytes_per_sec),
    };
    let rest_is_sound = |end: u64| file_end - end >= (per_sec / 10).max(64);
    let end = match start.checked_add(claimed).filter(|&end| end <= file_end) {
        None => file_end,
        Some(end) if !chunks.has_more && rest_is_sound(end) => file_end,
        Some(end) => end,
    };
    start..end.max(start)
}

/// MPEG audio and AAC in a WAV are what they are without it.
fn inner_stream<S: Read + Seek>(
    window: &mut Window<S>,
    outer: &Survey,
    samples: &Range<u64>,
) -> Option<Survey> {
    let is_framed = matches!(
        outer.codec,
        Codec::Mp3 | Codec::Aac | Codec::Named("MPEG audio (layer I or II)")
    );
    let inner = is_framed.then(|| mpeg::survey_within(window, samples.clone()))??;
    let streams = match inner.streams.is_empty() {
        true => vec![vec![Part::Kept(samples.clone())]],
        false => inner.streams,
    };
    Some(Survey {
        container: Container::Wav,
        is_cut_off: outer.is_cut_off,
        header_secs: outer.header_secs,
        streams,
        ..inner
    })
}
