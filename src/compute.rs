//! L2: opens the device that networks run on. The only file that knows about GPUs' runtimes.

use burn::tensor::Device;

/// A device to compute on.
#[derive(Clone, Debug)]
pub struct ComputeDevice {
    /// What tensors are made on.
    pub device: Device,
    /// Processor or graphics card.
    pub kind: DeviceKind,
}

/// What computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// The processor.
    Cpu,
    /// A graphics card, through WebGPU or its native kin.
    Gpu,
}

/// The processor: always there.
pub fn open_cpu() -> ComputeDevice {
    ComputeDevice {
        device: Device::flex(),
        kind: DeviceKind::Cpu,
    }
}

/// A device that this build can train on, by the name that the command line gives it.
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

/// Whether `device`, with autodiff or without, is a graphics card and no processor.
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
    reason = "four times faster than the rest on processors; deprecated upstream without an heir"
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
                // Tiles have one shape: the quickest way to convolve it is worth looking for once.
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
