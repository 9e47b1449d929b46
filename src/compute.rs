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
/// When the name is unknown to this build.
pub fn open_named(name: &str) -> Result<Device, UnknownDevice> {
    if name == "cpu" {
        return Ok(Device::flex());
    }
    training::open(name).ok_or_else(|| UnknownDevice {
        name: name.to_owned(),
        known: training::NAMES,
    })
}

/// A device name that this build does not know.
#[derive(Debug, thiserror::Error)]
#[error(
    "no device {name:?} in this build: there are cpu {known}; build with the feature tch for libtorch and libtorch-cuda, or cuda for cuda"
)]
pub struct UnknownDevice {
    name: String,
    known: &'static str,
}

#[cfg(feature = "tch")]
#[allow(
    deprecated,
    reason = "four times faster than the rest on processors; deprecated upstream without an heir"
)]
mod training {
    use burn::tensor::Device;

    pub const NAMES: &str = "libtorch libtorch-cuda";

    pub fn open(name: &str) -> Option<Device> {
        match name {
            "libtorch" => Some(Device::libtorch()),
            "libtorch-cuda" => Some(Device::libtorch_cuda(0)),
            _ => None,
        }
    }
}

#[cfg(all(feature = "cuda", not(feature = "tch")))]
mod training {
    use burn::tensor::Device;

    pub const NAMES: &str = "cuda";

    pub fn open(name: &str) -> Option<Device> {
        (name == "cuda").then(|| Device::cuda(0))
    }
}

#[cfg(not(any(feature = "tch", feature = "cuda")))]
mod training {
    use burn::tensor::Device;

    pub const NAMES: &str = "";

    pub fn open(_name: &str) -> Option<Device> {
        None
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
