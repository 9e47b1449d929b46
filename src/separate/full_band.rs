//! Full-band stems: at the original's own rate, with all its channels.
//!
//! The original goes through an STFT of its own, whose windows last about as long as the model's, and every channel is
//! masked by the same masks ([`MaskResampler`]). Masks sum to 1, so stems sum to the original. Everything streams: apart
//! from the original, at most one window is held for each source and channel.

use super::{DeliveryError, MaskSink, frames::FRAME_MASKS, mask_resampler::MaskResampler};
use crate::audio::{Recording, SAMPLE_RATE};
use crate::dsp::{Complex, OverlapAdd, Stft, WINDOW_LENGTH};
use crate::source::Source;

/// Windows are a multiple of this many samples: such lengths are quick to transform.
const WINDOW_STEP: f64 = 256.0;

/// A song as it was decoded, wherever its samples lie.
pub trait Original {
    /// Samples a second.
    fn sample_rate(&self) -> u32;

    /// Channels.
    fn channel_count(&self) -> usize;

    /// Samples a channel.
    fn length(&self) -> usize;

    /// Fills `out` with a channel's samples from `start` on; all of them lie within [`Self::length`].
    fn read(&self, channel: usize, start: usize, out: &mut [f32]);
}

impl Original for Recording {
    fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    fn channel_count(&self) -> usize {
        self.channels.len()
    }

    fn length(&self) -> usize {
        self.channels.iter().map(Vec::len).max().unwrap_or(0)
    }

    fn read(&self, channel: usize, start: usize, out: &mut [f32]) {
        let samples = self.channels[channel].get(start..).unwrap_or_default();
        let count = samples.len().min(out.len());
        out[..count].copy_from_slice(&samples[..count]);
        out[count..].fill(0.0);
    }
}

/// Takes a song's stems block by block.
pub trait StemSink {
    /// The next samples of `source`, the same number in every channel.
    ///
    /// # Errors
    /// When they cannot be stored.
    fn block(&mut self, source: Source, channels: &[Vec<f32>]) -> Result<(), DeliveryError>;
}

/// Turns masks into full-band stems.
pub struct FullBand<'a, O, S> {
    original: &'a O,
    sink: S,
    stft: Stft,
    resampler: MaskResampler,
    /// Inverse STFTs, `[source][channel]`.
    outputs: Vec<Vec<OverlapAdd>>,
    /// Of the song, where `original` begins.
    first_frame: usize,
    frame_count: usize,
    next_frame: usize,
    /// Frames of the model so far, with those before `original` begins.
    model_frames: usize,
    /// Masks of the model's last frame but one, and of its last.
    model_masks: [Vec<f32>; 2],
    masks: Vec<f32>,
    window: Vec<f32>,
    /// `[channel][bin]`.
    spectra: Vec<Vec<Complex<f32>>>,
    masked: Vec<Complex<f32>>,
    blocks: Vec<Vec<f32>>,
}

impl<'a, O: Original, S: StemSink> FullBand<'a, O, S> {
    /// `original` is what the song of the masks was made from, so that both begin at the same moment.
    pub fn new(original: &'a O, sink: S) -> Self {
        let stft = stft_at(original.sample_rate());
        let channels = original.channel_count();
        let streams = |_: &Source| {
            let stream = |_| OverlapAdd::new(&stft, original.length());
            (0..channels).map(stream).collect()
        };
        let spectrum = vec![Complex::default(); stft.bins()];
        Self {
            original,
            sink,
            resampler: MaskResampler::new(&stft, original.sample_rate(), SAMPLE_RATE),
            outputs: Source::ALL.iter().map(streams).collect(),
            first_frame: 0,
            frame_count: stft.frame_count(original.length()),
            next_frame: 0,
            model_frames: 0,
            model_masks: [equal_shares(), equal_shares()],
            masks: Vec::new(),
            window: vec![0.0; stft.window_length()],
            spectra: vec![spectrum.clone(); channels],
            masked: spectrum,
            blocks: vec![Vec::new(); channels],
            stft,
        }
    }

    /// For a part of a song: `original` begins where the song's frame `first_frame` is centred, and the first masks that
    /// come are those of the model's frame `first_model_frame`.
    pub(super) fn of_part(
        original: &'a O,
        first_frame: usize,
        first_model_frame: usize,
        sink: S,
    ) -> Self {
        Self {
            first_frame,
            model_frames: first_model_frame,
            ..Self::new(original, sink)
        }
    }

    /// What took the stems.
    pub fn into_sink(self) -> S {
        self.sink
    }

    /// Masks the frames whose centres lie at or before this one of the model's.
    fn share_out(&mut self, until: f64) -> Result<(), DeliveryError> {
        while self.next_frame < self.frame_count {
            let position = self.resampler.position(self.first_frame + self.next_frame);
            if position > until {
                break;
            }
            let way = (position + 2.0 - self.model_frames as f64).clamp(0.0, 1.0) as f32;
            let [from, to] = &self.model_masks;
            self.resampler.apply(from, to, way, &mut self.masks);
            self.analyse();
            for source in Source::ALL {
                self.add(source)?;
            }
            self.next_frame += 1;
        }
        Ok(())
    }

    /// Computes every channel's spectrum of the next frame; silence surrounds the song.
    fn analyse(&mut self) {
        let half = self.window.len() / 2;
        let centre = self.next_frame * self.stft.hop_length();
        let before = half.saturating_sub(centre);
        let start = centre.saturating_sub(half).min(self.original.length());
        let end = (centre + half).min(self.original.length());
        let inside = before..(before + end - start);
        for (channel, spectrum) in self.spectra.iter_mut().enumerate() {
            self.window[..inside.start].fill(0.0);
            self.window[inside.end..].fill(0.0);
            self.original
                .read(channel, start, &mut self.window[inside.clone()]);
            self.stft.analyse_window(&self.window, spectrum);
        }
    }

    fn add(&mut self, source: Source) -> Result<(), DeliveryError> {
        let mask = &self.masks[source.index() * self.masked.len()..][..self.masked.len()];
        let outputs = &mut self.outputs[source.index()];
        let channels = self.spectra.iter().zip(outputs).zip(&mut self.blocks);
        for ((spectrum, output), block) in channels {
            for ((masked, &value), &share) in self.masked.iter_mut().zip(spectrum).zip(mask) {
                *masked = value * share;
            }
            block.clear();
            output.push(&self.masked, block);
        }
        self.sink.block(source, &self.blocks)
    }
}

impl<O: Original, S: StemSink> MaskSink for FullBand<'_, O, S> {
    fn frame(&mut self, masks: &[f32]) -> Result<(), DeliveryError> {
        self.model_masks.swap(0, 1);
        self.model_masks[1].copy_from_slice(masks);
        self.model_frames += 1;
        self.share_out((self.model_frames - 1) as f64)
    }

    fn finish(&mut self) -> Result<(), DeliveryError> {
        // The song's last window may be centred after the model's: the last masks hold.
        self.share_out(f64::INFINITY)?;
        for (source, outputs) in Source::ALL.into_iter().zip(self.outputs.drain(..)) {
            for (output, block) in outputs.into_iter().zip(&mut self.blocks) {
                block.clear();
                output.finish(block);
            }
            self.sink.block(source, &self.blocks)?;
        }
        Ok(())
    }
}

/// Holds where the model has no frame at all: a song of less than one of its samples.
fn equal_shares() -> Vec<f32> {
    vec![1.0 / Source::COUNT as f32; FRAME_MASKS]
}

/// Windows as long as the model's, to the nearest length that is quick to transform, and as much overlap.
pub(super) fn stft_at(sample_rate: u32) -> Stft {
    let exact = WINDOW_LENGTH as f64 * f64::from(sample_rate) / f64::from(SAMPLE_RATE);
    let window_length = ((exact / WINDOW_STEP).round().max(1.0) * WINDOW_STEP) as usize;
    Stft::new(window_length, window_length / 2)
}

#[cfg(test)]
mod tests;
