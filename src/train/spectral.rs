//! STFTs of batches on the training device.

use std::sync::LazyLock;

use burn::tensor::{Device, Tensor, TensorData};

use crate::compute;
use crate::dsp::{BINS, Complex, HOP_LENGTH, Stft, WINDOW_LENGTH};

/// Samples of a frame, padded to two hops: the window is two samples shorter.
const TWO_HOPS: usize = 2 * HOP_LENGTH;

/// Frames of `length` samples, a multiple of the hop.
fn frames_of(length: usize) -> usize {
    length / HOP_LENGTH - 1
}

/// The windowed DFT of one frame as a matrix, `[TWO_HOPS, 2 * BINS]`, real parts before imaginary ones; row `n` is the
/// transform of a unit impulse at sample `n`.
static TRANSFORM: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let mut stft = Stft::default();
    let mut window = [0.0; WINDOW_LENGTH];
    let mut spectrum = [Complex::default(); BINS];
    let mut matrix = Vec::with_capacity(TWO_HOPS * 2 * BINS);
    for sample in 0..WINDOW_LENGTH {
        window[sample] = 1.0;
        stft.analyse_window(&window, &mut spectrum);
        window[sample] = 0.0;
        matrix.extend(spectrum.map(|value| value.re));
        matrix.extend(spectrum.map(|value| value.im));
    }
    matrix.resize(TWO_HOPS * 2 * BINS, 0.0);
    matrix
});

/// Real and imaginary parts, each `[batch, channels, frames, bins]`.
#[derive(Clone, Debug)]
pub struct Spectra {
    /// Real parts.
    pub real: Tensor<4>,
    /// Imaginary parts.
    pub imaginary: Tensor<4>,
}

impl Spectra {
    /// STFT of waveforms `[batch, channels, samples]` on `device`: a frame starts at each hop but the last. An FFT on
    /// CPUs, a matrix product on GPUs, which is faster there though it takes thirty times the multiplications.
    pub fn of_samples(samples: Vec<f32>, dims: [usize; 3], device: &Device) -> Self {
        match compute::is_card(device) {
            true => Self::by_matrix(samples, dims, device),
            false => Self::by_fft(&samples, dims, device),
        }
    }

    fn by_matrix(samples: Vec<f32>, dims: [usize; 3], device: &Device) -> Self {
        let [batch, channels, length] = dims;
        let frames = frames_of(length);
        let hops = TensorData::new(samples, [batch, channels, frames + 1, HOP_LENGTH]);
        let hops = Tensor::<4>::from_data(hops, device);
        let first = hops.clone().narrow(2, 0, frames);
        let windows = Tensor::cat(vec![first, hops.narrow(2, 1, frames)], 3);
        let matrix = TensorData::new(TRANSFORM.clone(), [TWO_HOPS, 2 * BINS]);
        let values = windows
            .reshape([batch * channels * frames, TWO_HOPS])
            .matmul(Tensor::from_data(matrix, device))
            .reshape([batch, channels, frames, 2 * BINS]);
        Self {
            real: values.clone().narrow(3, 0, BINS),
            imaginary: values.narrow(3, BINS, BINS),
        }
    }

    fn by_fft(samples: &[f32], dims: [usize; 3], device: &Device) -> Self {
        let [batch, channels, length] = dims;
        let frames = frames_of(length);
        let dims = [batch, channels, frames, BINS];
        let mut parts = [(); 2].map(|()| vec![0.0; dims.into_iter().product()]);
        let [real, imaginary] = &mut parts;
        let (mut stft, mut spectrum) = (Stft::default(), [Complex::default(); BINS]);
        let places = real
            .chunks_exact_mut(BINS)
            .zip(imaginary.chunks_exact_mut(BINS));
        for (frame, (real, imaginary)) in places.enumerate() {
            let start = frame / frames * length + frame % frames * HOP_LENGTH;
            let window = &samples[start..start + WINDOW_LENGTH];
            // Absent sources are common, and their spectra are zero.
            if window.iter().any(|sample| *sample != 0.0) {
                stft.analyse_window(window, &mut spectrum);
                for (bin, value) in spectrum.iter().enumerate() {
                    (real[bin], imaginary[bin]) = (value.re, value.im);
                }
            }
        }
        let [real, imaginary] =
            parts.map(|values| Tensor::from_data(TensorData::new(values, dims), device));
        Self { real, imaginary }
    }

    /// Applies a real linear map to both parts.
    pub fn map(self, change: impl Fn(Tensor<4>) -> Tensor<4>) -> Self {
        Self {
            real: change(self.real),
            imaginary: change(self.imaginary),
        }
    }

    /// Spectra with zero phase, with which complex losses compare magnitudes.
    pub fn of_magnitudes(device: &Device, magnitudes: Vec<f32>, dims: [usize; 4]) -> Self {
        let real: Tensor<4> = Tensor::from_data(TensorData::new(magnitudes, dims), device);
        let imaginary = real.zeros_like();
        Self { real, imaginary }
    }

    /// Squared magnitudes.
    pub fn power(&self) -> Tensor<4> {
        self.real.clone() * self.real.clone() + self.imaginary.clone() * self.imaginary.clone()
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Tolerance;
    use rand::{RngExt, SeedableRng};

    use super::*;

    #[test]
    fn both_ways_to_the_spectra_agree() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let dims = [2, 2, 4 * HOP_LENGTH];
        let samples = (0..dims.iter().product()).map(|_| random.random_range(-1.0..1.0));
        let mut samples: Vec<f32> = samples.collect();
        samples[5 * HOP_LENGTH..7 * HOP_LENGTH].fill(0.0);
        let device = Device::flex();
        let products = Spectra::by_matrix(samples.clone(), dims, &device);
        let transforms = Spectra::by_fft(&samples, dims, &device);
        assert_eq!(transforms.real.dims(), [2, 2, 3, BINS]);
        for (ours, theirs) in [
            (products.real, transforms.real),
            (products.imaginary, transforms.imaginary),
        ] {
            ours.into_data()
                .assert_approx_eq::<f32>(&theirs.into_data(), Tolerance::rel_abs(1e-4, 1e-3));
        }
    }
}
