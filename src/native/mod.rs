//! L7: the companion binary: arguments, decoding of audio files, commands.
//!
//! Exit codes: 0 done, 1 failed or cancelled, 2 wrong usage. Results go to standard output; progress, warnings and
//! errors to standard error. Files are written under a temporary name and renamed, so that none is ever half written.

pub mod arguments;
pub mod commands;
pub mod decode;
mod engine;
mod format;
mod interrupt;
mod library;
mod output;
mod progress;
mod session;
mod song;

use std::process::ExitCode;

use clap::Parser;

pub use session::{Session, Verbosity};

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let session = Session::start(arguments.options);
    match commands::run(arguments.command, &session) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}
