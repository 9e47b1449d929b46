//! A repaired file: parts of the original and new headers, without copying it.

use std::{
    io::{self, Read, Seek, SeekFrom},
    ops::Range,
};

use super::sought;

/// A part of a file that is put together anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// These bytes.
    New(Vec<u8>),
    /// These of the original's bytes.
    Kept(Range<u64>),
}

impl Part {
    /// Bytes of the part.
    pub fn length(&self) -> u64 {
        match self {
            Part::New(bytes) => bytes.len() as u64,
            Part::Kept(range) => range.end.saturating_sub(range.start),
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
        };
        self.position += read as u64;
        Ok(read)
    }
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
