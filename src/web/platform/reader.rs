//! Bytes in a `Uint8Array` or blob, read through `std::io::Read` and `Seek`.

use std::io::{self, Read, Seek, SeekFrom};

use js_sys::{ArrayBuffer, Uint8Array};

use crate::audio::container::sought;

/// Reads an array of the browser's without copying more than is asked for.
#[derive(Debug)]
pub struct Reader {
    bytes: Uint8Array,
    position: u64,
}

impl Reader {
    /// Reads from the beginning.
    pub fn new(bytes: &ArrayBuffer) -> Self {
        Self {
            bytes: Uint8Array::new(bytes),
            position: 0,
        }
    }
}

impl Read for Reader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = u64::from(self.bytes.length());
        let rest = length.saturating_sub(self.position);
        let count = rest.min(buffer.len() as u64) as usize;
        let (start, end) = (self.position, self.position + count as u64);
        if count > 0 {
            self.bytes
                .subarray(start as u32, end as u32)
                .copy_to(&mut buffer[..count]);
        }
        self.position = end;
        Ok(count)
    }
}

impl Seek for Reader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let length = u64::from(self.bytes.length());
        self.position = sought(to, self.position, length)?;
        Ok(self.position)
    }
}
