//! L7: the engine in its module worker, and the page's end of the line.
//!
//! `public/engine.js` instantiates the same wasm in two roles: as *engine* (opens the device, runs jobs, answers the
//! page) and, where the processor computes, as *helper* (holds the network and computes single tiles for the engine,
//! which thereby stays free to listen).

pub mod client;
#[cfg(feature = "network")]
pub mod host;
#[cfg(feature = "network")]
mod intake;
mod link;
pub mod protocol;
