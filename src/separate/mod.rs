//! L3: from a song to its stems. Tiles stream through a network, and its masks through overlap-add, so that memory
//! grows with the song's samples, not with its spectrograms.

mod estimator;
#[cfg(feature = "network")]
mod local;
mod observer;
mod separator;

pub use estimator::{EstimateError, MaskEstimator};
#[cfg(feature = "network")]
pub use local::LocalEstimator;
pub use observer::{Observer, Unobserved};
pub use separator::{SeparateError, Separator, Stems};
