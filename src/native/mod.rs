//! L7: the companion binary: arguments, decoding of audio files, commands.
//!
//! Exit codes: 0 done, 1 failed or cancelled, 2 wrong usage, 3 done but for some songs. Results go to standard output; progress, warnings and
//! errors to standard error. Files are written under a temporary name and renamed, so that none is ever half written.

mod apart;
pub mod arguments;
mod collection;
pub mod commands;
pub mod decode;
mod engine;
mod format;
mod indexing;
mod interrupt;
#[cfg(unix)]
mod limits;
#[cfg(not(unix))]
#[path = "limits_elsewhere.rs"]
mod limits;
mod output;
mod progress;
mod session;
mod song;

use std::process::ExitCode;

use clap::Parser;

pub use session::{Session, Verbosity};

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All of it is done.
    Done,
    /// Some songs could not be used; the rest is done.
    Partly,
}

/// The exit code of [`Outcome::Partly`].
const PARTLY: u8 = 3;

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let session = Session::start(arguments.options);
    match commands::run(arguments.command, &session) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Partly) => ExitCode::from(PARTLY),
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}
