//! L3: from a song to its stems. Tiles stream through a network, and its masks through overlap-add, so that memory
//! grows with the song's samples, not with its spectrograms.

mod estimator;
mod observer;
mod separator;

pub use estimator::{EstimateError, LocalEstimator, MaskEstimator};
pub use observer::{Observer, Unobserved};
pub use separator::{SeparateError, Separator, Stems};
