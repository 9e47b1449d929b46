//! Opens the device that networks run on. The only file that names GPU runtimes.

use burn::tensor::Device;

/// A device to compute on.
#[derive(Clone, Debug)]
pub struct ComputeDevice {
    /// The device of tensors.
    pub device: Device,
    /// CPU or GPU.
    pub kind: DeviceKind,
}

/// The kind of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// The CPU.
    Cpu,
    /// A GPU, through WebGPU or natively.
    Gpu,
}

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

#[cfg(feature = "web")]
pub use gpu::{GpuError, open_gpu};

#[cfg(feature = "web")]
mod gpu {
    use super::{ComputeDevice, DeviceKind};
    use burn::tensor::Device;

    /// No usable graphics card.
    #[derive(Debug, thiserror::Error)]
    #[error("WebGPU is not available: {0}")]
    pub struct GpuError(String);

    /// The graphics card that the browser prefers.
    ///
    /// # Errors
    /// When the browser has no WebGPU, or no adapter for it.
    pub async fn open_gpu() -> Result<ComputeDevice, GpuError> {
        let device = Device::wgpu_options()
            .init_async()
            .await
            .map_err(|error| GpuError(error.to_string()))?;
        Ok(ComputeDevice {
            device,
            kind: DeviceKind::Gpu,
        })
    }
}
