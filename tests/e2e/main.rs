//! End-to-end tests: the built site, served by a plain file server under a sub-path, in real browsers: Chromium,
//! and Firefox for the main road.
//!
//! They need `dist/` (make build), the browsers and their drivers; `make test` sees to all of it.

#![allow(clippy::print_stdout, reason = "what was measured is worth seeing")]

mod accessibility;
mod analysis;
mod bench;
mod bench_map;
mod bench_split;
mod browser;
mod cache;
mod companion;
mod discover;
mod firefox;
mod first_view;
mod history;
mod kinds;
mod large;
mod library;
mod library_storage;
mod listen;
mod offline;
mod page;
mod practise;
mod saving;
mod search;
mod server;
mod shared;
mod songs;
mod taken_along;
mod toolbar;
mod trouble;
mod webdriver;
/// The sentences that tests look for, as the page has them.
#[path = "../../src/web/page/words.rs"]
#[allow(dead_code, reason = "tests look for some of them")]
mod words;
