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
