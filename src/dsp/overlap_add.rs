//! Streaming inverse STFT: takes spectra one by one and returns finished samples, without holding the spectrogram or
//! the song.
//!
//! Weighted overlap-add: frames are windowed again and summed, and the sum is divided by that of the squared windows.
//! This is the least-squares inverse (Griffin and Lim 1984, equation 6).

use realfft::num_complex::Complex;

use super::stft::{Plan, Spectrogram, Stft};

impl Stft {
    /// The inverse STFT, `length` samples: the least-squares solution if the spectra were modified.
    pub fn inverse(&self, spectrogram: &Spectrogram, length: usize) -> Vec<f32> {
        let mut inverse = OverlapAdd::new(self, length);
        let mut song = Vec::with_capacity(length);
        for spectrum in spectrogram.iter() {
            inverse.push(spectrum, &mut song);
        }
        inverse.finish(&mut song);
        song
    }
}

/// The state of an inverse STFT.
pub struct OverlapAdd {
    plan: Plan,
    length_samples: usize,
    frames: usize,
    /// Samples returned; no later frame overlaps them.
    finished: usize,
    /// Partial sums from sample `finished` on, one window long.
    sums: Vec<f32>,
    /// Sums of squared windows away from the ends, periodic in the hop.
    squares: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    frame: Vec<f32>,
    scratch: Vec<Complex<f32>>,
}

impl OverlapAdd {
    /// Starts the inverse of a song of `length_samples`.
    pub fn new(stft: &Stft, length_samples: usize) -> Self {
        let plan = stft.plan.clone();
        let squares = (0..plan.hop_length)
            .map(|phase| plan.window[phase..].iter().step_by(plan.hop_length))
            .map(|weights| weights.map(|weight| weight * weight).sum())
            .collect();
        Self {
            length_samples,
            frames: 0,
            finished: 0,
            sums: vec![0.0; plan.window.len()],
            squares,
            spectrum: plan.inverse.make_input_vec(),
            frame: plan.inverse.make_output_vec(),
            scratch: plan.inverse.make_scratch_vec(),
            plan,
        }
    }

    /// Adds the next frame and appends to `out` the samples that no later frame overlaps. The imaginary parts of the
    /// bins at 0 and at half the sample rate, which are 0 for real signals, are ignored.
    ///
    /// # Panics
    /// Unless `spectrum` holds [`Stft::bins`] values.
    pub fn push(&mut self, spectrum: &[Complex<f32>], out: &mut Vec<f32>) {
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
        let next_start = (self.frames * self.plan.hop_length).saturating_sub(self.frame.len() / 2);
        self.release(next_start, out);
    }

    /// Appends the remaining samples to `out`; silence where there was no frame.
    pub fn finish(mut self, out: &mut Vec<f32>) {
        let reached = self.finished + self.sums.len();
        self.release(reached, out);
        out.resize(out.len() + self.length_samples - self.finished, 0.0);
    }

    /// The partial sums start where this frame does, or within it at the song's start.
    fn add_frame(&mut self) {
        let centre = self.frames * self.plan.hop_length;
        let before = (self.frame.len() / 2).saturating_sub(centre);
        let weighted = self.frame[before..].iter().zip(&self.plan.window[before..]);
        for (sum, (sample, weight)) in self.sums.iter_mut().zip(weighted) {
            *sum += sample * weight;
        }
    }

    /// Outputs the samples before `end`.
    fn release(&mut self, end: usize, out: &mut Vec<f32>) {
        let count = end - self.finished;
        let wanted = count.min(self.length_samples - self.finished);
        // Forward and inverse transform together scale by the window's length.
        let gain = self.frame.len() as f32;
        for offset in 0..wanted {
            let squares = self.squares_at(self.finished + offset);
            out.push(if squares > 0.0 {
                self.sums[offset] / (squares * gain)
            } else {
                0.0
            });
        }
        self.sums.copy_within(count.min(self.frame.len()).., 0);
        let kept = self.sums.len().saturating_sub(count);
        self.sums[kept..].fill(0.0);
        self.finished += wanted;
    }

    /// The sum of the squared windows that cover this sample.
    fn squares_at(&self, position: usize) -> f32 {
        let (hop, from_start) = (self.plan.hop_length, position + self.frame.len() / 2);
        let last = from_start / hop;
        if last < self.frames && from_start >= self.frame.len() {
            return self.squares[from_start % hop];
        }
        (0..=last.min(self.frames.saturating_sub(1)))
            .rev()
            .map_while(|frame| self.plan.window.get(from_start - frame * hop))
            .map(|weight| weight * weight)
            .sum()
    }
}
