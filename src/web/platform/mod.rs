//! L7: the browser's side of things (files, decoding, network, clock, sound), behind Rust types.
//!
//! `JsValue` errors end here, as [`PlatformError`].

pub mod clock;
pub mod decode;
mod error;
pub mod fetch;
pub mod files;
pub mod gather;
pub mod gpu;
pub mod offline;
pub mod page;
pub mod player;
pub mod storage;

pub use error::PlatformError;
