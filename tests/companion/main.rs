//! The companion binary from outside: real audio files in, exit codes, messages and files out.
#![cfg(feature = "native")]

mod broken;
mod catalogue;
mod catalogue_commands;
mod commands;
mod edge_cases;
mod formats;
mod headers;
mod indexing;
mod kinds;
mod overwriting;
#[cfg(feature = "train")]
mod pipeline;
#[cfg(feature = "train")]
mod prepare;
mod shipped;
mod support;
#[cfg(feature = "train")]
#[path = "../../src/render/test_bank.rs"]
mod test_bank;
