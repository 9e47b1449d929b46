//! Who looks at a tile: networks in this thread, or others, behind one trait.

use crate::dsp::{BINS, TILE_FRAMES};
use crate::source::Source;

/// Why a tile could not be computed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("computing the masks failed: {0}")]
pub struct EstimateError(pub String);

/// Values of a tile's masks.
const MASKS: usize = Source::COUNT * TILE_FRAMES * BINS;
/// Values of a tile's answers on activity.
const LOGITS: usize = Source::COUNT * TILE_FRAMES;

/// What networks make of a tile.
#[derive(Clone, Debug)]
pub struct TileEstimate(Vec<f32>);

impl TileEstimate {
    /// Masks `[source, frame, bin]`, then logarithms of the odds that each source plays `[source, frame]`: as one block,
    /// since each time that values leave a device costs.
    ///
    /// # Errors
    /// When values are missing, or no numbers: drivers that fail quietly leave such.
    pub fn from_values(values: Vec<f32>) -> Result<Self, EstimateError> {
        if values.len() == MASKS + LOGITS && values.iter().all(|value| value.is_finite()) {
            Ok(Self(values))
        } else {
            Err(EstimateError("values are missing or no numbers".to_owned()))
        }
    }

    /// All values, as [`Self::from_values`] takes them.
    pub fn values(&self) -> &[f32] {
        &self.0
    }

    /// `[source, frame, bin]`, in [0, 1]; they sum to 1 over the sources.
    pub fn masks(&self) -> &[f32] {
        &self.0[..MASKS]
    }

    /// `[source, frame]`: logarithms of the odds that each source plays; all 0 where no network tells.
    pub fn activity_logits(&self) -> &[f32] {
        &self.0[MASKS..]
    }
}

/// Computes soft masks, and when each source plays.
#[allow(
    async_fn_in_trait,
    reason = "single-threaded on the web, driven by block_on natively"
)]
pub trait TileEstimator {
    /// Tiles that may be in flight at once.
    fn parallelism(&self) -> usize;

    /// What is in a tile of normalised log magnitudes `[frame, bin]`.
    ///
    /// # Errors
    /// When the device fails.
    async fn estimate(&self, tile: Vec<f32>) -> Result<TileEstimate, EstimateError>;
}
