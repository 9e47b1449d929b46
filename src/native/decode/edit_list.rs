//! The edit list of an MP4/M4A file, which says how much the encoder put before and after the song.
//!
//! The demuxer skips it. ISO/IEC 14496-12: boxes 4.2, mvhd 8.2.2, mdhd 8.4.2, hdlr 8.4.3, elst 8.6.6. Only the usual
//! shape counts, one edit that plays at normal speed; anything else, and anything damaged, means no trimming.

use std::io::{Read, Seek, SeekFrom};

/// More boxes than this beside one another are taken for damage.
const MAX_BOXES: usize = 4096;

/// What of the decoded track belongs to the song.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Trim {
    skip_secs: f64,
    keep_secs: f64,
}

impl Trim {
    /// Cuts the encoder's padding off both ends.
    pub(super) fn apply(self, samples: &mut Vec<f32>, sample_rate: u32) {
        let frames = |secs: f64| (secs * f64::from(sample_rate)).round() as usize;
        samples.drain(..frames(self.skip_secs).min(samples.len()));
        if self.keep_secs > 0.0 {
            samples.truncate(frames(self.keep_secs));
        }
    }
}

/// The edit of the first audio track, if the source is an MP4 with one.
pub(super) fn read<S: Read + Seek>(source: &mut S) -> Option<Trim> {
    let end = source.seek(SeekFrom::End(0)).ok()?;
    let mut file = Boxes { source };
    let top = file.within(Span { start: 0, end })?;
    if top.first()?.0 != *b"ftyp" {
        return None;
    }
    let movie = file.within(find(&top, b"moov")?)?;
    let movie_scale = file.timescale(find(&movie, b"mvhd")?)?;
    let tracks = movie.iter().filter(|(kind, _)| kind == b"trak");
    for (_, track) in tracks {
        let track = file.within(*track)?;
        let media = file.within(find(&track, b"mdia")?)?;
        if file.bytes::<4>(find(&media, b"hdlr")?.start + 8)? == *b"soun" {
            let media_scale = file.timescale(find(&media, b"mdhd")?)?;
            let edits = file.within(find(&track, b"edts")?)?;
            return file.edit(find(&edits, b"elst")?, movie_scale, media_scale);
        }
    }
    None
}

/// Where a box's contents lie.
#[derive(Clone, Copy)]
struct Span {
    start: u64,
    end: u64,
}

fn find(boxes: &[([u8; 4], Span)], kind: &[u8; 4]) -> Option<Span> {
    boxes
        .iter()
        .find(|(other, _)| other == kind)
        .map(|(_, span)| *span)
}

struct Boxes<'a, S> {
    source: &'a mut S,
}

impl<S: Read + Seek> Boxes<'_, S> {
    fn bytes<const N: usize>(&mut self, position: u64) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.source.seek(SeekFrom::Start(position)).ok()?;
        self.source.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn u32(&mut self, position: u64) -> Option<u32> {
        self.bytes(position).map(u32::from_be_bytes)
    }

    /// The boxes directly within a span.
    fn within(&mut self, span: Span) -> Option<Vec<([u8; 4], Span)>> {
        let mut boxes = Vec::new();
        let mut position = span.start;
        while position.checked_add(8)? <= span.end && boxes.len() < MAX_BOXES {
            let kind = self.bytes(position + 4)?;
            let (header, size) = match self.u32(position)? {
                0 => (8, span.end - position),
                1 => (16, u64::from_be_bytes(self.bytes(position + 8)?)),
                size => (8, u64::from(size)),
            };
            let end = position.checked_add(size)?;
            if size < header || end > span.end {
                break;
            }
            let start = position + header;
            boxes.push((kind, Span { start, end }));
            position = end;
        }
        Some(boxes)
    }

    /// Ticks a second, from mvhd or mdhd, which share their first fields.
    fn timescale(&mut self, header: Span) -> Option<f64> {
        let offset = if self.version(header)? == 1 { 20 } else { 12 };
        let scale = self.u32(header.start + offset)?;
        (scale > 0).then(|| f64::from(scale))
    }

    fn version(&mut self, header: Span) -> Option<u8> {
        self.bytes::<1>(header.start).map(|[version]| version)
    }

    fn edit(&mut self, list: Span, movie_scale: f64, media_scale: f64) -> Option<Trim> {
        let version = self.version(list)?;
        let count = self.u32(list.start + 4)?;
        let first = list.start + 8;
        let (duration, media_time) = if version == 1 {
            let duration = u64::from_be_bytes(self.bytes(first)?);
            (duration as f64, i64::from_be_bytes(self.bytes(first + 8)?))
        } else {
            let media_time = i32::from_be_bytes(self.bytes(first + 4)?);
            (f64::from(self.u32(first)?), i64::from(media_time))
        };
        (count == 1 && media_time >= 0).then(|| Trim {
            skip_secs: media_time as f64 / media_scale,
            keep_secs: duration / movie_scale,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn boxed(kind: &[u8; 4], contents: &[u8]) -> Vec<u8> {
        let size = (contents.len() + 8) as u32;
        [&size.to_be_bytes()[..], kind, contents].concat()
    }

    /// A movie of one audio track with these entries of (duration, media time).
    fn movie(edits: &[(u32, i32)]) -> Vec<u8> {
        let header = |scale: u32| [&[0; 12][..], &scale.to_be_bytes(), &[0; 8]].concat();
        let mut list = [&[0; 4][..], &(edits.len() as u32).to_be_bytes()].concat();
        for (duration, media_time) in edits {
            list.extend(duration.to_be_bytes());
            list.extend(media_time.to_be_bytes());
            list.extend([0, 1, 0, 0]);
        }
        let handler = boxed(b"hdlr", &[&[0; 8][..], b"soun", &[0; 12]].concat());
        let media = boxed(
            b"mdia",
            &[boxed(b"mdhd", &header(44_100)), handler].concat(),
        );
        let edits = boxed(b"edts", &boxed(b"elst", &list));
        let movie = [
            boxed(b"mvhd", &header(1000)),
            boxed(b"trak", &[edits, media].concat()),
        ];
        [boxed(b"ftyp", b"M4A "), boxed(b"moov", &movie.concat())].concat()
    }

    #[test]
    fn one_edit_trims_both_ends() {
        let trim = read(&mut Cursor::new(movie(&[(1200, 1024)]))).expect("an edit");
        let mut samples: Vec<f32> = (0..54_272).map(|index| index as f32).collect();
        trim.apply(&mut samples, 44_100);
        assert_eq!(samples.len(), 52_920);
        assert_eq!(samples[0], 1024.0);
    }

    #[test]
    fn other_lists_and_other_files_trim_nothing() {
        assert_eq!(
            read(&mut Cursor::new(movie(&[(5, -1), (1200, 1024)]))),
            None
        );
        assert_eq!(read(&mut Cursor::new(movie(&[(5, -1)]))), None);
        assert_eq!(read(&mut Cursor::new(b"RIFF....WAVEfmt ".to_vec())), None);
        assert_eq!(read(&mut Cursor::new(Vec::new())), None);
    }

    #[test]
    fn damage_anywhere_is_survived() {
        let whole = movie(&[(1200, 1024)]);
        for length in 0..whole.len() {
            let _ = read(&mut Cursor::new(whole[..length].to_vec()));
        }
        for position in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut damaged = whole.clone();
                damaged[position] = value;
                if let Some(trim) = read(&mut Cursor::new(damaged)) {
                    let mut samples = vec![0.0; 100];
                    trim.apply(&mut samples, 44_100);
                }
            }
        }
    }
}
