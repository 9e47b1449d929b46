//! L7: a job's audio as it arrives, piece by piece, mixed to mono at once so that many channels cost no memory.

use js_sys::Float32Array;
use wasm_bindgen::{JsCast, JsValue};

use super::protocol::JobId;
use crate::audio::Recording;

/// A job whose audio is still arriving.
pub(super) struct Intake {
    pub(super) id: JobId,
    sample_rate: u32,
    samples: usize,
    mono: Vec<f32>,
}

impl Intake {
    pub(super) fn new(id: JobId, sample_rate: u32, samples: usize) -> Self {
        Self {
            id,
            sample_rate,
            samples,
            mono: Vec::with_capacity(samples),
        }
    }

    /// Adds a piece: one `Float32Array` a channel.
    pub(super) fn push(&mut self, channels: &[JsValue]) {
        let channels = channels
            .iter()
            .filter_map(|channel| channel.dyn_ref::<Float32Array>());
        let piece = Recording {
            channels: channels.map(Float32Array::to_vec).collect(),
            sample_rate: self.sample_rate,
        };
        self.mono.extend(piece.to_mono().samples);
    }

    pub(super) fn is_complete(&self) -> bool {
        self.mono.len() >= self.samples
    }

    pub(super) fn into_recording(self) -> Recording {
        Recording {
            channels: vec![self.mono],
            sample_rate: self.sample_rate,
        }
    }
}
