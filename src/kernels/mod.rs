//! The shipped networks on kernels of their own, for processors: what `model` describes on tensors, computed on
//! channels-last activations, with the vector instructions of the processor, several times faster. Without burn.

#![allow(
    clippy::needless_range_loop,
    reason = "rows and columns of products are indices; loops over a constant number of them become registers"
)]

mod block;
mod dense;
mod detector;
mod elementary;
mod frequency;
mod map;
mod matrix;
mod mel;
mod network;
mod pool;
mod simd;
mod softmax;
mod unet;
mod winograd;

pub use network::{Network, Workspace};

#[cfg(test)]
mod tests;
