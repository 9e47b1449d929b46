//! L2: the network. Tensors in, tensors out: what the values mean is for the layers around it.

mod blocks;
mod card;
mod config;
mod convolution;
mod unet;
pub mod weights;

pub use card::{CARD_VERSION, CardError, FrontEnd, ModelCard, Thresholds};
pub use config::UNetConfig;
pub use unet::UNet;
