//! L1: the inverse STFT as a stream: spectra go in one after the other, the song comes out, and no spectrogram is held.
//!
//! Every frame is windowed again and added in; dividing by the sum of the squared windows then gives the song whose
//! STFT is nearest to the spectra (Griffin and Lim 1984, equation 6).

use realfft::num_complex::Complex;

use super::stft::{Plan, Stft};

/// A song being put together from its spectra.
pub struct OverlapAdd {
    plan: Plan,
    song: Vec<f32>,
    frames: usize,
    spectrum: Vec<Complex<f32>>,
    frame: Vec<f32>,
    scratch: Vec<Complex<f32>>,
}

impl OverlapAdd {
    /// Begins a song of `length_samples`.
    pub fn new(stft: &Stft, length_samples: usize) -> Self {
        let plan = stft.plan.clone();
        Self {
            song: vec![0.0; length_samples],
            frames: 0,
            spectrum: plan.inverse.make_input_vec(),
            frame: plan.inverse.make_output_vec(),
            scratch: plan.inverse.make_scratch_vec(),
            plan,
        }
    }

    /// Adds the next frame. The imaginary parts of the bins at 0 and at half the sample rate mean nothing in a real
    /// signal and are ignored.
    ///
    /// # Panics
    /// Unless `spectrum` holds [`Stft::bins`] values.
    pub fn push(&mut self, spectrum: &[Complex<f32>]) {
        self.spectrum.copy_from_slice(spectrum);
        self.spectrum[0].im = 0.0;
        if let (0, Some(highest)) = (self.frame.len() % 2, self.spectrum.last_mut()) {
            highest.im = 0.0;
        }
        self.plan
            .inverse
            .process_with_scratch(&mut self.spectrum, &mut self.frame, &mut self.scratch)
            .expect("the plan made the buffers");
        self.add_frame();
        self.frames += 1;
    }

    fn add_frame(&mut self) {
        let length = self.frame.len();
        let centre = self.frames * self.plan.hop_length;
        let before = (length / 2).saturating_sub(centre);
        let start = (centre + before - length / 2).min(self.song.len());
        let inside = self.song[start..].iter_mut();
        for ((out, sample), weight) in inside
            .zip(&self.frame[before..])
            .zip(&self.plan.window[before..])
        {
            *out += sample * weight;
        }
    }

    /// The song; where no frame reached, silence.
    pub fn finish(mut self) -> Vec<f32> {
        // Both transforms together multiply by the window's length.
        let gain = self.frame.len() as f32;
        let (hop, half) = (self.plan.hop_length, self.frame.len() / 2);
        for (position, sample) in self.song.iter_mut().enumerate() {
            // The frames whose windows reach this sample: the last begins at or before it.
            let last = (position + half) / hop;
            let squares: f32 = (0..=last.min(self.frames.saturating_sub(1)))
                .rev()
                .map_while(|frame| self.plan.window.get(position + half - frame * hop))
                .map(|weight| weight * weight)
                .sum();
            *sample = if squares > 0.0 {
                *sample / (squares * gain)
            } else {
                0.0
            };
        }
        self.song
    }
}
