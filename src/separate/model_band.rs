//! Stems in the network's own band: one channel at the model's rate, a few samples at a time.

use super::{DeliveryError, MaskSink};
use crate::audio::Waveform;
use crate::dsp::{BINS, Complex, OverlapAdd, Stft};
use crate::source::Source;

/// Masks the song's spectra and hands `take` the stems' samples, block after block for each source.
pub struct ModelBand<'a, F> {
    song: &'a Waveform,
    take: F,
    stft: Stft,
    outputs: Vec<OverlapAdd>,
    frame: usize,
    spectrum: Vec<Complex<f32>>,
    masked: Vec<Complex<f32>>,
    block: Vec<f32>,
}

impl<'a, F: FnMut(Source, &[f32])> ModelBand<'a, F> {
    /// `song` is the one that the masks are computed of.
    pub fn new(song: &'a Waveform, take: F) -> Self {
        let stft = Stft::default();
        let output = |_| OverlapAdd::new(&stft, song.samples.len());
        Self {
            song,
            take,
            outputs: Source::ALL.iter().map(output).collect(),
            stft,
            frame: 0,
            spectrum: vec![Complex::default(); BINS],
            masked: vec![Complex::default(); BINS],
            block: Vec::new(),
        }
    }
}

impl<F: FnMut(Source, &[f32])> MaskSink for ModelBand<'_, F> {
    fn frame(&mut self, masks: &[f32]) -> Result<(), DeliveryError> {
        self.stft
            .analyse_frame(&self.song.samples, self.frame, &mut self.spectrum);
        self.frame += 1;
        let parts = Source::ALL.into_iter().zip(masks.chunks_exact(BINS));
        for ((source, mask), output) in parts.zip(&mut self.outputs) {
            for ((masked, &value), &share) in self.masked.iter_mut().zip(&self.spectrum).zip(mask) {
                *masked = value * share;
            }
            self.block.clear();
            output.push(&self.masked, &mut self.block);
            (self.take)(source, &self.block);
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), DeliveryError> {
        for (source, output) in Source::ALL.into_iter().zip(self.outputs.drain(..)) {
            self.block.clear();
            output.finish(&mut self.block);
            (self.take)(source, &self.block);
        }
        Ok(())
    }
}
