//! L6: spectra of batches on the device that trains.

use burn::tensor::{Device, Tensor, TensorData};

use super::batch::HostSpectra;

/// Real and imaginary parts, each `[batch, sources, frames, bins]`.
#[derive(Clone, Debug)]
pub struct Spectra {
    /// Real parts.
    pub real: Tensor<4>,
    /// Imaginary parts.
    pub imaginary: Tensor<4>,
}

impl Spectra {
    /// Moves spectra of shape `dims` to `device`.
    pub fn on(device: &Device, spectra: HostSpectra, dims: [usize; 4]) -> Self {
        let tensor = |values| Tensor::from_data(TensorData::new(values, dims), device);
        Self {
            real: tensor(spectra.real),
            imaginary: tensor(spectra.imaginary),
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
