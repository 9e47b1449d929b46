//! L6: spectra of batches on the device that trains.

use std::sync::LazyLock;

use burn::tensor::{Device, Tensor, TensorData};

use crate::compute;
use crate::dsp::{BINS, Complex, HOP_LENGTH, Stft, WINDOW_LENGTH};

/// Samples that the transform below takes: two hops, of which the window covers all but the last few.
const TWO_HOPS: usize = 2 * HOP_LENGTH;

/// Frames of so many samples, a multiple of the hop: the last one needs two hops.
fn frames_of(length: usize) -> usize {
    length / HOP_LENGTH - 1
}

/// The transform of one frame as a matrix, `[TWO_HOPS, 2 * BINS]`, real parts before imaginary ones: graphics
/// cards multiply matrices quickest. Its rows are what the product's own transform makes of one sample.
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
    /// Spectra on `device` of sound, `[batch, channels, samples]`: a frame starts at each hop but the last. By the fast
    /// transform on a processor; a graphics card is quicker with a matrix, though that takes thirty times the products.
    pub fn of_samples(samples: Vec<f32>, dims: [usize; 3], device: &Device) -> Self {
        match compute::is_card(device) {
            true => Self::by_products(samples, dims, device),
            false => Self::by_fast_transforms(&samples, dims, device),
        }
    }

    fn by_products(samples: Vec<f32>, dims: [usize; 3], device: &Device) -> Self {
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

    fn by_fast_transforms(samples: &[f32], dims: [usize; 3], device: &Device) -> Self {
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
            // Absent sources are many, and stay the zeros that they are.
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

    /// Both parts as `change` makes them: for what is linear.
    pub fn map(self, change: impl Fn(Tensor<4>) -> Tensor<4>) -> Self {
        Self {
            real: change(self.real),
            imaginary: change(self.imaginary),
        }
    }

    /// Magnitudes without phase: complex losses compare magnitudes.
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
        let products = Spectra::by_products(samples.clone(), dims, &device);
        let transforms = Spectra::by_fast_transforms(&samples, dims, &device);
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
