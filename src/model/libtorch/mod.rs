//! L2: a whole network, or all that is costly in it, as one of LibTorch's operations while training: with LibTorch's own gradients and in mixed
//! precision, several times faster than burn's operations one by one.

#[cfg(feature = "tch")]
mod enabled;
#[cfg(feature = "tch")]
mod packing;
#[cfg(feature = "tch")]
pub use enabled::{logits, trunk};

#[cfg(not(feature = "tch"))]
mod disabled;
#[cfg(not(feature = "tch"))]
pub use disabled::{logits, trunk};
