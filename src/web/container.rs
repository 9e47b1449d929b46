//! L7: what a file's first and last bytes tell before the browser decodes it: what it is, its sampling rate, and
//! whether its end is missing.
//!
//! The browser decodes to a rate that the page must name beforehand; naming the file's own avoids a needless
//! resampling. And its decoders mend a cut-off file silently, which the visitor should hear about.

/// How much of the file's beginning is worth passing to [`inspect`].
pub const HEAD_BYTES: usize = 256 * 1024;
/// How much of the file's end is worth passing to [`inspect`] (an Ogg page has at most 65,307 bytes).
pub const TAIL_BYTES: usize = 66 * 1024;

/// A kind of audio file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RIFF WAVE.
    Wav,
    /// FLAC.
    Flac,
    /// Ogg (Vorbis, Opus).
    Ogg,
    /// MPEG audio, layer III.
    Mp3,
    /// MPEG-4 with AAC.
    Mp4,
    /// MPEG-4 with Apple Lossless.
    Alac,
}

impl Format {
    /// What a browser is asked whether it can play it (RFC 6381).
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Wav => "audio/wav",
            Format::Flac => "audio/flac",
            Format::Ogg => "audio/ogg; codecs=\"vorbis\"",
            Format::Mp3 => "audio/mpeg",
            Format::Mp4 => "audio/mp4; codecs=\"mp4a.40.2\"",
            Format::Alac => "audio/mp4; codecs=\"alac\"",
        }
    }

    /// As people call it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Wav => "WAV",
            Format::Flac => "FLAC",
            Format::Ogg => "Ogg",
            Format::Mp3 => "MP3",
            Format::Mp4 => "M4A (AAC)",
            Format::Alac => "M4A (Apple Lossless)",
        }
    }
}

/// What a file tells of itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inspection {
    /// What it is.
    pub format: Format,
    /// Its own sampling rate in Hz, where the header says.
    pub sample_rate: Option<u32>,
    /// Its full duration, where the header says.
    pub duration_secs: Option<f64>,
    /// Whether bytes are missing at the end.
    pub is_cut_off: bool,
}

/// Looks at the file's first [`HEAD_BYTES`] and last [`TAIL_BYTES`] (they may overlap) of `length` bytes in all;
/// `None` for what is not a known audio file.
pub fn inspect(head: &[u8], tail: &[u8], length: u64) -> Option<Inspection> {
    match head {
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'A',
            b'V',
            b'E',
            ..,
        ] => Some(inspect_wav(head, length)),
        [b'f', b'L', b'a', b'C', ..] => Some(inspect_flac(head)),
        [b'O', b'g', b'g', b'S', ..] => Some(inspect_ogg(head, tail)),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => Some(inspect_mp4(head, tail, length)),
        _ => inspect_mp3(head),
    }
}

fn u32_le(bytes: &[u8], at: usize) -> Option<u32> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

fn u32_be(bytes: &[u8], at: usize) -> Option<u32> {
    u32_le(bytes, at).map(u32::swap_bytes)
}

fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}

/// Multimedia Programming Interface and Data Specifications 1.0: chunks of a name, a length, and padding to even.
fn inspect_wav(head: &[u8], length: u64) -> Inspection {
    let mut inspection = Inspection {
        format: Format::Wav,
        sample_rate: None,
        duration_secs: None,
        is_cut_off: false,
    };
    let mut bytes_per_sec = None;
    let mut at = 12_usize;
    while let (Some(name), Some(size)) = (
        head.get(at..at.saturating_add(4)),
        u32_le(head, at.saturating_add(4)),
    ) {
        let body = at.saturating_add(8);
        match name {
            b"fmt " => {
                inspection.sample_rate = u32_le(head, body + 4);
                bytes_per_sec = u32_le(head, body + 8);
            }
            b"data" => {
                // Recorders that stream leave 0 or the greatest number.
                let is_known = size != 0 && size != u32::MAX;
                inspection.is_cut_off = is_known && body as u64 + u64::from(size) > length;
                if let (true, Some(rate @ 1..)) = (is_known, bytes_per_sec) {
                    inspection.duration_secs = Some(f64::from(size) / f64::from(rate));
                }
                break;
            }
            _ => {}
        }
        // On wasm32 a hostile size would wrap around, and the walk begin anew.
        let step = usize::try_from(u64::from(size) + u64::from(size & 1)).ok();
        let Some(next) = step.and_then(|step| body.checked_add(step)) else {
            break;
        };
        at = next;
    }
    inspection
}

/// RFC 9639, section 8.2: the stream information has 20 bits of sampling rate and 36 of length.
fn inspect_flac(head: &[u8]) -> Inspection {
    let packed = u32_be(head, 18).zip(u32_be(head, 22));
    let sample_rate = packed.map(|(high, _)| high >> 12).filter(|&rate| rate > 0);
    let samples = packed.map(|(high, low)| (u64::from(high & 0xf) << 32) | u64::from(low));
    let duration_secs = match (samples, sample_rate) {
        (Some(samples @ 1..), Some(rate)) => Some(samples as f64 / f64::from(rate)),
        _ => None,
    };
    Inspection {
        format: Format::Flac,
        sample_rate,
        duration_secs,
        is_cut_off: false,
    }
}

/// RFC 3533: the last page carries flag 4. Vorbis I, 4.2.2, tells its rate; Opus decodes at 48 kHz (RFC 7845).
fn inspect_ogg(head: &[u8], tail: &[u8]) -> Inspection {
    let vorbis_rate = find(head, b"\x01vorbis").and_then(|at| u32_le(head, at + 12));
    let sample_rate = vorbis_rate.or_else(|| find(head, b"OpusHead").map(|_| 48_000));
    let last_page = tail.windows(4).rposition(|window| window == b"OggS");
    let ends = last_page
        .and_then(|at| tail.get(at + 5))
        .is_some_and(|flags| flags & 4 != 0);
    Inspection {
        format: Format::Ogg,
        sample_rate: sample_rate.filter(|&rate| rate > 0),
        duration_secs: None,
        is_cut_off: !ends,
    }
}

/// ISO/IEC 14496-12: boxes of a length and a name; the last one must end where the file does.
fn inspect_mp4(head: &[u8], tail: &[u8], length: u64) -> Inspection {
    let sound = |name| mp4_sound(head, name).or_else(|| mp4_sound(tail, name));
    let (format, sample_rate) = match (sound(b"mp4a"), sound(b"alac")) {
        (None, Some(rate)) => (Format::Alac, Some(rate)),
        (rate, _) => (Format::Mp4, rate),
    };
    Inspection {
        format,
        // The lower rates may be those of a core that the decoder doubles (HE-AAC).
        sample_rate: sample_rate.filter(|&rate| rate >= 32_000),
        duration_secs: None,
        is_cut_off: mp4_end(head, length) > length,
    }
}

/// The rate in Hz that a sound track of this kind names (12.2.3: 16 bits, 24 bytes behind the entry's name).
fn mp4_sound(bytes: &[u8], name: &[u8; 4]) -> Option<u32> {
    let rate = u32_be(bytes, find(bytes, name)? + 28)? >> 16;
    (rate > 0).then_some(rate)
}

/// Where the last box that begins in the head ends.
fn mp4_end(head: &[u8], length: u64) -> u64 {
    let mut at: u64 = 0;
    while let Ok(position) = usize::try_from(at) {
        let Some(size) = u32_be(head, position) else {
            break;
        };
        at += match size {
            0 => length.saturating_sub(at),
            1 => {
                let long = u32_be(head, position + 8).zip(u32_be(head, position + 12));
                long.map_or(16, |(high, low)| (u64::from(high) << 32) | u64::from(low))
                    .max(16)
            }
            size => u64::from(size).max(8),
        };
        if at >= length {
            break;
        }
    }
    at
}

/// ISO/IEC 11172-3, 2.4.2.3: a frame header after an optional ID3v2 tag; a "Xing" or "Info" frame counts the frames.
fn inspect_mp3(head: &[u8]) -> Option<Inspection> {
    let tag_bytes = match head {
        [b'I', b'D', b'3', _, _, _, a, b, c, d, ..] => {
            10 + [a, b, c, d]
                .iter()
                .fold(0, |size, &&byte| (size << 7) | usize::from(byte & 0x7f))
        }
        _ => 0,
    };
    let has_tag = tag_bytes > 0;
    let header = head
        .get(tag_bytes..)
        .and_then(|frame| u32_be(frame, 0))
        .and_then(mp3_rate);
    let Some((sample_rate, samples_per_frame)) = header else {
        // A large picture in the tag hides the first frame.
        return has_tag.then_some(Inspection {
            format: Format::Mp3,
            sample_rate: None,
            duration_secs: None,
            is_cut_off: false,
        });
    };
    let first = &head[tag_bytes..head.len().min(tag_bytes + 256)];
    let marker = find(first, b"Xing").or_else(|| find(first, b"Info"));
    let frames = marker.and_then(|at| match u32_be(first, at + 4)? & 1 {
        1 => u32_be(first, at + 8),
        _ => None,
    });
    Some(Inspection {
        format: Format::Mp3,
        sample_rate: Some(sample_rate),
        duration_secs: frames.map(|frames| {
            f64::from(frames) * f64::from(samples_per_frame) / f64::from(sample_rate)
        }),
        is_cut_off: false,
    })
}

/// Sampling rate and samples a frame of a layer III frame header.
fn mp3_rate(header: u32) -> Option<(u32, u32)> {
    let is_layer_3 = header >> 21 == 0x7ff && (header >> 17) & 3 == 1 && (header >> 12) & 15 != 15;
    let base = *[44_100, 48_000, 32_000].get(((header >> 10) & 3) as usize)?;
    match (is_layer_3, (header >> 19) & 3) {
        (true, 3) => Some((base, 1152)),
        (true, 2) => Some((base / 2, 576)),
        (true, 0) => Some((base / 4, 576)),
        _ => None,
    }
}
