//! Stems, which the helpers make part by part after the analysis, from the song's start to its end.

use futures_channel::oneshot;
use futures_util::{
    future,
    stream::{FuturesOrdered, StreamExt},
};
use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::{pool::Pool, scope, scope::JobChannel};
use crate::{
    audio::{
        AudioError, Recording,
        wav::{Layout, SampleFormat},
    },
    separate::{
        DeliveryError, MaskSink, PACKED_FRAME_BYTES, SongPart, SongParts, pack_masks, unpack_masks,
    },
    source::Source,
    web::{
        platform::{
            PlatformError,
            blob::{self, BlobWriter},
            memory,
        },
        worker::{
            audio_receiver::StoredAudio,
            protocol::{Failure, Order, Response, StemsLayout},
        },
    },
};

/// Up to this size the five files are kept exactly, as floating point; larger ones, of songs of more than some nine
/// minutes, in 16 bits, so that an hour of music still fits.
const EXACT_BYTES: usize = 1_000_000_000;

/// A song's masks, kept outside of the heap until its stems are made.
#[derive(Default)]
pub(super) struct MaskStore {
    file: BlobWriter,
    frames: usize,
}

impl MaskSink for MaskStore {
    fn frame(&mut self, masks: &[f32]) -> Result<(), DeliveryError> {
        self.frames += 1;
        pack_masks(masks, self.file.buffer());
        self.file
            .flush_full()
            .map_err(|error| DeliveryError(format!("the masks could not be kept: {error}")))
    }

    fn finish(&mut self) -> Result<(), DeliveryError> {
        Ok(())
    }
}

/// Stems that are to be made.
pub(super) struct StemsJob {
    original: StoredAudio,
    masks: Blob,
    parts: SongParts,
    layout: Layout,
}

/// How the stems' samples are to lie.
///
/// # Errors
/// When there are more channels than a file can have.
pub(super) fn layout_of(original: &StoredAudio) -> Result<Layout, AudioError> {
    let channels = original.channel_count();
    let channel_count =
        u16::try_from(channels).map_err(|_| AudioError::ChannelCount { got: channels })?;
    let layout = |format| Layout {
        channel_count,
        sample_rate: original.sample_rate,
        format,
    };
    let exact = layout(SampleFormat::Float32);
    let exact_bytes = Source::COUNT * original.length * exact.bytes_per_sample();
    Ok(match exact_bytes <= EXACT_BYTES {
        true => exact,
        false => layout(SampleFormat::Int16),
    })
}

impl StemsJob {
    /// Stems of `original` by these masks.
    pub(super) fn new(
        original: StoredAudio,
        masks: MaskStore,
        layout: Layout,
    ) -> Result<Self, PlatformError> {
        let parts = SongParts::new(original.sample_rate, original.length, masks.frames);
        let masks = masks.file.finish("application/octet-stream")?;
        Ok(Self {
            original,
            masks,
            parts,
            layout,
        })
    }

    /// How they will come.
    pub(super) fn layout(&self) -> StemsLayout {
        StemsLayout {
            layout: self.layout,
            length: self.original.length,
            part_length: self.parts.part_length(),
        }
    }

    /// Has the helpers make them and sends them to the page, for as long as that wants them; signals when the first part
    /// is sent.
    pub(super) async fn run(
        &self,
        pool: &Pool,
        channel: &JobChannel,
        first_part: oneshot::Sender<()>,
    ) -> Result<(), Failure> {
        let mut first_part = Some(first_part);
        let mut waiting = self.parts.iter();
        let mut in_flight = FuturesOrdered::new();
        loop {
            while in_flight.len() < pool.tasks() {
                let Some(part) = waiting.next() else { break };
                in_flight.push_back(self.make(pool, part));
            }
            let Some(files) = in_flight.next().await else {
                return Ok(());
            };
            let files = files?;
            if !channel.is_wanted() {
                return Ok(());
            }
            scope::say(&Response::Stems { id: channel.id }, &files);
            if let Some(sender) = first_part.take() {
                // Nobody waits where no music is wanted.
                sender.send(()).ok();
            }
        }
    }

    async fn make(&self, pool: &Pool, part: SongPart) -> Result<Vec<JsValue>, Failure> {
        let frames = &part.model_frames;
        let [start, end] = [frames.start, frames.end].map(|frame| frame * PACKED_FRAME_BYTES);
        let inputs = future::try_join(
            blob::read_buffer(&self.masks, start, end),
            self.original.read_all(part.input.start, part.input.len()),
        );
        let (masks, channels) = inputs.await.map_err(|error| Failure::storage(&error))?;
        let attachments: Vec<JsValue> = [masks]
            .into_iter()
            .chain(channels)
            .map(Into::into)
            .collect();
        let layout = self.layout;
        pool.ask(&Order::Stems { part, layout }, &attachments).await
    }
}

/// A helper's share: a blob of samples a source.
pub(super) fn make(
    part: &SongPart,
    layout: Layout,
    attachments: &[JsValue],
) -> Result<Vec<JsValue>, PlatformError> {
    let [masks, channels @ ..] = attachments else {
        return Err(PlatformError::new("a part without masks"));
    };
    let masks = memory::take_bytes(masks.unchecked_ref());
    let channels = channels
        .iter()
        .map(|channel| memory::take_samples(&Float32Array::new(channel)));
    let original = Recording {
        channels: channels.collect(),
        sample_rate: layout.sample_rate,
    };
    let stems = part
        .stems(&original, &unpack_masks(&masks))
        .map_err(|error| PlatformError::new(error.to_string()))?;
    let mut bytes = Vec::new();
    let files = stems.iter().map(|(_, stem)| {
        bytes.clear();
        layout.encode(stem, &mut bytes);
        Ok(blob::of_bytes(&bytes)?.into())
    });
    files.collect()
}
