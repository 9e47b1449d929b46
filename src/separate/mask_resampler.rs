//! Resamples masks from the model's grid (10,880 Hz: a frame every 47 ms, 512 bins up to 5.4 kHz) to the grid of
//! another STFT.
//!
//! In between, masks are interpolated linearly, in time and in frequency, which keeps their sum at 1. Above the model's
//! band each source keeps, frame by frame, the mean of its mask over the band's top octave: what sounds up there are
//! the overtones and the noise of what sounds right below. (Spleeter carries up the mean over all of its band; ours
//! ends at half its height, and the basses at its bottom say nothing about cymbals.)

use crate::dsp::{BINS, HOP_LENGTH, Stft, WINDOW_LENGTH};

use super::frames::FRAME_MASKS;

/// The lowest bin of the top octave: 2.7 to 5.4 kHz.
const TOP_OCTAVE: usize = BINS / 2;

/// Where the bins and frames of an STFT at another rate lie among the model's.
pub(super) struct MaskResampler {
    /// For each bin within the model's band, the bin below it and its way from there to the next, in [0, 1).
    within: Vec<(usize, f32)>,
    bins: usize,
    /// Model frames from one frame to the next.
    frame_step: f64,
}

impl MaskResampler {
    /// For an STFT of sound at `sample_rate` Hz; `model_rate` is the masks'.
    pub(super) fn new(stft: &Stft, sample_rate: u32, model_rate: u32) -> Self {
        let rates = f64::from(sample_rate) / f64::from(model_rate);
        let bin_step = rates * WINDOW_LENGTH as f64 / stft.window_length() as f64;
        let within = (0..stft.bins())
            .map(|bin| bin as f64 * bin_step)
            .take_while(|&position| position < (BINS - 1) as f64)
            .map(|position| (position as usize, position.fract() as f32))
            .collect();
        Self {
            within,
            bins: stft.bins(),
            frame_step: stft.hop_length() as f64 / (HOP_LENGTH as f64 * rates),
        }
    }

    /// Where a frame's centre lies among the model's frames.
    pub(super) fn position(&self, frame: usize) -> f64 {
        frame as f64 * self.frame_step
    }

    /// The masks `[source, bin]` on the way (0 to 1) from one model frame's to the next one's.
    pub(super) fn apply(&self, from: &[f32], to: &[f32], way: f32, out: &mut Vec<f32>) {
        let mut between = [0.0; FRAME_MASKS];
        for ((between, from), to) in between.iter_mut().zip(from).zip(to) {
            *between = from + way * (to - from);
        }
        out.clear();
        for mask in between.chunks_exact(BINS) {
            let end = out.len() + self.bins;
            let inside = self.within.iter();
            out.extend(inside.map(|&(bin, way)| mask[bin] + way * (mask[bin + 1] - mask[bin])));
            let top = &mask[TOP_OCTAVE..];
            out.resize(end, top.iter().sum::<f32>() / top.len() as f32);
        }
    }
}
