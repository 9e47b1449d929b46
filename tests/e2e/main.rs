//! End-to-end tests: the built site, served by a plain file server under a sub-path, in a real Chromium.
//!
//! They need `dist/` (make build) and chromedriver; `make test` sees to both.

#![allow(clippy::print_stdout, reason = "what was measured is worth seeing")]

mod accessibility;
mod analysis;
mod bench;
mod bench_map;
mod bench_split;
mod browser;
mod companion;
mod discover;
mod finder;
mod large;
mod listen;
mod mine;
mod offline;
mod page;
mod saving;
mod server;
mod shelf;
mod songs;
mod trouble;
mod webdriver;
