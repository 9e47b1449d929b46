//! MPEG-4 and QuickTime files (ISO/IEC 14496-12): boxes of a length and a name, the last of which must end where the
//! file does.

use std::io::{Read, Seek};

use super::{
    kind::{Codec, Container},
    survey::Survey,
    window::Window,
};

/// More boxes than this beside one another are taken for damage.
const MAX_BOXES: usize = 4096;
/// Entries of the table of durations that are added up; songs have one or two.
const MAX_DURATIONS: u64 = 100_000;

/// Where a box's contents lie.
#[derive(Clone, Copy, Debug)]
struct Span {
    kind: [u8; 4],
    start: u64,
    end: u64,
}

/// Surveys a file that begins at `start`.
pub(super) fn survey<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let mut survey = Survey::new(Container::Mp4, Codec::Unknown);
    let (top, end) = boxes(window, start, u64::MAX);
    survey.is_cut_off = end > window.length();
    let movie = top.iter().find(|span| &span.kind == b"moov");
    let Some(movie) = movie.copied() else {
        survey.is_cut_off = true;
        return Some(survey);
    };
    let tracks = within(window, movie)
        .into_iter()
        .filter(|span| &span.kind == b"trak");
    let mut has_tracks = false;
    for track in tracks {
        has_tracks = true;
        if let Some(sound) = sound(window, track) {
            survey.codec = sound.codec;
            // The lower rates may be those of a core that the decoder doubles (HE-AAC).
            survey.sample_rate = sound.sample_rate.filter(|&rate| rate >= 32_000);
            survey.channel_count = sound.channel_count;
            survey.duration_secs = sound.duration_secs;
            return Some(survey);
        }
    }
    if has_tracks {
        survey.container = Container::NoSound("a video without sound");
    }
    Some(survey)
}

/// The boxes from `start` to `end` that begin in the file, and where the last of them ends.
fn boxes<S: Read + Seek>(window: &mut Window<S>, start: u64, end: u64) -> (Vec<Span>, u64) {
    let mut boxes = Vec::new();
    let mut at = start;
    while at < end && boxes.len() < MAX_BOXES {
        let (Some(size), Some(kind)) = (window.u32_be(at), window.array(at.saturating_add(4)))
        else {
            break;
        };
        let (header, size) = match size {
            0 => (8, window.length().saturating_sub(at)),
            1 => (16, window.array(at + 8).map_or(0, u64::from_be_bytes)),
            size => (8, u64::from(size)),
        };
        let Some(next) = at.checked_add(size).filter(|_| size >= header) else {
            break;
        };
        boxes.push(Span {
            kind,
            start: at + header,
            end: next.min(end),
        });
        at = next;
    }
    (boxes, at)
}

fn within<S: Read + Seek>(window: &mut Window<S>, span: Span) -> Vec<Span> {
    boxes(window, span.start, span.end).0
}

/// The box at the end of a path of boxes within boxes.
fn descend<S: Read + Seek>(window: &mut Window<S>, span: Span, path: &[&[u8; 4]]) -> Option<Span> {
    path.iter().try_fold(span, |span, kind| {
        let boxes = within(window, span);
        boxes.into_iter().find(|inner| &inner.kind == *kind)
    })
}

/// A track of sound.
struct Sound {
    codec: Codec,
    sample_rate: Option<u32>,
    channel_count: Option<u16>,
    duration_secs: Option<f64>,
}

fn sound<S: Read + Seek>(window: &mut Window<S>, track: Span) -> Option<Sound> {
    let media = descend(window, track, &[b"mdia"])?;
    let handler = descend(window, media, &[b"hdlr"])?;
    if window.array(handler.start + 8)? != *b"soun" {
        return None;
    }
    let table = descend(window, media, &[b"minf", b"stbl"])?;
    let descriptions = descend(window, table, &[b"stsd"])?;
    // Version, flags and a count stand before the first entry (8.5.2); 12.2.3 has the fields of sound.
    let entry = Span {
        start: descriptions.start + 8,
        ..descriptions
    };
    let entry = within(window, entry).into_iter().next()?;
    let channels = window.array(entry.start + 16).map(u16::from_be_bytes);
    let rate = window.u32_be(entry.start + 24).map(|rate| rate >> 16);
    let codec = match &entry.kind {
        b"mp4a" => mp4a(window, entry),
        b"alac" => Codec::Alac,
        b"Opus" => Codec::Opus,
        b"fLaC" => Codec::Flac,
        b".mp3" => Codec::Mp3,
        b"ac-3" => Codec::Named("Dolby AC-3"),
        b"ec-3" => Codec::Named("Dolby E-AC-3"),
        b"ac-4" => Codec::Named("Dolby AC-4"),
        b"dtsc" | b"dtsh" | b"dtsl" | b"dtse" => Codec::Named("DTS"),
        b"samr" | b"sawb" => Codec::Named("AMR"),
        b"enca" | b"drms" => Codec::Named("copy protection (DRM)"),
        b"lpcm" | b"sowt" | b"twos" | b"in24" | b"in32" | b"fl32" | b"fl64" | b"raw " | b"ipcm"
        | b"fpcm" => Codec::Pcm,
        b"ima4" => Codec::Named("IMA ADPCM"),
        _ => Codec::Named("an unknown codec"),
    };
    Some(Sound {
        codec,
        sample_rate: rate.filter(|&rate| rate > 0),
        channel_count: channels.filter(|&count| count > 0),
        duration_secs: duration(window, media, table),
    })
}

/// What the elementary stream descriptor of an "mp4a" entry says (ISO/IEC 14496-1, 7.2.6.5; 14496-3, 1.6.2.1).
fn mp4a<S: Read + Seek>(window: &mut Window<S>, entry: Span) -> Codec {
    let length = entry.end.saturating_sub(entry.start).min(4096) as usize;
    let bytes = window.up_to(entry.start, length);
    let config = bytes
        .windows(4)
        .position(|window| window == b"esds")
        .map(|at| &bytes[at + 4..]);
    let Some(config) = config else {
        return Codec::Aac;
    };
    // Tag 4, length, object type.
    let object = tagged(config, 4, |body| body.first().copied());
    match object {
        Some(0x69 | 0x6b) => return Codec::Mp3,
        Some(0xa5) => return Codec::Named("Dolby AC-3"),
        Some(0xdd) => return Codec::Vorbis,
        _ => {}
    }
    // Five bits of profile, four of rate, four of channels.
    let channels = tagged(config, 5, |body| {
        let bits = u16::from_be_bytes([*body.first()?, *body.get(1)?]);
        (bits >> 7 & 15 != 15).then_some(bits >> 3 & 15)
    });
    match channels {
        Some(3..) => Codec::AacSurround,
        _ => Codec::Aac,
    }
}

/// Reads the body of the first descriptor of this tag; its length is coded in up to four bytes.
fn tagged<T>(bytes: &[u8], tag: u8, read: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    // Version and flags, then descriptor 3 with three bytes of its own, which holds the others.
    let mut at = 4;
    while at < bytes.len() {
        let found = bytes[at];
        at += 1;
        let mut length = 0_usize;
        for _ in 0..4 {
            let byte = *bytes.get(at)?;
            at += 1;
            length = (length << 7) | usize::from(byte & 0x7f);
            if byte & 0x80 == 0 {
                break;
            }
        }
        if found == tag {
            return read(bytes.get(at..)?);
        }
        at += match found {
            3 => 3,
            4 => 13,
            _ => length,
        };
    }
    None
}

/// The durations of all samples that the file has a size for.
fn duration<S: Read + Seek>(window: &mut Window<S>, media: Span, table: Span) -> Option<f64> {
    let header = descend(window, media, &[b"mdhd"])?;
    let long = window.array::<1>(header.start)? == [1];
    let scale = window.u32_be(header.start + if long { 20 } else { 12 })?;
    let times = descend(window, table, &[b"stts"])?;
    let sizes = descend(window, table, &[b"stsz"])?;
    // One size for all, or one each, for which the box must have room.
    let fixed = window.u32_be(sizes.start + 4)?;
    let count = u64::from(window.u32_be(sizes.start + 8)?);
    let room = match fixed {
        0 => sizes.end.saturating_sub(sizes.start + 12) / 4,
        size => window.length() / u64::from(size),
    };
    let mut left = count.min(room);
    let mut ticks = 0_u64;
    let entries = u64::from(window.u32_be(times.start + 4)?).min(MAX_DURATIONS);
    for entry in 0..entries {
        let at = times.start + 8 + 8 * entry;
        let (Some(count), Some(delta)) = (window.u32_be(at), window.u32_be(at + 4)) else {
            break;
        };
        let count = u64::from(count).min(left);
        left -= count;
        ticks = ticks.saturating_add(count.saturating_mul(u64::from(delta)));
    }
    // Fragmented files have their samples elsewhere.
    (scale > 0 && ticks > 0).then(|| ticks as f64 / f64::from(scale))
}
