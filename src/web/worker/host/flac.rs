//! FLAC files for the page, which so needs no encoder.

use std::io::Write;

use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::scope;
use crate::{
    audio::{
        FileTags,
        flac::{BLOCK_LENGTH, FlacEncoder},
        wav::Layout,
    },
    web::{
        platform::{
            PlatformError,
            blob::{self, BlobWriter},
        },
        worker::protocol::{JobId, Response},
    },
};

/// Blocks that are encoded between two answers to other requests: 1.5 s at 44.1 kHz.
const BLOCKS: usize = 16;

/// Encodes the samples in a blob, and sends the file to the page.
pub(super) async fn answer(id: JobId, layout: Layout, tags: FileTags, samples: JsValue) {
    let file = encode(layout, &tags, samples.unchecked_ref()).await;
    let (failure, attachments) = match file {
        Ok(file) => (None, vec![file.into()]),
        Err(error) => (Some(error.to_string()), Vec::new()),
    };
    scope::say(&Response::Flac { id, failure }, &attachments);
}

async fn encode(layout: Layout, tags: &FileTags, samples: &Blob) -> Result<Blob, PlatformError> {
    let failed = |error: &dyn std::error::Error| PlatformError::new(error.to_string());
    let mut encoder = FlacEncoder::new(layout).map_err(|error| failed(&error))?;
    let mut frames = BlobWriter::default();
    let (size, step) = (
        samples.size() as usize,
        BLOCKS * BLOCK_LENGTH * layout.bytes_per_sample(),
    );
    for start in (0..size).step_by(step) {
        let block = blob::read(samples, start, size.min(start + step)).await?;
        encoder.encode(&block, frames.buffer());
        frames.flush_full()?;
    }
    let mut file = BlobWriter::default();
    let header = encoder.header(tags);
    file.write_all(&header).map_err(|error| failed(&error))?;
    file.append(&frames.finish("")?)?;
    file.finish("audio/flac")
}
