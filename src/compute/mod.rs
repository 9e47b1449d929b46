//! Opens the device that networks run on. The only module that names GPU runtimes.

#[cfg(feature = "webgpu")]
mod gpu;
#[cfg(feature = "native")]
mod native;

use burn::tensor::Device;

#[cfg(feature = "webgpu")]
pub use gpu::{GpuError, open_gpu};
#[cfg(feature = "native")]
pub use native::{DeviceError, is_card, open_cpu, open_named};

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
