//! Receives a job's audio piece by piece: mixes it to mono at once and, where stems are wanted, keeps the original
//! outside of the wasm heap.

use js_sys::{ArrayBuffer, Float32Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

use super::protocol::{JobId, JobOutput};
use crate::{
    audio::{AudioError, Cancellation, DcOffset, Recording, ToModelRate, Waveform},
    web::platform::{
        PlatformError,
        blob::{self, BlobWriter},
        memory,
    },
};

/// Bytes of a sample.
const SAMPLE_BYTES: usize = size_of::<f32>();
/// Samples of a stored channel that are read at once.
const PIECE_SAMPLES: usize = 1 << 18;

/// A job whose audio is still arriving.
pub(super) struct AudioReceiver {
    pub(super) id: JobId,
    wanted: JobOutput,
    samples: usize,
    sample_rate: u32,
    /// Samples that came, all told.
    length: usize,
    mono: MonoPieces,
    cancellation: Cancellation,
    /// The channels as they are: where stems are wanted, and for as long as these channels may cancel each other.
    channels: Vec<BlobWriter>,
    keeps_channels: bool,
}

/// A song that has arrived.
pub(super) struct ReceivedSong {
    mono: MonoPieces,
    /// The channel to analyse, where their mean is what cancellation left over.
    loudest: Option<usize>,
    original: StoredAudio,
    wants_stems: bool,
}

/// One channel outside of the heap, and its mean.
#[derive(Default)]
struct MonoPieces {
    pieces: Vec<Float32Array>,
    dc_offset: DcOffset,
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
            sample_rate,
            length: 0,
            mono: MonoPieces::default(),
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
            sample_rate: self.sample_rate,
        };
        let mean = piece.to_mono().samples;
        self.cancellation.add(&piece.channels, &mean);
        self.length += mean.len();
        self.mono.push(&mean);
        if self.keeps_channels {
            self.channels
                .resize_with(channels.len(), BlobWriter::default);
            for (file, channel) in self.channels.iter_mut().zip(&channels) {
                file.append_array(channel)?;
            }
        }
        for channel in &channels {
            memory::free(&channel.buffer());
        }
        if self.wanted != JobOutput::Stems && self.cancellation.is_ruled_out() {
            self.keeps_channels = false;
            self.channels.clear();
        }
        Ok(())
    }

    pub(super) fn is_complete(&self) -> bool {
        self.length >= self.samples
    }

    /// The song as it is.
    pub(super) fn finish(self) -> Result<ReceivedSong, PlatformError> {
        let files = self.channels.into_iter();
        let files = files.map(|file| file.finish("application/octet-stream"));
        Ok(ReceivedSong {
            mono: self.mono,
            loudest: self.cancellation.loudest_if_cancelled(),
            original: StoredAudio {
                sample_rate: self.sample_rate,
                length: self.length,
                channels: files.collect::<Result<_, _>>()?,
            },
            wants_stems: self.wanted == JobOutput::Stems,
        })
    }
}

impl ReceivedSong {
    /// Brings it to the model's rate: the mean of the channels, or the loudest one where they cancel each other.
    pub(super) async fn resample(&mut self) -> Result<Result<Waveform, AudioError>, PlatformError> {
        let original = &self.original;
        if let Some(channel) = self.loudest.and_then(|at| original.channels.get(at)) {
            self.mono = MonoPieces::default();
            for start in (0..original.length).step_by(PIECE_SAMPLES) {
                let length = PIECE_SAMPLES.min(original.length - start);
                let piece = StoredAudio::read(channel, start, length).await?;
                self.mono
                    .push(&memory::take_samples(&Float32Array::new(&piece)));
            }
        }
        Ok(std::mem::take(&mut self.mono).resample(original.sample_rate))
    }

    /// Its channels, if stems of them are wanted.
    pub(super) fn into_original(self) -> Option<StoredAudio> {
        self.wants_stems.then_some(self.original)
    }
}

impl MonoPieces {
    fn push(&mut self, samples: &[f32]) {
        self.dc_offset.add(samples);
        self.pieces.push(Float32Array::from(samples));
    }

    fn resample(self, sample_rate: u32) -> Result<Waveform, AudioError> {
        let mut song = ToModelRate::new(sample_rate, self.dc_offset)?;
        for piece in &self.pieces {
            song.push(&memory::take_samples(piece))?;
        }
        song.finish()
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
