//! The page and its engines, for the browser only.
//!
//! Three wasm binaries of this crate: the page (Leptos, no network code linked) paints at once; one of
//! two engines (`worker::host`) owns the networks in a module worker: that for the processor is small, that for graphics
//! cards has burn in it and is loaded where there is one. They speak [`worker::protocol`]. Whatever touches JavaScript
//! values beyond posting messages lives in [`platform`].

#[cfg(feature = "page")]
pub mod decoding;
#[cfg(feature = "page")]
pub mod page;
pub mod platform;
pub mod worker;
