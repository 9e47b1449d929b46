//! The browser's side of things (files, decoding, network, clock, sound), behind Rust types.
//!
//! JavaScript values and errors end here, as Rust types and [`PlatformError`].

pub mod blob;
pub mod broadcast;
pub mod canvas;
pub mod clock;
pub mod decode;
mod error;
pub mod fetch;
pub mod files;
pub mod gather;
pub mod gpu;
pub mod history;
pub mod loader;
pub mod media;
pub mod offline;
pub mod page;
pub mod picture;
pub mod player;
pub mod preview;
pub mod reader;
pub mod save;
pub mod share;
pub mod stems;
pub mod storage;
pub mod waveform;

pub use error::PlatformError;
