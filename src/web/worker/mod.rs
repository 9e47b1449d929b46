//! The engine in its module worker (`host`), and its client on the page (`client`).
//!
//! `public/engine.js` starts an engine's wasm as one of two kinds of worker: as *engine* (holds the song, runs jobs,
//! answers the page) or as *helper* (computes tiles and stems for the engine, whose thread stays free for messages).

#[cfg(feature = "engine")]
mod audio_receiver;
#[cfg(feature = "page")]
pub mod client;
pub mod engine_kind;
mod handle;
#[cfg(feature = "engine")]
pub mod host;
pub mod protocol;
