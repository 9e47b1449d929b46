//! The CPU, and the devices on which the companion trains.

use super::{ComputeDevice, DeviceKind};
use burn::tensor::Device;

/// The CPU, which is always available.
pub fn open_cpu() -> ComputeDevice {
    ComputeDevice {
        device: Device::flex(),
        kind: DeviceKind::Cpu,
    }
}

/// A device that this build can train on, by its name on the command line.
///
/// # Errors
/// When the name is unknown to this build, or LibTorch finds no graphics card.
pub fn open_named(name: &str) -> Result<Device, DeviceError> {
    if name == "cpu" {
        return Ok(Device::flex());
    }
    training::open(name).unwrap_or_else(|| {
        Err(DeviceError::Unknown {
            name: name.to_owned(),
            known: training::NAMES,
        })
    })
}

/// Whether `device`, with autodiff or without, is a GPU.
pub fn is_card(device: &Device) -> bool {
    *device != Device::flex() && !training::is_processor(device)
}

/// Why there is no device of a name.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// This build does not know the name.
    #[error(
        "no device {name:?} in this build: there are cpu {known}; build with the feature tch for libtorch and libtorch-cuda, or cuda for cuda"
    )]
    Unknown {
        /// The name.
        name: String,
        /// Those known, besides the processor's.
        known: &'static str,
    },
    /// LibTorch finds no graphics card.
    #[error(
        "LibTorch finds no NVIDIA card: it needs one, its driver, and a PyTorch built for CUDA; `--device libtorch` trains on the processor"
    )]
    NoCard,
}

#[cfg(feature = "tch")]
#[allow(
    deprecated,
    reason = "four times faster than the others on CPUs; deprecated upstream without a replacement"
)]
mod training {
    use burn::tensor::Device;

    use super::DeviceError;

    pub const NAMES: &str = "libtorch libtorch-cuda";

    pub fn open(name: &str) -> Option<Result<Device, DeviceError>> {
        match name {
            "libtorch" => Some(Ok(Device::libtorch())),
            "libtorch-cuda" if !tch::Cuda::is_available() => Some(Err(DeviceError::NoCard)),
            "libtorch-cuda" => {
                // All tiles have one shape, so cuDNN may search for the fastest convolution once.
                tch::Cuda::cudnn_set_benchmark(true);
                Some(Ok(Device::libtorch_cuda(0)))
            }
            _ => None,
        }
    }

    pub fn is_processor(device: &Device) -> bool {
        *device == Device::libtorch()
    }
}

#[cfg(all(feature = "cuda", not(feature = "tch")))]
mod training {
    use burn::tensor::Device;

    use super::DeviceError;

    pub const NAMES: &str = "cuda";

    pub fn open(name: &str) -> Option<Result<Device, DeviceError>> {
        (name == "cuda").then(|| Ok(Device::cuda(0)))
    }

    pub fn is_processor(_device: &Device) -> bool {
        false
    }
}

#[cfg(not(any(feature = "tch", feature = "cuda")))]
mod training {
    use burn::tensor::Device;

    use super::DeviceError;

    pub const NAMES: &str = "";

    pub fn open(_name: &str) -> Option<Result<Device, DeviceError>> {
        None
    }

    pub fn is_processor(_device: &Device) -> bool {
        false
    }
}
