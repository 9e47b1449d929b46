//! End-to-end tests: the built site, served by a plain file server under a sub-path, in a real Chromium.
//!
//! They need `dist/` (make build) and chromedriver; `make test` sees to both.

mod analysis;
mod browser;
mod companion;
mod page;
mod server;
mod songs;
mod trouble;
