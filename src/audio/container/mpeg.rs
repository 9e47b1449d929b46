//! MPEG audio (layers I to III) and AAC in ADTS: bare sequences of frames, counted one by one.
//!
//! ISO/IEC 11172-3 and 13818-3, 2.4.2.3 (frame headers); 13818-7, 6.2 (ADTS). The "Xing" or "Info" frame at the front,
//! which counts the frames, is written last, by programs that often cannot: it then says zero or nonsense. And where
//! files were joined, it counts the first one only. Such frames are left out, and so are tags between frames.

use std::{
    io::{Read, Seek},
    ops::Range,
};

use super::{
    appended::{id3v2_length, tagless_end},
    kind::{Codec, Container},
    spliced::{Part, keep},
    survey::Survey,
    window::Window,
    xing::Count,
};

/// As far as the first frame is searched for.
const SEARCH_BYTES: u64 = 256 * 1024;
/// As far as the next frame is searched for behind damage.
const RESYNC_BYTES: u64 = 1 << 20;
/// Frames that a count may be off: some programs count the one that holds the count, some the last one twice.
const TOLERANCE: u64 = 2;
/// No song: from here on, a promised duration is nonsense.
const ABSURD_SECS: f64 = 24.0 * 3600.0;

/// A frame's header, understood.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Frame {
    codec: Codec,
    bytes: u64,
    samples: u32,
    sample_rate: u32,
    channel_count: u16,
    /// Bytes from the frame's start to where a "Xing" would stand.
    side_bytes: u64,
}

impl Frame {
    fn read<S: Read + Seek>(window: &mut Window<S>, at: u64) -> Option<Self> {
        let header: [u8; 4] = window.array(at)?;
        match header {
            [0xff, second, ..] if second & 0xf6 == 0xf0 => Self::adts(window, at),
            [0xff, second, ..] if second & 0xe0 == 0xe0 => Self::mpeg(u32::from_be_bytes(header)),
            _ => None,
        }
    }

    fn mpeg(header: u32) -> Option<Self> {
        /// kbit/s of MPEG-1 layers I, II, III, and of the lower rates' layer I and the rest.
        const BIT_RATES: [[u32; 15]; 5] = [
            [
                0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448,
            ],
            [
                0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384,
            ],
            [
                0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320,
            ],
            [
                0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256,
            ],
            [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        ];
        let field = |shift: u32, bits: u32| (header >> shift) & ((1 << bits) - 1);
        let version_shift = match field(19, 2) {
            3 => 0,
            2 => 1,
            0 => 2,
            _ => return None,
        };
        let layer = 4 - field(17, 2);
        let row = match (version_shift, layer) {
            (_, 4) => return None,
            (0, layer) => layer - 1,
            (_, 1) => 3,
            _ => 4,
        };
        let bit_rate = *BIT_RATES[row as usize].get(field(12, 4) as usize)? * 1000;
        let sample_rate = *[44_100, 48_000, 32_000].get(field(10, 2) as usize)? >> version_shift;
        let padding = field(9, 1);
        let is_mono = field(6, 2) == 3;
        let is_half = version_shift > 0 && layer == 3;
        let bytes = match layer {
            1 => (12 * bit_rate / sample_rate + padding) * 4,
            _ => (if is_half { 72 } else { 144 }) * bit_rate / sample_rate + padding,
        };
        let checksum = if field(16, 1) == 0 { 2 } else { 0 };
        let side = match (version_shift, is_mono) {
            (0, false) => 32,
            (0, true) | (_, false) => 17,
            (_, true) => 9,
        };
        Some(Self {
            codec: match layer {
                1 => Codec::Named("MPEG audio, layer I"),
                2 => Codec::Named("MPEG audio, layer II"),
                _ => Codec::Mp3,
            },
            // The rate 0 means "of any size", which nobody uses.
            bytes: Some(u64::from(bytes)).filter(|_| bit_rate > 0)?,
            samples: match layer {
                1 => 384,
                3 if is_half => 576,
                _ => 1152,
            },
            sample_rate,
            channel_count: if is_mono { 1 } else { 2 },
            side_bytes: 4 + checksum + side,
        })
    }

    fn adts<S: Read + Seek>(window: &mut Window<S>, at: u64) -> Option<Self> {
        const RATES: [u32; 13] = [
            96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025,
            8_000, 7_350,
        ];
        let header: [u8; 7] = window.array(at)?;
        let sample_rate = *RATES.get(usize::from((header[2] >> 2) & 15))?;
        let channels = u16::from((header[2] & 1) << 2 | header[3] >> 6);
        let bytes =
            u64::from(header[3] & 3) << 11 | u64::from(header[4]) << 3 | u64::from(header[5] >> 5);
        Some(Self {
            codec: match channels {
                0..=2 => Codec::Aac,
                _ => Codec::AacSurround,
            },
            bytes: Some(bytes).filter(|&bytes| bytes > 7)?,
            samples: 1024 * (u32::from(header[6] & 3) + 1),
            sample_rate,
            // Seven stands for eight.
            channel_count: if channels == 7 { 8 } else { channels },
            side_bytes: bytes,
        })
    }

    /// Whether both belong to one recording.
    fn is_like(&self, other: &Self) -> bool {
        (self.codec, self.sample_rate, self.channel_count)
            == (other.codec, other.sample_rate, other.channel_count)
    }
}

/// Frames of one kind that follow one another.
struct Run {
    first: Frame,
    /// The frame that counts the others, if there is one at the front.
    count: Option<Count>,
    counts: usize,
    frames: u64,
    samples: u64,
    parts: Vec<Part>,
}

/// Surveys a file whose frames begin at or near `start`.
pub(super) fn survey<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let end = tagless_end(window, start..window.length());
    survey_within(window, start..end)
}

/// Surveys frames within a range.
pub(super) fn survey_within<S: Read + Seek>(
    window: &mut Window<S>,
    range: Range<u64>,
) -> Option<Survey> {
    let first = next_frames(window, range.start..range.end, SEARCH_BYTES)?;
    let (runs, is_torn) = walk(window, first..range.end);
    let longest = runs.iter().max_by_key(|run| run.samples)?;
    let container = match longest.first.codec {
        Codec::Aac | Codec::AacSurround => Container::Adts,
        _ => Container::Mpeg,
    };
    let secs = |run: &Run| run.samples as f64 / f64::from(run.first.sample_rate);
    let mut survey = Survey::new(container, longest.first.codec);
    survey.sample_rate = Some(longest.first.sample_rate);
    survey.channel_count = Some(longest.first.channel_count).filter(|&count| count > 0);
    survey.duration_secs = Some(runs.iter().map(secs).sum());
    let promised = runs.first().and_then(|run| promise(run, &range));
    survey.header_secs = promised.filter(|_| runs.len() == 1);
    survey.is_cut_off = is_torn || survey.header_secs.is_some();
    // Decoders look for the first frame's count where the file begins.
    let is_wrapped = first > 0 || range.end < window.length();
    if survey.header_secs.is_some() {
        let whole = vec![Part::Kept(first..range.end)];
        survey.streams = Some(whole).filter(|_| is_wrapped).into_iter().collect();
    } else if is_wrapped || runs.len() > 1 || runs[0].has_wrong_count() || runs[0].parts.len() > 1 {
        survey.sample_rate = runs.iter().map(|run| run.first.sample_rate).max();
        survey.streams = runs.into_iter().map(|run| run.parts).collect();
    }
    Some(survey)
}

/// The duration that the count at the front promises, where it can be believed and is not there.
fn promise(run: &Run, range: &Range<u64>) -> Option<f64> {
    let Count { frames, bytes } = run.count?;
    let frames = u64::from(frames?);
    let secs = frames as f64 * f64::from(run.first.samples) / f64::from(run.first.sample_rate);
    // A count of bytes that are all there vouches for the file, and against the count of frames.
    let is_whole = bytes.is_some_and(|bytes| u64::from(bytes) <= range.end - range.start);
    let is_missing = frames > run.frames + TOLERANCE && secs < ABSURD_SECS && !is_whole;
    is_missing.then_some(secs)
}

/// The runs, and whether the last one ends within a frame.
fn walk<S: Read + Seek>(window: &mut Window<S>, range: Range<u64>) -> (Vec<Run>, bool) {
    let mut runs: Vec<Run> = Vec::new();
    let mut is_torn = false;
    let mut at = range.start;
    while at < range.end {
        let found = Frame::read(window, at);
        let Some(frame) = found.filter(|frame| at + frame.bytes <= range.end) else {
            match resynchronise(window, at..range.end) {
                Some(next) => at = next,
                None => {
                    let last = runs.last().map(|run| &run.first);
                    is_torn = found
                        .zip(last)
                        .is_some_and(|(torn, last)| torn.is_like(last));
                    break;
                }
            }
            continue;
        };
        let count = (frame.codec == Codec::Mp3)
            .then(|| Count::read(window, at, frame.side_bytes))
            .flatten();
        let next = at + frame.bytes;
        let is_new = !runs.last().is_some_and(|run| run.first.is_like(&frame));
        // Damage can look like a frame: a run of others begins with two.
        let mut is_pair = || Frame::read(window, next).is_some_and(|other| other.is_like(&frame));
        if is_new && (runs.is_empty() || is_pair()) {
            runs.push(Run::new(frame, count));
        }
        if let Some(run) = runs.last_mut().filter(|run| run.first.is_like(&frame)) {
            run.add(&frame, count, at..next);
        }
        at = next;
    }
    for run in &mut runs {
        run.drop_wrong_count();
    }
    (runs, is_torn)
}

/// Where frames go on behind a tag or other bytes.
fn resynchronise<S: Read + Seek>(window: &mut Window<S>, range: Range<u64>) -> Option<u64> {
    let at = range.start;
    if let Some(length) = id3v2_length(window, at) {
        return Some(at + length).filter(|&next| next < range.end);
    }
    if window.array(at) == Some(*b"TAG") && Frame::read(window, at + 128).is_some() {
        return Some(at + 128);
    }
    next_frames(window, at + 1..range.end, RESYNC_BYTES)
}

/// Where two frames of a kind follow one another first, within the first `most` bytes of `range`.
fn next_frames<S: Read + Seek>(
    window: &mut Window<S>,
    range: Range<u64>,
    most: u64,
) -> Option<u64> {
    let end = range.end.min(range.start.saturating_add(most));
    let mut at = range.start;
    while at < end {
        at = window.find(&[0xff], at..end)?;
        if let Some(frame) = Frame::read(window, at) {
            let next = at + frame.bytes;
            let follows = Frame::read(window, next).is_some_and(|other| other.is_like(&frame));
            // A song of one frame ends where the file does.
            if follows || next == range.end {
                return Some(at);
            }
        }
        at += 1;
    }
    None
}

impl Run {
    fn new(first: Frame, count: Option<Count>) -> Self {
        Self {
            first,
            count,
            counts: 0,
            frames: 0,
            samples: 0,
            parts: Vec::new(),
        }
    }

    fn add(&mut self, frame: &Frame, count: Option<Count>, range: Range<u64>) {
        if count.is_some() {
            self.counts += 1;
            // The first one is kept for as long as it may be right.
            if self.frames == 0 && self.parts.is_empty() {
                keep(&mut self.parts, range);
            }
            return;
        }
        self.frames += 1;
        self.samples += u64::from(frame.samples);
        keep(&mut self.parts, range);
    }

    fn has_wrong_count(&self) -> bool {
        let is_wrong = |count: Count| match count.frames {
            Some(frames) => u64::from(frames).abs_diff(self.frames) > TOLERANCE,
            None => false,
        };
        self.counts > 1 || self.count.is_some_and(is_wrong)
    }

    /// Leaves the count at the front out of the new file, which it does not fit.
    fn drop_wrong_count(&mut self) {
        if self.count.is_some() && self.has_wrong_count() {
            let front = self.first.bytes;
            if let Some(Part::Kept(range)) = self.parts.first_mut() {
                range.start += front;
            }
            self.parts.retain(|part| part.length() > 0);
        }
    }
}
