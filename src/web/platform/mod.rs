//! The browser's side of things (files, decoding, network, clock, sound), behind Rust types.
//!
//! The engine uses a few of them, the page all. JavaScript values and errors end here, as Rust types and [`PlatformError`].

pub mod blob;
#[cfg(feature = "page")]
pub mod broadcast;
#[cfg(feature = "page")]
pub mod canvas;
pub mod clock;
pub mod decode;
mod error;
#[cfg(feature = "page")]
pub mod fetch;
#[cfg(feature = "page")]
pub mod file_picker;
#[cfg(feature = "page")]
pub mod files;
pub mod gpu;
#[cfg(feature = "page")]
pub mod history;
#[cfg(feature = "page")]
pub mod loader;
#[cfg(feature = "page")]
pub mod media;
pub mod memory;
#[cfg(feature = "page")]
pub mod offline;
#[cfg(feature = "page")]
pub mod page;
#[cfg(feature = "page")]
pub mod picture;
#[cfg(feature = "page")]
pub mod player;
#[cfg(feature = "page")]
pub mod preview;
#[cfg(feature = "page")]
pub mod reader;
#[cfg(feature = "page")]
pub mod save;
#[cfg(feature = "page")]
pub mod share;
#[cfg(feature = "page")]
pub mod shared;
pub mod site;
#[cfg(feature = "page")]
pub mod stems;
#[cfg(feature = "page")]
pub mod storage;
#[cfg(feature = "page")]
pub mod waveform;

pub use error::PlatformError;
