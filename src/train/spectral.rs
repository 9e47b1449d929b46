//! L6: spectra of batches on the device that trains.

use std::sync::LazyLock;

use burn::tensor::{Device, Tensor, TensorData};

use crate::dsp::{BINS, Complex, HOP_LENGTH, Stft, WINDOW_LENGTH};

/// Samples that the transform below takes: two hops, of which the window covers all but the last few.
const TWO_HOPS: usize = 2 * HOP_LENGTH;

/// The transform of one frame as a matrix, `[TWO_HOPS, 2 * BINS]`, real parts before imaginary ones: devices multiply
/// matrices quickest. Its rows are what the product's own transform makes of one sample.
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

/// Real and imaginary parts, each `[batch, sources, frames, bins]`.
#[derive(Clone, Debug)]
pub struct Spectra {
    /// Real parts.
    pub real: Tensor<4>,
    /// Imaginary parts.
    pub imaginary: Tensor<4>,
}

impl Spectra {
    /// Spectra of `[batch, parts, samples]`: a frame starts at each hop but the last.
    pub fn of_samples(samples: Tensor<3>) -> Self {
        let [batch, parts, length] = samples.dims();
        let frames = length / HOP_LENGTH - 1;
        let hops = samples.reshape([batch, parts, frames + 1, HOP_LENGTH]);
        let first = hops.clone().narrow(2, 0, frames);
        let windows = Tensor::cat(vec![first, hops.narrow(2, 1, frames)], 3);
        let matrix = TensorData::new(TRANSFORM.clone(), [TWO_HOPS, 2 * BINS]);
        let matrix = Tensor::<2>::from_data(matrix, &windows.device());
        let values = windows
            .reshape([batch * parts * frames, TWO_HOPS])
            .matmul(matrix);
        let values = values.reshape([batch, parts, frames, 2 * BINS]);
        Self {
            real: values.clone().narrow(3, 0, BINS),
            imaginary: values.narrow(3, BINS, BINS),
        }
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
    fn devices_make_the_spectra_that_the_page_makes() {
        const FRAMES: usize = 3;
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let samples = (0..2 * (FRAMES + 1) * HOP_LENGTH).map(|_| random.random_range(-1.0..1.0));
        let samples: Vec<f32> = samples.collect();
        let (mut real, mut imaginary) = (Vec::new(), Vec::new());
        let mut stft = Stft::default();
        let mut spectrum = [Complex::default(); BINS];
        for part in samples.chunks((FRAMES + 1) * HOP_LENGTH) {
            for frame in 0..FRAMES {
                let start = frame * HOP_LENGTH;
                stft.analyse_window(&part[start..start + WINDOW_LENGTH], &mut spectrum);
                real.extend(spectrum.map(|value| value.re));
                imaginary.extend(spectrum.map(|value| value.im));
            }
        }
        let data = TensorData::new(samples.clone(), [1, 2, samples.len() / 2]);
        let ours = Spectra::of_samples(Tensor::from_data(data, &Device::flex()));
        for (ours, theirs) in [(ours.real, real), (ours.imaginary, imaginary)] {
            let theirs = TensorData::new(theirs, [1, 2, FRAMES, BINS]);
            ours.into_data()
                .assert_approx_eq::<f32>(&theirs, Tolerance::rel_abs(1e-4, 1e-3));
        }
    }
}
