//! Receives a job's audio piece by piece: mixes it to mono at once and, where stems are wanted, keeps the original
//! outside of the wasm heap.

use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};

use super::protocol::{JobId, JobOutput};
use crate::{
    audio::{Cancellation, Recording},
    separate::Original,
};

/// A job whose audio is still arriving.
pub(super) struct AudioReceiver {
    pub(super) id: JobId,
    wanted: JobOutput,
    samples: usize,
    mono: Vec<f32>,
    cancellation: Cancellation,
    /// The channels as they are: where stems are wanted, and for as long as these channels may cancel each other.
    original: ReceivedAudio,
    keeps_channels: bool,
}

/// A song in the browser's own arrays.
pub(super) struct ReceivedAudio {
    sample_rate: u32,
    channel_count: usize,
    length: usize,
    /// Samples a channel of every piece but the last.
    piece_length: usize,
    /// `[piece][channel]`.
    pieces: Vec<Vec<Float32Array>>,
}

impl AudioReceiver {
    pub(super) fn new(id: JobId, wanted: JobOutput, sample_rate: u32, samples: usize) -> Self {
        Self {
            id,
            wanted,
            samples,
            mono: Vec::with_capacity(samples),
            cancellation: Cancellation::default(),
            keeps_channels: true,
            original: ReceivedAudio {
                sample_rate,
                channel_count: 0,
                length: 0,
                piece_length: 0,
                pieces: Vec::new(),
            },
        }
    }

    /// Adds a piece: one `Float32Array` a channel.
    pub(super) fn push(&mut self, channels: &[JsValue]) {
        let channels: Vec<Float32Array> = channels
            .iter()
            .filter_map(|channel| channel.dyn_ref().cloned())
            .collect();
        let piece = Recording {
            channels: channels.iter().map(Float32Array::to_vec).collect(),
            sample_rate: self.original.sample_rate,
        };
        let mean = piece.to_mono().samples;
        self.cancellation.add(&piece.channels, &mean);
        self.mono.extend(mean);
        if self.keeps_channels {
            self.original.push(channels);
        }
        if self.wanted != JobOutput::Stems && self.cancellation.is_ruled_out() {
            self.keeps_channels = false;
            self.original.pieces.clear();
        }
    }

    pub(super) fn is_complete(&self) -> bool {
        self.mono.len() >= self.samples
    }

    /// The song in one channel, and as it is if stems of it are wanted.
    pub(super) fn into_song(mut self) -> (Recording, Option<ReceivedAudio>) {
        // Their mean is what cancellation left over: one channel says more.
        if let Some(loudest) = self.cancellation.loudest_if_cancelled()
            && self.keeps_channels
        {
            self.original.read(loudest, 0, &mut self.mono);
        }
        let mono = Recording {
            channels: vec![self.mono],
            sample_rate: self.original.sample_rate,
        };
        let original = (self.wanted == JobOutput::Stems).then_some(self.original);
        (mono, original)
    }
}

impl ReceivedAudio {
    fn push(&mut self, channels: Vec<Float32Array>) {
        let length = channels.first().map_or(0, |channel| channel.length()) as usize;
        if self.pieces.is_empty() {
            self.channel_count = channels.len();
            self.piece_length = length;
        }
        self.length += length;
        self.pieces.push(channels);
    }
}

impl Original for ReceivedAudio {
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    fn channel_count(&self) -> usize {
        self.channel_count
    }

    fn length(&self) -> usize {
        self.length
    }

    fn read(&self, channel: usize, start: usize, out: &mut [f32]) {
        let mut done = 0;
        while done < out.len() {
            let at = start + done;
            let within = at % self.piece_length;
            let count = (self.piece_length - within).min(out.len() - done);
            let piece = &self.pieces[at / self.piece_length][channel];
            piece
                .subarray(within as u32, (within + count) as u32)
                .copy_to(&mut out[done..done + count]);
            done += count;
        }
    }
}
