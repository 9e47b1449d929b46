//! The short-time Fourier transform (STFT), frame by frame or of a whole song. Plans and scratch buffers are made once.
//!
//! Frames are centred: frame `f` covers the samples around `f * hop_length`, and the song is padded with zeros, as in
//! librosa's `stft(center=True, pad_mode="constant")`. The window is a periodic Hann window, as there.

use std::{f64::consts::TAU, sync::Arc};

use realfft::{ComplexToReal, RealFftPlanner, RealToComplex, num_complex::Complex};

use super::{HOP_LENGTH, WINDOW_LENGTH};

/// An STFT of one window length and hop: FFT plan, window and scratch buffers.
///
/// ```
/// use deepmelody::dsp::Stft;
///
/// let song: Vec<f32> = (0..10_880).map(|n| (n as f32 * 0.25).sin()).collect();
/// let mut stft = Stft::default();
/// let spectrogram = stft.forward(&song);
/// assert_eq!((spectrogram.frame_count(), spectrogram.bins), (23, 512));
///
/// let back = stft.inverse(&spectrogram, song.len());
/// assert!(song.iter().zip(&back).all(|(sample, back)| (sample - back).abs() < 1e-4));
/// ```
pub struct Stft {
    pub(super) plan: Plan,
    windowed: Vec<f32>,
    scratch: Vec<Complex<f32>>,
}

/// Plan and window, shared with the inverse.
#[derive(Clone)]
pub(super) struct Plan {
    pub(super) hop_length: usize,
    pub(super) window: Arc<[f32]>,
    pub(super) inverse: Arc<dyn ComplexToReal<f32>>,
    forward: Arc<dyn RealToComplex<f32>>,
}

/// Spectra of all frames of a song.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrogram {
    /// Spectra, one frame after the other.
    pub frames: Vec<Complex<f32>>,
    /// Values of each spectrum.
    pub bins: usize,
}

impl Spectrogram {
    /// Number of frames.
    pub fn frame_count(&self) -> usize {
        self.frames.len() / self.bins
    }

    /// The frames' spectra in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[Complex<f32>]> {
        self.frames.chunks_exact(self.bins)
    }
}

impl Default for Stft {
    /// The paper's: [`WINDOW_LENGTH`] and [`HOP_LENGTH`].
    fn default() -> Self {
        Self::new(WINDOW_LENGTH, HOP_LENGTH)
    }
}

impl Stft {
    /// Plans the transforms.
    ///
    /// # Panics
    /// Unless consecutive windows overlap by about half or more: the inverse divides by their overlap.
    pub fn new(window_length: usize, hop_length: usize) -> Self {
        assert!(
            (1..=window_length / 2 + 1).contains(&hop_length) && hop_length < window_length,
            "a hop of {hop_length} samples: expected 1 to about half the window of {window_length}",
        );
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(window_length);
        let inverse = planner.plan_fft_inverse(window_length);
        let scratch = forward.make_scratch_vec();
        let plan = Plan {
            hop_length,
            window: hann(window_length),
            inverse,
            forward,
        };
        Self {
            plan,
            windowed: vec![0.0; window_length],
            scratch,
        }
    }

    /// Samples in a window.
    pub fn window_length(&self) -> usize {
        self.plan.window.len()
    }

    /// Samples from one window to the next.
    pub fn hop_length(&self) -> usize {
        self.plan.hop_length
    }

    /// Values of each spectrum.
    pub fn bins(&self) -> usize {
        self.plan.window.len() / 2 + 1
    }

    /// Number of frames of a song: centred on every hop from sample 0 to the first at or past the end, so that two
    /// windows cover every sample and the inverse is exact up to the last. That is librosa's `1 + samples /
    /// hop_length`, plus one unless the hop divides the length; 0 without samples.
    pub fn frame_count(&self, samples: usize) -> usize {
        match samples {
            0 => 0,
            samples => 1 + samples.div_ceil(self.plan.hop_length),
        }
    }

    /// Computes the spectrum of one frame.
    ///
    /// # Panics
    /// Unless `spectrum` holds [`bins`](Self::bins) values.
    pub fn analyse_frame(&mut self, samples: &[f32], frame: usize, spectrum: &mut [Complex<f32>]) {
        let length = self.windowed.len();
        let centre = frame * self.plan.hop_length;
        // The part of the window inside the song; zeros elsewhere.
        let before = (length / 2).saturating_sub(centre);
        let start = (centre + before - length / 2).min(samples.len());
        let inside = &samples[start..samples.len().min(start + length - before)];
        self.windowed[..before].fill(0.0);
        self.windowed[before + inside.len()..].fill(0.0);
        let windowed = &mut self.windowed[before..before + inside.len()];
        for ((out, sample), weight) in windowed
            .iter_mut()
            .zip(inside)
            .zip(&self.plan.window[before..])
        {
            *out = sample * weight;
        }
        self.transform(spectrum);
    }

    /// Computes the spectrum of one window of samples.
    ///
    /// # Panics
    /// Unless `samples` has the length of the window and `spectrum` holds [`bins`](Self::bins) values.
    pub fn analyse_window(&mut self, samples: &[f32], spectrum: &mut [Complex<f32>]) {
        assert_eq!(samples.len(), self.windowed.len(), "one window of samples");
        let weighted = samples.iter().zip(self.plan.window.iter());
        for (out, (sample, weight)) in self.windowed.iter_mut().zip(weighted) {
            *out = sample * weight;
        }
        self.transform(spectrum);
    }

    fn transform(&mut self, spectrum: &mut [Complex<f32>]) {
        self.plan
            .forward
            .process_with_scratch(&mut self.windowed, spectrum, &mut self.scratch)
            .expect("a spectrum holds Stft::bins values");
    }

    /// Computes the spectra of all frames.
    pub fn forward(&mut self, samples: &[f32]) -> Spectrogram {
        let bins = self.bins();
        let mut frames = vec![Complex::default(); self.frame_count(samples.len()) * bins];
        for (frame, spectrum) in frames.chunks_exact_mut(bins).enumerate() {
            self.analyse_frame(samples, frame, spectrum);
        }
        Spectrogram { frames, bins }
    }
}

/// The periodic Hann window, whose copies shifted by half its length sum to a constant.
fn hann(length: usize) -> Arc<[f32]> {
    (0..length)
        .map(|n| (0.5 - 0.5 * (TAU * n as f64 / length as f64).cos()) as f32)
        .collect()
}

#[cfg(test)]
mod tests;
