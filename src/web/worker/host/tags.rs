//! What files say about themselves, read for the page, which is spared the many formats of tags: they would be a
//! third of its size.

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use js_sys::{ArrayBuffer, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};

use crate::{audio::container::sought, tags, web::worker::protocol::Tags};

/// The tags of a file of `length` bytes, of which the attachments are the first and the last.
pub(super) fn read(length: u64, attachments: &[JsValue]) -> Tags {
    let tags::Tags {
        title,
        artist,
        album,
        ..
    } = tags::read(Ends::new(length, attachments));
    Tags {
        title,
        artist,
        album,
    }
}

/// A file's two ends; between them it reads as zeros.
struct Ends {
    head: Vec<u8>,
    tail: Vec<u8>,
    tail_start: u64,
    length: u64,
    position: u64,
}

impl Ends {
    fn new(length: u64, attachments: &[JsValue]) -> Self {
        let bytes = |index: usize| {
            let buffer = attachments.get(index)?.dyn_ref::<ArrayBuffer>()?;
            Some(Uint8Array::new(buffer).to_vec())
        };
        let tail = bytes(1).unwrap_or_default();
        Self {
            head: bytes(0).unwrap_or_default(),
            tail_start: length.saturating_sub(tail.len() as u64),
            tail,
            length,
            position: 0,
        }
    }
}

impl Read for Ends {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = if self.position < self.head.len() as u64 {
            read_at(&self.head, self.position, buffer)?
        } else if self.position >= self.tail_start {
            read_at(&self.tail, self.position - self.tail_start, buffer)?
        } else {
            let gap = self.tail_start - self.position;
            let count = buffer.len().min(usize::try_from(gap).unwrap_or(usize::MAX));
            buffer[..count].fill(0);
            count
        };
        self.position += count as u64;
        Ok(count)
    }
}

fn read_at(bytes: &[u8], position: u64, buffer: &mut [u8]) -> io::Result<usize> {
    let mut bytes = Cursor::new(bytes);
    bytes.set_position(position);
    bytes.read(buffer)
}

impl Seek for Ends {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.position = sought(to, self.position, self.length)?;
        Ok(self.position)
    }
}
