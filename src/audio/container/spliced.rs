//! A repaired file: parts of the original and new headers, without copying it.

use std::{
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

use super::sought;

/// Most bytes that are recoded at once.
const BLOCK_BYTES: usize = 64 * 1024;

/// A part of a file that is put together anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// These bytes.
    New(Vec<u8>),
    /// These of the original's bytes.
    Kept(Range<u64>),
    /// These of the original's samples, in the form that WAV has.
    Recoded(Range<u64>, Recoding),
}

/// How samples are brought into the form that WAV has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recoding {
    /// The bytes of each sample, which are this many, in the opposite order.
    Reversed(u8),
    /// Samples of one byte with a sign, which WAV has without.
    Unsigned,
}

impl Recoding {
    /// Bytes of a sample.
    pub fn sample_bytes(self) -> usize {
        match self {
            Recoding::Reversed(bytes) => usize::from(bytes.max(1)),
            Recoding::Unsigned => 1,
        }
    }

    /// Recodes whole samples in place.
    pub fn apply(self, samples: &mut [u8]) {
        match self {
            Recoding::Reversed(_) => samples
                .chunks_exact_mut(self.sample_bytes())
                .for_each(<[u8]>::reverse),
            Recoding::Unsigned => samples.iter_mut().for_each(|byte| *byte ^= 0x80),
        }
    }
}

impl Part {
    /// Bytes of the part.
    pub fn length(&self) -> u64 {
        match self {
            Part::New(bytes) => bytes.len() as u64,
            Part::Kept(range) | Part::Recoded(range, _) => range.end.saturating_sub(range.start),
        }
    }
}

/// Appends a range of the original to `parts`, joined with the one before where they meet.
pub(super) fn keep(parts: &mut Vec<Part>, range: Range<u64>) {
    match parts.last_mut() {
        Some(Part::Kept(last)) if last.end == range.start => last.end = range.end,
        _ if range.is_empty() => {}
        _ => parts.push(Part::Kept(range)),
    }
}

/// Reads the parts one after another.
#[derive(Debug)]
pub struct Spliced<S> {
    source: S,
    /// Each part, and where it begins.
    parts: Vec<(u64, Part)>,
    length: u64,
    position: u64,
}

impl<S: Read + Seek> Spliced<S> {
    /// Puts the parts of `source` together.
    pub fn new(source: S, parts: Vec<Part>) -> Self {
        let mut length = 0;
        let place = |part: Part| {
            let start = length;
            length += part.length();
            (start, part)
        };
        Self {
            source,
            parts: parts.into_iter().map(place).collect(),
            length,
            position: 0,
        }
    }

    /// Bytes in all.
    pub fn length(&self) -> u64 {
        self.length
    }
}

impl<S: Read + Seek> Read for Spliced<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let later = self
            .parts
            .partition_point(|(start, _)| *start <= self.position);
        let Some((start, part)) = later.checked_sub(1).map(|index| &self.parts[index]) else {
            return Ok(0);
        };
        let offset = self.position - start;
        let rest = part.length().saturating_sub(offset);
        let count = rest.min(buffer.len() as u64) as usize;
        let read = match part {
            Part::New(bytes) => {
                let offset = offset.min(bytes.len() as u64) as usize;
                buffer[..count].copy_from_slice(&bytes[offset..offset + count]);
                count
            }
            Part::Kept(range) => {
                self.source.seek(SeekFrom::Start(range.start + offset))?;
                self.source.read(&mut buffer[..count])?
            }
            Part::Recoded(range, recoding) => {
                let buffer = &mut buffer[..count];
                recoded(&mut self.source, range, *recoding, offset, buffer)?
            }
        };
        self.position += read as u64;
        Ok(read)
    }
}

/// Fills `buffer` from an offset within recoded samples, for which whole ones are read.
fn recoded<S: Read + Seek>(
    source: &mut S,
    range: &Range<u64>,
    recoding: Recoding,
    offset: u64,
    buffer: &mut [u8],
) -> io::Result<usize> {
    let skipped = offset % recoding.sample_bytes() as u64;
    let first = range.start + offset - skipped;
    let wanted = buffer.len().min(BLOCK_BYTES) as u64 + skipped;
    let whole = wanted.next_multiple_of(recoding.sample_bytes() as u64);
    let mut samples = vec![0; whole.min(range.end - first) as usize];
    source.seek(SeekFrom::Start(first))?;
    source.read_exact(&mut samples)?;
    recoding.apply(&mut samples);
    let there = samples.get(skipped as usize..).unwrap_or_default();
    let count = there.len().min(buffer.len());
    buffer[..count].copy_from_slice(&there[..count]);
    Ok(count)
}

impl<S: Read + Seek> Seek for Spliced<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = sought(to, self.position, self.length)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn spliced() -> Spliced<Cursor<Vec<u8>>> {
        let mut parts = vec![Part::New(b"ab".to_vec())];
        keep(&mut parts, 2..4);
        keep(&mut parts, 4..6);
        keep(&mut parts, 7..7);
        keep(&mut parts, 8..10);
        assert_eq!(parts.len(), 3);
        Spliced::new(Cursor::new(b"0123456789".to_vec()), parts)
    }

    #[test]
    fn parts_follow_one_another() {
        let mut all = String::new();
        assert_eq!(spliced().read_to_string(&mut all).expect("read"), 8);
        assert_eq!(all, "ab234589");
        assert_eq!(spliced().length(), 8);
        let mut nothing = Spliced::new(Cursor::new(Vec::new()), Vec::new());
        assert_eq!(nothing.read(&mut [0; 4]).expect("read"), 0);
    }

    #[test]
    fn samples_are_recoded_wherever_reading_begins() {
        for (recoding, expected) in [
            (Recoding::Reversed(3), &b"ab432765a"[..]),
            (Recoding::Reversed(2), b"ab325476a"),
            (Recoding::Unsigned, b"ab\xb2\xb3\xb4\xb5\xb6\xb7a"),
        ] {
            let parts = vec![
                Part::New(b"ab".to_vec()),
                Part::Recoded(2..8, recoding),
                Part::New(b"a".to_vec()),
            ];
            for start in 0..=9 {
                for step in 1..=4 {
                    let source = Cursor::new(b"0123456789".to_vec());
                    let mut file = Spliced::new(source, parts.clone());
                    file.seek(SeekFrom::Start(start)).expect("sought");
                    let mut read: Vec<u8> = Vec::new();
                    let mut buffer = [0; 4];
                    loop {
                        let count = file.read(&mut buffer[..step]).expect("read");
                        if count == 0 {
                            break;
                        }
                        read.extend(&buffer[..count]);
                    }
                    assert_eq!(read, expected[start as usize..], "{recoding:?} {start}");
                }
            }
        }
    }

    #[test]
    fn any_position_can_be_sought() {
        let mut file = spliced();
        for start in 0..10 {
            file.seek(SeekFrom::Start(start)).expect("sought");
            let mut rest = Vec::new();
            file.read_to_end(&mut rest).expect("read");
            assert_eq!(rest, b"ab234589"[(start as usize).min(8)..]);
        }
        assert_eq!(file.seek(SeekFrom::End(-3)).expect("sought"), 5);
        assert_eq!(file.seek(SeekFrom::Current(1)).expect("sought"), 6);
        assert!(file.seek(SeekFrom::Current(-7)).is_err());
    }
}
