//! Who computes a tile's masks: a network in this thread, or others, behind one trait.

/// Why masks could not be computed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("computing the masks failed: {0}")]
pub struct EstimateError(pub String);

/// Computes soft masks.
#[allow(
    async_fn_in_trait,
    reason = "single-threaded on the web, driven by block_on natively"
)]
pub trait MaskEstimator {
    /// Tiles that may be in flight at once.
    fn parallelism(&self) -> usize;

    /// Masks `[source, frame, bin]` of a tile of normalised log magnitudes `[frame, bin]`.
    ///
    /// # Errors
    /// When the device fails.
    async fn masks(&self, tile: Vec<f32>) -> Result<Vec<f32>, EstimateError>;
}
