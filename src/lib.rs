//! DeepMelody: separates songs into guitar, piano, bass, drums and other, measures when each plays, and recommends
//! songs of similar instrumental composition.
//!
//! Layers, each importing only those before it: audio, digests and archives; dsp, sources and metrics; model, kernels and compute;
//! separation; prominence and music; catalogue; analysis, rendering and training; the page and the companion.

pub mod analysis;
pub mod archive;
pub mod audio;
pub mod catalogue;
#[cfg(feature = "network")]
pub mod compute;
pub mod digest;
pub mod dsp;
pub mod kernels;
pub mod metrics;
pub mod model;
pub mod music;
#[cfg(feature = "native")]
pub mod native;
pub mod playback;
pub mod prominence;
#[cfg(feature = "train")]
pub mod render;
pub mod separate;
pub mod source;
#[cfg(feature = "tags")]
pub mod tags;
#[cfg(feature = "train")]
pub mod train;
#[cfg(all(feature = "browser", target_arch = "wasm32"))]
pub mod web;
