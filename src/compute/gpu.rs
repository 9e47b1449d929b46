//! The GPU, through WebGPU.

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
