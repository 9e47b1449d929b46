//! A song in parts whose stems can be made apart from each other, in any order and on any thread, and are the same as
//! those of the song as a whole.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::full_band::stft_at;
use super::mask_resampler::MaskResampler;
use super::{DeliveryError, FullBand, MaskSink, StemSink, frames::FRAME_MASKS};
use crate::audio::{Recording, SAMPLE_RATE};
use crate::source::{PerSource, Source};

/// A part's length: short enough that the first one is there soon, long enough that its edges cost little.
const PART_SECS: f64 = 4.0;

/// How a song is cut into parts.
#[derive(Clone, Copy, Debug)]
pub struct SongParts {
    sample_rate: u32,
    length: usize,
    model_frames: usize,
    hop_length: usize,
    part_length: usize,
}

/// A part of a song, and what its stems are made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SongPart {
    /// The samples of the song that are the part.
    pub samples: Range<usize>,
    /// The samples that its stems depend on: a hop more on either side.
    pub input: Range<usize>,
    /// The first frame of the full-band STFT that is centred within [`Self::input`].
    pub first_frame: usize,
    /// The model's frames whose masks its stems depend on.
    pub model_frames: Range<usize>,
}

impl SongParts {
    /// Of a song of `length` samples at `sample_rate` Hz, which has `model_frames` frames of masks.
    pub fn new(sample_rate: u32, length: usize, model_frames: usize) -> Self {
        let hop_length = stft_at(sample_rate).hop_length();
        let hops = (PART_SECS * f64::from(sample_rate) / hop_length as f64).round();
        Self {
            sample_rate,
            length,
            model_frames,
            hop_length,
            part_length: hop_length * (hops as usize).max(1),
        }
    }

    /// Samples of every part but the last, which may be shorter.
    pub fn part_length(&self) -> usize {
        self.part_length
    }

    /// The parts in their order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = SongPart> {
        let parts = *self;
        (0..self.length.div_ceil(self.part_length)).map(move |index| parts.part(index))
    }

    fn part(&self, index: usize) -> SongPart {
        let start = index * self.part_length;
        let samples = start..self.length.min(start + self.part_length);
        // A frame at either edge of the input lacks samples; none of the part's own lies within its window.
        let input =
            start.saturating_sub(self.hop_length)..self.length.min(samples.end + self.hop_length);
        let stft = stft_at(self.sample_rate);
        let resampler = MaskResampler::new(&stft, self.sample_rate, SAMPLE_RATE);
        let first_frame = input.start / self.hop_length;
        let last_frame = first_frame + stft.frame_count(input.len()).saturating_sub(1);
        let last = self.model_frames.saturating_sub(1);
        let first_model_frame = (resampler.position(first_frame) as usize).min(last);
        let last_model_frame = (resampler.position(last_frame).ceil() as usize).min(last);
        SongPart {
            samples,
            input,
            first_frame,
            model_frames: first_model_frame..self.model_frames.min(last_model_frame + 1),
        }
    }
}

impl SongPart {
    /// The part's stems, `[channel][sample]`. `original` holds the samples of [`Self::input`], `masks` those of
    /// [`Self::model_frames`], `[frame][source][bin]`.
    ///
    /// # Errors
    /// No errors of its own.
    pub fn stems(
        &self,
        original: &Recording,
        masks: &[f32],
    ) -> Result<PerSource<Vec<Vec<f32>>>, DeliveryError> {
        let channel = || Vec::with_capacity(self.input.len());
        let stem = || original.channels.iter().map(|_| channel()).collect();
        let mut stems = Kept(PerSource::from_fn(|_| stem()));
        let mut full_band = FullBand::of_part(
            original,
            self.first_frame,
            self.model_frames.start,
            &mut stems,
        );
        for masks in masks.chunks_exact(FRAME_MASKS) {
            full_band.frame(masks)?;
        }
        full_band.finish()?;
        let Kept(mut stems) = stems;
        let start = self.samples.start - self.input.start;
        for channel in stems.0.iter_mut().flatten() {
            channel.truncate(start + self.samples.len());
            channel.drain(..start);
        }
        Ok(stems)
    }
}

/// Keeps all stems.
struct Kept(PerSource<Vec<Vec<f32>>>);

impl StemSink for &mut Kept {
    fn block(&mut self, source: Source, channels: &[Vec<f32>]) -> Result<(), DeliveryError> {
        for (stem, block) in self.0[source].iter_mut().zip(channels) {
            stem.extend(block);
        }
        Ok(())
    }
}
