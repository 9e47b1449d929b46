//! L7: the page and its engine, for the browser only.
//!
//! Two wasm binaries of this crate: the page ([`page`], Leptos, no network code linked) paints at once; the engine
//! ([`worker::host`]) owns model and device in a module worker. They speak [`worker::protocol`]. Whatever touches
//! JavaScript values beyond posting messages lives in [`platform`].

pub mod decoding;
pub mod page;
pub mod platform;
pub mod worker;
