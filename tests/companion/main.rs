//! The companion binary from outside: real audio files in, exit codes, messages and files out.
#![cfg(feature = "native")]

mod broken;
mod catalogue;
mod catalogue_commands;
mod commands;
mod formats;
mod indexing;
mod shipped;
mod support;
