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
    survey::Survey,
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

/// Surveys a RIFF, RF64 or BW64 file that begins at `start`.
pub(super) fn survey<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let all = chunks(window, start + 12);
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
            size.saturating_add(8) <= rest || matches!(&name, b"data" | b"fmt ")
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

/// The `fmt ` chunk, understood.
struct Format {
    tag: u16,
    channel_count: u16,
    sample_rate: u32,
    bytes_per_sec: u32,
    block_bytes: u16,
    bits: u16,
    /// As it is put into the new file.
    body: Vec<u8>,
}

impl Format {
    fn read(bytes: &[u8]) -> Option<Self> {
        let u16_at = |at: usize| Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
        let u32_at = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let outer = u16_at(0)?;
        let (tag, body_bytes) = match outer {
            0xfffe if bytes.len() >= 40 => (u16_at(24)?, 40),
            1 => (1, 16),
            3 => (3, 16),
            other => (
                other,
                (18 + usize::from(u16_at(16).unwrap_or(0))).min(bytes.len()),
            ),
        };
        Some(Self {
            tag,
            channel_count: u16_at(2)?,
            sample_rate: u32_at(4)?,
            bytes_per_sec: u32_at(8)?,
            block_bytes: u16_at(12)?,
            bits: u16_at(14)?,
            body: bytes.get(..body_bytes)?.to_vec(),
        })
    }

    /// Bytes of one amplitude of every channel, where these have a fixed size.
    fn frame_bytes(&self) -> Option<u64> {
        let is_fixed = matches!(self.tag, 1 | 3 | 6 | 7);
        let whole = u64::from(self.bits.div_ceil(8)) * u64::from(self.channel_count);
        let frame = match u64::from(self.block_bytes) {
            block if block >= whole => block,
            _ => whole,
        };
        Some(frame).filter(|&frame| is_fixed && frame > 0)
    }

    /// Instants in `bytes` of samples.
    fn frames(&self, bytes: u64) -> Option<u64> {
        if let Some(frame) = self.frame_bytes() {
            return Some(bytes / frame);
        }
        // ADPCM: the extension names the instants of a block.
        let per_block = self
            .body
            .get(18..20)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        match (self.tag, per_block, self.block_bytes) {
            (0x02 | 0x11, Some(frames @ 1..), block @ 1..) => {
                Some(bytes.div_ceil(u64::from(block)) * u64::from(frames))
            }
            _ => None,
        }
    }

    fn secs(&self, bytes: u64) -> Option<f64> {
        match (self.frames(bytes), self.sample_rate, self.bytes_per_sec) {
            (Some(frames), rate @ 1.., _) => Some(frames as f64 / f64::from(rate)),
            (None, _, per_sec @ 1..) => Some(bytes as f64 / f64::from(per_sec)),
            _ => None,
        }
    }
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

/// The header of a file in which `length` bytes of samples follow.
fn header(format: &Format, length: u64) -> Vec<u8> {
    let fact = match (format.tag, format.frames(length)) {
        (0x02 | 0x11, Some(frames)) => {
            let frames = u32::try_from(frames).unwrap_or(u32::MAX);
            [&b"fact\x04\0\0\0"[..], &frames.to_le_bytes()].concat()
        }
        _ => Vec::new(),
    };
    let padding = format.body.len() % 2;
    let fixed = 4 + 8 + format.body.len() + padding + fact.len() + 8;
    let size = |bytes: u64| u32::try_from(bytes).unwrap_or(u32::MAX).to_le_bytes();
    let parts: [&[u8]; 10] = [
        b"RIFF",
        &size(fixed as u64 + length),
        b"WAVE",
        b"fmt ",
        &size(format.body.len() as u64),
        &format.body,
        &[0][..padding],
        &fact,
        b"data",
        &size(length),
    ];
    parts.concat()
}
