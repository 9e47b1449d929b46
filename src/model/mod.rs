//! The networks and their model card. Tensors in, tensors out; other layers interpret the values.

#[cfg(feature = "network")]
pub(crate) mod blocks;
mod card;
mod config;
#[cfg(feature = "network")]
pub(crate) mod convolution;
#[cfg(feature = "network")]
mod detector;
pub(crate) mod detector_config;
mod intervals;
#[cfg(feature = "network")]
mod magnitudes;
#[cfg(feature = "network")]
mod networks;
pub mod quantization;
mod tensors;
#[cfg(feature = "network")]
mod unet;
#[cfg(feature = "network")]
pub mod weights;

pub use card::{CARD_VERSION, CardError, FrontEnd, ModelCard, Thresholds};
pub use config::UNetConfig;
#[cfg(feature = "network")]
pub use detector::Detector;
pub use detector_config::{DetectorConfig, FRAMES_PER_STEP};
pub use intervals::{Certainty, Interval, PredictionIntervals};
#[cfg(feature = "network")]
pub use magnitudes::log_magnitudes;
#[cfg(feature = "network")]
pub use networks::Networks;
pub use tensors::{Tensors, WeightsError, verify};
#[cfg(feature = "network")]
pub use unet::UNet;
