//! Ogg (RFC 3533): pages, counted from the first to the last; recordings that follow one another ("chained") are told
//! apart.
//!
//! A page's position counts samples from the beginning of the broadcast, which a recording of it may have missed.

use std::io::{Read, Seek};

use super::{
    kind::{Codec, Container},
    spliced::Part,
    survey::Survey,
    window::Window,
};

/// As far as the next page is searched for behind damage.
const RESYNC_BYTES: u64 = 1 << 20;
/// Bytes of a page's header before its table of segments.
const HEADER_BYTES: u64 = 27;
/// Positions that begin later than this did not begin at the beginning.
const LATE_SECS: f64 = 2.0;

/// One recording of the file.
struct Link {
    start: u64,
    end: u64,
    serial: u32,
    codec: Codec,
    sample_rate: Option<u32>,
    channel_count: Option<u16>,
    first_position: Option<u64>,
    last_position: Option<u64>,
    has_end: bool,
}

/// A page's header, understood.
struct Page {
    flags: u8,
    position: Option<u64>,
    serial: u32,
    body: u64,
    end: u64,
}

impl Page {
    fn read<S: Read + Seek>(window: &mut Window<S>, at: u64) -> Option<Self> {
        let header: [u8; HEADER_BYTES as usize] = window.array(at)?;
        if &header[..5] != b"OggS\0" {
            return None;
        }
        let segments = usize::from(header[26]);
        let table = window.get(at + HEADER_BYTES, segments)?;
        let bytes: u64 = table.iter().copied().map(u64::from).sum();
        let body = at + HEADER_BYTES + segments as u64;
        let position = u64::from_le_bytes(header[6..14].try_into().ok()?);
        Some(Self {
            flags: header[5],
            // All ones: no packet ends on this page.
            position: Some(position).filter(|&position| position != u64::MAX),
            serial: u32::from_le_bytes(header[14..18].try_into().ok()?),
            body,
            end: body + bytes,
        })
    }

    fn begins_stream(&self) -> bool {
        self.flags & 2 != 0
    }

    fn ends_stream(&self) -> bool {
        self.flags & 4 != 0
    }
}

/// Surveys a file that begins at `start`.
pub(super) fn survey<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let (links, is_torn) = walk(window, start);
    let first = links.first()?;
    let mut survey = Survey::new(Container::Ogg, first.codec);
    survey.sample_rate = first.sample_rate;
    survey.channel_count = first.channel_count;
    survey.duration_secs = links.iter().map(Link::secs).sum();
    let last = links.last()?;
    survey.is_cut_off = is_torn || (!last.has_end && !last.is_late());
    if links.len() > 1 || start > 0 {
        survey.sample_rate = links.iter().filter_map(|link| link.sample_rate).max();
        let stream = |link: &Link| vec![Part::Kept(link.start..link.end)];
        survey.streams = links.iter().map(stream).collect();
    }
    Some(survey)
}

/// The recordings, and whether the file ends within a page.
fn walk<S: Read + Seek>(window: &mut Window<S>, start: u64) -> (Vec<Link>, bool) {
    let mut links: Vec<Link> = Vec::new();
    let mut has_begun = false;
    let mut is_torn = false;
    let mut at = start;
    while at < window.length() {
        let Some(page) = Page::read(window, at) else {
            let range = at + 1..at.saturating_add(RESYNC_BYTES);
            match window.find(b"OggS", range) {
                Some(next) => at = next,
                None => break,
            }
            continue;
        };
        is_torn = page.end > window.length();
        if page.begins_stream() && (links.is_empty() || has_begun) {
            links.push(Link::new(window, at, &page));
            has_begun = false;
        }
        has_begun |= !page.begins_stream();
        if let Some(link) = links.last_mut() {
            if page.begins_stream() && link.codec == Codec::Unknown {
                // Another stream of the same recording, such as sound beside pictures.
                *link = Link {
                    start: link.start,
                    ..Link::new(window, at, &page)
                };
            }
            link.add(&page, window.length());
        }
        at = page.end;
    }
    (links, is_torn)
}

impl Link {
    fn new<S: Read + Seek>(window: &mut Window<S>, at: u64, page: &Page) -> Self {
        let (codec, rate, channels) = identify(window.up_to(page.body, 64));
        Self {
            start: at,
            end: page.end,
            serial: page.serial,
            codec,
            sample_rate: rate.filter(|&rate| rate > 0),
            channel_count: channels.map(u16::from),
            first_position: None,
            last_position: None,
            has_end: false,
        }
    }

    fn add(&mut self, page: &Page, file_end: u64) {
        self.end = page.end.min(file_end);
        if page.serial != self.serial || page.end > file_end {
            return;
        }
        self.has_end |= page.ends_stream();
        // Header pages stand at 0.
        if let Some(position) = page.position.filter(|&position| position > 0) {
            self.first_position.get_or_insert(position);
            self.last_position = Some(position);
        }
    }

    fn positions_to_secs(&self, positions: u64) -> Option<f64> {
        Some(positions as f64 / f64::from(self.sample_rate?))
    }

    /// Whether it begins in the middle of a broadcast.
    fn is_late(&self) -> bool {
        let first = self
            .first_position
            .and_then(|first| self.positions_to_secs(first));
        first.is_some_and(|secs| secs > LATE_SECS)
    }

    /// Its duration, less its first page's where that is no beginning.
    fn secs(&self) -> Option<f64> {
        let (first, last) = (self.first_position?, self.last_position?);
        let start = if self.is_late() { first } else { 0 };
        self.positions_to_secs(last.saturating_sub(start))
    }
}

/// Codec, sampling rate and channels by a stream's first packet (Vorbis I, 4.2.2; RFC 7845, 5.1; FLAC in Ogg, 1.0).
fn identify(packet: &[u8]) -> (Codec, Option<u32>, Option<u8>) {
    let rate_le = |at: usize| Some(u32::from_le_bytes(packet.get(at..at + 4)?.try_into().ok()?));
    let channels = |at: usize| packet.get(at).copied();
    if packet.starts_with(b"\x01vorbis") {
        (Codec::Vorbis, rate_le(12), channels(11))
    } else if packet.starts_with(b"OpusHead") {
        // It always decodes to 48 kHz.
        (Codec::Opus, Some(48_000), channels(9))
    } else if packet.starts_with(b"\x7fFLAC") {
        let rate = packet
            .get(27..30)
            .map(|b| u32::from_be_bytes([0, b[0], b[1], b[2]]) >> 4);
        (
            Codec::Flac,
            rate,
            channels(29).map(|byte| ((byte >> 1) & 7) + 1),
        )
    } else if packet.starts_with(b"Speex   ") {
        (Codec::Named("Speex"), rate_le(36), channels(48))
    } else {
        (Codec::Unknown, None, None)
    }
}
