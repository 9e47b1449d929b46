//! End-to-end tests: the built site, served by a plain file server under a sub-path, in a real Chromium.
//!
//! They need `dist/` (make build) and chromedriver; `make test` sees to both.

mod browser;
mod server;
mod songs;
