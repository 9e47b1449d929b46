//! Random access to a file's bytes, in which nothing can be read beyond the end and no position can wrap around.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes that are fetched together.
const BLOCK_BYTES: usize = 64 * 1024;

/// A file, of which one block is at hand.
#[derive(Debug)]
pub struct Window<S> {
    source: S,
    length: u64,
    start: u64,
    block: Vec<u8>,
}

impl<S: Read + Seek> Window<S> {
    /// Looks at a source from its beginning to its end.
    ///
    /// # Errors
    /// When the source's length cannot be found.
    pub fn new(mut source: S) -> io::Result<Self> {
        Ok(Self {
            length: source.seek(SeekFrom::End(0))?,
            source,
            start: 0,
            block: Vec::new(),
        })
    }

    /// Bytes of the whole source.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// `count` bytes at `position`; nothing where the source has not that many, or does not give them out.
    pub fn get(&mut self, position: u64, count: usize) -> Option<&[u8]> {
        let end = position.checked_add(count as u64)?;
        if end > self.length {
            return None;
        }
        if position < self.start || end > self.start + self.block.len() as u64 {
            self.fetch(position, count.max(BLOCK_BYTES))?;
        }
        let offset = usize::try_from(position - self.start).ok()?;
        self.block.get(offset..offset.checked_add(count)?)
    }

    /// As many of `count` bytes at `position` as there are.
    pub fn up_to(&mut self, position: u64, count: usize) -> &[u8] {
        let there = self.length.saturating_sub(position).min(count as u64);
        self.get(position, there as usize).unwrap_or_default()
    }

    /// `N` bytes at `position`.
    pub fn array<const N: usize>(&mut self, position: u64) -> Option<[u8; N]> {
        self.get(position, N)?.try_into().ok()
    }

    /// A little-endian number of 32 bits.
    pub fn u32_le(&mut self, position: u64) -> Option<u32> {
        self.array(position).map(u32::from_le_bytes)
    }

    /// A big-endian number of 32 bits.
    pub fn u32_be(&mut self, position: u64) -> Option<u32> {
        self.array(position).map(u32::from_be_bytes)
    }

    /// Where `needle` begins first, within `range`.
    pub fn find(&mut self, needle: &[u8], range: std::ops::Range<u64>) -> Option<u64> {
        let end = range.end.min(self.length);
        let mut at = range.start;
        while at.checked_add(needle.len() as u64)? <= end {
            let count = (end - at).min(BLOCK_BYTES as u64) as usize;
            let bytes = self.get(at, count)?;
            let found = bytes
                .windows(needle.len())
                .position(|window| window == needle);
            if let Some(offset) = found {
                return Some(at + offset as u64);
            }
            at += (count + 1 - needle.len()) as u64;
        }
        None
    }

    fn fetch(&mut self, position: u64, count: usize) -> Option<()> {
        let there = (self.length - position).min(count as u64);
        self.block.clear();
        self.start = position;
        self.source.seek(SeekFrom::Start(position)).ok()?;
        let mut part = (&mut self.source).take(there);
        let read = part.read_to_end(&mut self.block).ok()?;
        (read as u64 == there).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn nothing_is_read_beyond_the_end() {
        let mut window = Window::new(Cursor::new(b"0123456789".to_vec())).expect("a window");
        assert_eq!(window.get(3, 4), Some(&b"3456"[..]));
        assert_eq!(window.get(0, 10), Some(&b"0123456789"[..]));
        assert_eq!(window.get(10, 0), Some(&b""[..]));
        for (position, count) in [(10, 1), (0, 11), (u64::MAX, 1), (u64::MAX - 3, 8), (11, 0)] {
            assert_eq!(window.get(position, count), None, "{position} {count}");
        }
        assert_eq!(window.up_to(8, 100), b"89");
        assert_eq!(window.up_to(11, 100), b"");
        assert_eq!(window.u32_le(6), Some(0x3938_3736));
    }

    #[test]
    fn texts_are_found_across_blocks() {
        let mut bytes = vec![0; 3 * BLOCK_BYTES];
        let length = bytes.len() as u64;
        for at in [0, BLOCK_BYTES - 2, 3 * BLOCK_BYTES - 4] {
            bytes[at..at + 4].copy_from_slice(b"data");
            let mut window = Window::new(Cursor::new(bytes.clone())).expect("a window");
            assert_eq!(window.find(b"data", 0..length), Some(at as u64));
            assert_eq!(window.find(b"data", 0..u64::MAX), Some(at as u64));
            bytes.fill(0);
        }
        let mut window = Window::new(Cursor::new(bytes)).expect("a window");
        assert_eq!(window.find(b"data", 0..length), None);
        assert_eq!(window.find(b"data", length..length), None);
    }
}
