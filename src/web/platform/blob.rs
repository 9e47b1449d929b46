//! Files too large for the heap: written in parts that the browser keeps, read back in slices.

use std::io;

use js_sys::{Array, ArrayBuffer, Float32Array, Uint8Array};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag};

use super::{PlatformError, memory};

/// Bytes that are buffered before they go into a blob.
const PART_BYTES: usize = 4 << 20;

/// A blob being written; the heap never holds more than a part of it.
#[derive(Default)]
pub struct BlobWriter {
    parts: Array,
    bytes: Vec<u8>,
}

impl BlobWriter {
    /// Where the next bytes may be appended; call [`Self::flush_full`] now and then.
    pub fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    /// Moves the buffered bytes into a blob if they are many.
    pub fn flush_full(&mut self) -> Result<(), PlatformError> {
        match self.bytes.len() >= PART_BYTES {
            true => self.flush_part(),
            false => Ok(()),
        }
    }

    /// Appends the array's bytes, and frees it.
    pub fn append_array(&mut self, array: &Float32Array) -> Result<(), PlatformError> {
        let blob = Blob::new_with_buffer_source_sequence(&Array::of1(array))?;
        memory::free(&array.buffer());
        self.append(&blob)
    }

    /// Appends what is in another blob.
    pub fn append(&mut self, blob: &Blob) -> Result<(), PlatformError> {
        if !self.bytes.is_empty() {
            self.flush_part()?;
        }
        self.parts.push(blob);
        Ok(())
    }

    /// The blob.
    pub fn finish(mut self, media_type: &str) -> Result<Blob, PlatformError> {
        self.flush_part()?;
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        Ok(Blob::new_with_blob_sequence_and_options(
            &self.parts,
            &options,
        )?)
    }

    fn flush_part(&mut self) -> Result<(), PlatformError> {
        self.parts.push(&of_bytes(&self.bytes)?.into());
        self.bytes.clear();
        Ok(())
    }
}

impl io::Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        self.flush_full().map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A blob of these bytes.
pub fn of_bytes(bytes: &[u8]) -> Result<Blob, PlatformError> {
    let bytes = Uint8Array::from(bytes);
    let blob = Blob::new_with_u8_array_sequence(&Array::of1(&bytes))?;
    memory::free(&bytes.buffer());
    Ok(blob)
}

/// Some of a blob's bytes.
pub async fn read(blob: &Blob, start: usize, end: usize) -> Result<Vec<u8>, PlatformError> {
    Ok(memory::take_bytes(&read_buffer(blob, start, end).await?))
}

/// Some of a blob's bytes, outside of the heap.
pub async fn read_buffer(
    blob: &Blob,
    start: usize,
    end: usize,
) -> Result<ArrayBuffer, PlatformError> {
    let slice = blob.slice_with_f64_and_f64(start as f64, end as f64)?;
    Ok(JsFuture::from(slice.array_buffer()).await?.unchecked_into())
}

/// At most this many of a blob's first and last bytes; they may overlap.
///
/// # Errors
/// When the browser does not let the page read it.
pub async fn ends(
    blob: &Blob,
    head_bytes: u64,
    tail_bytes: u64,
) -> Result<(Vec<u8>, Vec<u8>), PlatformError> {
    let length = blob.size();
    let head = read(blob, 0, length.min(head_bytes as f64) as usize).await?;
    let tail_start = (length - tail_bytes as f64).max(0.0);
    let tail = read(blob, tail_start as usize, length as usize).await?;
    Ok((head, tail))
}
