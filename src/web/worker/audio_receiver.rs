//! Receives a job's audio piece by piece: mixes it to mono at once and, where stems are wanted, keeps the original
//! outside of the wasm heap.

use js_sys::{ArrayBuffer, Float32Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::protocol::{JobId, JobOutput};
use crate::{
    audio::{Cancellation, Recording, Waveform},
    web::platform::{
        PlatformError,
        blob::{self, BlobWriter},
        memory,
    },
};

/// Bytes of a sample.
const SAMPLE_BYTES: usize = size_of::<f32>();

/// A job whose audio is still arriving.
pub(super) struct AudioReceiver {
    pub(super) id: JobId,
    wanted: JobOutput,
    samples: usize,
    mono: Waveform,
    cancellation: Cancellation,
    /// The channels as they are: where stems are wanted, and for as long as these channels may cancel each other.
    channels: Vec<BlobWriter>,
    keeps_channels: bool,
}

/// A song as the browser's files, one a channel.
pub(super) struct StoredAudio {
    /// Samples a second.
    pub(super) sample_rate: u32,
    /// Samples a channel.
    pub(super) length: usize,
    channels: Vec<Blob>,
}

impl AudioReceiver {
    pub(super) fn new(id: JobId, wanted: JobOutput, sample_rate: u32, samples: usize) -> Self {
        Self {
            id,
            wanted,
            samples,
            mono: Waveform {
                samples: Vec::with_capacity(samples),
                sample_rate,
            },
            cancellation: Cancellation::default(),
            channels: Vec::new(),
            keeps_channels: true,
        }
    }

    /// Adds a piece: one `Float32Array` a channel.
    pub(super) fn push(&mut self, channels: &[JsValue]) -> Result<(), PlatformError> {
        let channels: Vec<Float32Array> = channels
            .iter()
            .filter_map(|channel| channel.dyn_ref().cloned())
            .collect();
        let piece = Recording {
            channels: channels.iter().map(Float32Array::to_vec).collect(),
            sample_rate: self.mono.sample_rate,
        };
        let mean = piece.to_mono().samples;
        self.cancellation.add(&piece.channels, &mean);
        self.mono.samples.extend(mean);
        if self.keeps_channels {
            self.channels
                .resize_with(channels.len(), BlobWriter::default);
            for (file, channel) in self.channels.iter_mut().zip(&channels) {
                file.append_array(channel)?;
            }
        }
        channels.iter().for_each(memory::free);
        if self.wanted != JobOutput::Stems && self.cancellation.is_ruled_out() {
            self.keeps_channels = false;
            self.channels.clear();
        }
        Ok(())
    }

    pub(super) fn is_complete(&self) -> bool {
        self.mono.samples.len() >= self.samples
    }

    /// The song in one channel, and as it is if stems of it are wanted.
    pub(super) async fn into_song(self) -> Result<(Waveform, Option<StoredAudio>), PlatformError> {
        let mut mono = self.mono;
        let files = self.channels.into_iter();
        let files = files.map(|file| file.finish("application/octet-stream"));
        let original = StoredAudio {
            sample_rate: mono.sample_rate,
            length: mono.samples.len(),
            channels: files.collect::<Result<_, _>>()?,
        };
        // Their mean is what cancellation left over: one channel says more.
        if let Some(loudest) = self.cancellation.loudest_if_cancelled()
            && let Some(channel) = original.channels.get(loudest)
        {
            let samples = StoredAudio::read(channel, 0, original.length).await?;
            Float32Array::new(&samples).copy_to(&mut mono.samples);
        }
        let original = (self.wanted == JobOutput::Stems).then_some(original);
        Ok((mono, original))
    }
}

impl StoredAudio {
    pub(super) fn channel_count(&self) -> usize {
        self.channels.len()
    }

    /// So many samples of every channel from `start` on, as bytes of floats.
    pub(super) async fn read_all(
        &self,
        start: usize,
        length: usize,
    ) -> Result<Vec<ArrayBuffer>, PlatformError> {
        let channels = self.channels.iter();
        let channels = channels.map(|channel| Self::read(channel, start, length));
        futures_util::future::try_join_all(channels).await
    }

    async fn read(
        channel: &Blob,
        start: usize,
        length: usize,
    ) -> Result<ArrayBuffer, PlatformError> {
        let [start, end] = [start, start + length].map(|sample| sample * SAMPLE_BYTES);
        blob::read_buffer(channel, start, end).await
    }
}
