//! The engine in its module worker, and the page's end of the line.
//!
//! `public/engine.js` starts an engine's wasm in two roles: as *engine* (holds the song, runs jobs, answers the page) and
//! as *helper* (computes tiles and stems for the engine, which thereby stays free to listen).

#[cfg(feature = "engine")]
mod audio_receiver;
#[cfg(feature = "page")]
pub mod client;
pub mod engine_kind;
mod handle;
#[cfg(feature = "engine")]
pub mod host;
pub mod protocol;
