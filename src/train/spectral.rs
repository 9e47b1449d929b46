//! L6: the spectrogram as a matrix product, on the device that trains: it costs a few percent of a step and leaves the
//! processor to prepare batches.

use std::f64::consts::TAU;

use burn::tensor::{Device, Tensor, TensorData};

use crate::dsp::{BINS, HOP_LENGTH, TILE_FRAMES, WINDOW_LENGTH};

/// Samples behind one tile: its frames start every hop, the last needs two.
pub const TILE_SAMPLES: usize = (TILE_FRAMES + 1) * HOP_LENGTH;

/// Real and imaginary parts, each `[batch, sources, frames, bins]`.
#[derive(Clone, Debug)]
pub struct Spectra {
    /// Real parts.
    pub real: Tensor<4>,
    /// Imaginary parts.
    pub imaginary: Tensor<4>,
}

impl Spectra {
    /// Squared magnitudes.
    pub fn power(&self) -> Tensor<4> {
        self.real.clone() * self.real.clone() + self.imaginary.clone() * self.imaginary.clone()
    }

    /// Sum over the sources: their mixture, `[batch, 1, frames, bins]`.
    pub fn mixture(&self) -> Self {
        Self {
            real: self.real.clone().sum_dim(1),
            imaginary: self.imaginary.clone().sum_dim(1),
        }
    }
}

/// A windowed Fourier transform, planned as a matrix.
#[derive(Debug)]
pub struct SpectralPlan {
    /// `[two hops of samples, real bins then imaginary bins]`, with the periodic Hann window in it.
    matrix: Tensor<2>,
}

impl SpectralPlan {
    /// Plans for `device`.
    pub fn new(device: &Device) -> Self {
        let length = WINDOW_LENGTH as f64;
        let mut values = vec![0.0_f32; 2 * HOP_LENGTH * 2 * BINS];
        for sample in 0..WINDOW_LENGTH {
            let window = 0.5 - 0.5 * (TAU * sample as f64 / length).cos();
            let row = &mut values[sample * 2 * BINS..(sample + 1) * 2 * BINS];
            for bin in 0..BINS {
                let turns = (sample * bin % WINDOW_LENGTH) as f64 / length;
                row[bin] = (window * (TAU * turns).cos()) as f32;
                row[BINS + bin] = (-window * (TAU * turns).sin()) as f32;
            }
        }
        let data = TensorData::new(values, [2 * HOP_LENGTH, 2 * BINS]);
        Self {
            matrix: Tensor::from_data(data, device),
        }
    }

    /// Spectra of waveforms `[batch, sources, TILE_SAMPLES]`.
    pub fn analyse(&self, waveforms: Tensor<3>) -> Spectra {
        let [batch, sources, _] = waveforms.dims();
        let hops = waveforms.reshape([batch * sources, TILE_FRAMES + 1, HOP_LENGTH]);
        let first = hops.clone().narrow(1, 0, TILE_FRAMES);
        let second = hops.narrow(1, 1, TILE_FRAMES);
        let frames = Tensor::cat(vec![first, second], 2)
            .reshape([batch * sources * TILE_FRAMES, 2 * HOP_LENGTH]);
        let both =
            frames
                .matmul(self.matrix.clone())
                .reshape([batch, sources, TILE_FRAMES, 2 * BINS]);
        Spectra {
            real: both.clone().narrow(3, 0, BINS),
            imaginary: both.narrow(3, BINS, BINS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::Stft;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn equals_the_planned_transform() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(9);
        let samples: Vec<f32> = (0..TILE_SAMPLES)
            .map(|_| random.random_range(-1.0..1.0))
            .collect();
        let device = Device::flex();
        let waveforms = Tensor::from_data(
            TensorData::new(samples.clone(), [1, 1, TILE_SAMPLES]),
            &device,
        );
        let spectra = SpectralPlan::new(&device).analyse(waveforms);
        let real = spectra
            .real
            .into_data()
            .try_to_vec::<f32>()
            .expect("floats");
        let imaginary = spectra
            .imaginary
            .into_data()
            .try_to_vec::<f32>()
            .expect("floats");
        // A centred frame starts half a window early: cutting that off makes frame for frame the same.
        let cut = &samples[WINDOW_LENGTH / 2..];
        let mut stft = Stft::default();
        let mut spectrum = vec![Default::default(); BINS];
        for frame in [1, 2, 400] {
            stft.analyse_frame(cut, frame, &mut spectrum);
            for (bin, expected) in spectrum.iter().enumerate() {
                let index = frame * BINS + bin;
                assert!(
                    (expected.re - real[index]).abs() < 2e-3,
                    "frame {frame} bin {bin}"
                );
                assert!(
                    (expected.im - imaginary[index]).abs() < 2e-3,
                    "frame {frame} bin {bin}"
                );
            }
        }
    }
}
