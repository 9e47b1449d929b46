//! From a song to its stems. Tiles stream through a network, and its masks, frame by frame, to what makes stems of
//! them: [`ModelBand`] at the model's rate, [`FullBand`] at the original's. Memory grows with the song's samples, not
//! with its spectrograms.

mod error;
mod estimator;
mod frames;
mod full_band;
#[cfg(feature = "network")]
mod local;
mod mask_resampler;
mod model_band;
mod observer;
mod packed_masks;
mod parts;
mod separator;
#[cfg(feature = "native")]
mod threads;

pub use error::{DeliveryError, SeparateError};
pub use estimator::{EstimateError, TileEstimate, TileEstimator};
pub use frames::MaskSink;
pub use full_band::{FullBand, Original, StemSink};
#[cfg(feature = "network")]
pub use local::{LocalEstimator, TileNetwork};
pub use model_band::ModelBand;
pub use observer::{Observer, Unobserved};
pub use packed_masks::{PACKED_FRAME_BYTES, pack_masks, unpack_masks};
pub use parts::{SongPart, SongParts};
pub use separator::{Separator, Stems};
#[cfg(feature = "native")]
pub use threads::ThreadedEstimator;
