//! The trait of a tile estimator, which runs the networks on tiles: in this thread, or in others.

use crate::dsp::{BINS, TILE_FRAMES};
use crate::source::Source;

/// Why a tile could not be computed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("computing the masks failed: {0}")]
pub struct EstimateError(pub String);

/// Values of a tile's masks.
const MASKS: usize = Source::COUNT * TILE_FRAMES * BINS;
/// Values of a tile's activity logits.
const LOGITS: usize = Source::COUNT * TILE_FRAMES;

/// The networks' output for a tile.
#[derive(Clone, Debug)]
pub struct TileEstimate(Vec<f32>);

impl TileEstimate {
    /// Masks `[source, frame, bin]`, then activity logits `[source, frame]`, in one block, since each transfer from a
    /// device has a cost.
    ///
    /// # Errors
    /// When values are missing, NaN or infinite, as after silent failures of drivers.
    pub fn from_values(values: Vec<f32>) -> Result<Self, EstimateError> {
        if values.len() == MASKS + LOGITS && values.iter().all(|value| value.is_finite()) {
            Ok(Self(values))
        } else {
            Err(EstimateError("values are missing or not finite".to_owned()))
        }
    }

    /// All values, in the order of [`Self::from_values`].
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// `[source, frame, bin]`, in [0, 1]; they sum to 1 over the sources.
    pub fn masks(&self) -> &[f32] {
        &self.0[..MASKS]
    }

    /// `[source, frame]`: logits of each source's activity; all 0 without a detector.
    pub fn activity_logits(&self) -> &[f32] {
        &self.0[MASKS..]
    }
}

/// Computes soft masks and activity logits.
#[allow(
    async_fn_in_trait,
    reason = "single-threaded on the web, driven by block_on natively"
)]
pub trait TileEstimator {
    /// Tiles that may be in flight at once.
    fn parallelism(&self) -> usize;

    /// Estimates a tile of normalised log magnitudes `[frame, bin]`.
    ///
    /// # Errors
    /// When the device fails.
    async fn estimate(&self, tile: Vec<f32>) -> Result<TileEstimate, EstimateError>;
}
