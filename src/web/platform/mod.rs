//! L7: the browser's side of things (files, decoding, network, clock, sound), behind Rust types.
//!
//! `JsValue` errors end here, as [`PlatformError`].

pub mod blob;
pub mod canvas;
pub mod clock;
pub mod decode;
mod error;
pub mod fetch;
pub mod files;
pub mod gather;
pub mod gpu;
pub mod loader;
pub mod offline;
pub mod page;
pub mod picture;
pub mod player;
pub mod preview;
pub mod save;
pub mod share;
pub mod stems;
pub mod storage;

pub use error::PlatformError;
