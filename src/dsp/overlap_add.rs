//! L1: the inverse STFT as a stream: spectra go in one after the other, finished samples come out, and neither a
//! spectrogram nor the song is held.
//!
//! Every frame is windowed again and added in; dividing by the sum of the squared windows then gives the song whose
//! STFT is nearest to the spectra (Griffin and Lim 1984, equation 6).

use realfft::num_complex::Complex;

use super::stft::{Plan, Stft};

/// A song being put together from its spectra.
pub struct OverlapAdd {
    plan: Plan,
    length_samples: usize,
    frames: usize,
    /// Samples that came out; no later frame reaches them.
    finished: usize,
    /// Sums from sample `finished` on, as far as one window reaches.
    sums: Vec<f32>,
    /// Sums of squared windows where all frames are there, which repeat with every hop.
    squares: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    frame: Vec<f32>,
    scratch: Vec<Complex<f32>>,
}

impl OverlapAdd {
    /// Begins a song of `length_samples`.
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

    /// Adds the next frame and appends to `out` the samples that no later frame reaches. The imaginary parts of the
    /// bins at 0 and at half the sample rate mean nothing in a real signal and are ignored.
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

    /// Appends the rest of the song to `out`; where no frame reached, silence.
    pub fn finish(mut self, out: &mut Vec<f32>) {
        let reached = self.finished + self.sums.len();
        self.release(reached, out);
        out.resize(out.len() + self.length_samples - self.finished, 0.0);
    }

    /// Sums begin where this frame does, or, at the song's start, within it.
    fn add_frame(&mut self) {
        let centre = self.frames * self.plan.hop_length;
        let before = (self.frame.len() / 2).saturating_sub(centre);
        let weighted = self.frame[before..].iter().zip(&self.plan.window[before..]);
        for (sum, (sample, weight)) in self.sums.iter_mut().zip(weighted) {
            *sum += sample * weight;
        }
    }

    /// Gives out the samples before `end`.
    fn release(&mut self, end: usize, out: &mut Vec<f32>) {
        let count = end - self.finished;
        let wanted = count.min(self.length_samples - self.finished);
        // Both transforms together multiply by the window's length.
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

    /// The sum of the squared windows that reach this sample: the last of them begins at or before it.
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
