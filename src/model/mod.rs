//! L2: the network. Tensors in, tensors out: what the values mean is for the layers around it.

#[cfg(feature = "network")]
mod blocks;
mod card;
#[cfg(feature = "network")]
mod conditioned;
mod config;
#[cfg(feature = "network")]
mod convolution;
#[cfg(feature = "network")]
mod detector;
mod detector_config;
#[cfg(feature = "network")]
mod libtorch;
#[cfg(feature = "network")]
mod magnitudes;
#[cfg(feature = "network")]
mod networks;
#[cfg(feature = "network")]
mod unet;
#[cfg(feature = "network")]
pub mod weights;

pub use card::{CARD_VERSION, CardError, FrontEnd, ModelCard, Thresholds};
#[cfg(feature = "network")]
pub use conditioned::ConditionedUNet;
pub use config::UNetConfig;
#[cfg(feature = "network")]
pub use detector::Detector;
pub use detector_config::{DetectorConfig, FRAMES_PER_STEP};
#[cfg(feature = "network")]
pub use magnitudes::log_magnitudes;
#[cfg(feature = "network")]
pub use networks::Networks;
#[cfg(feature = "network")]
pub use unet::UNet;
