//! The companion binary: arguments, decoding of audio files, commands.
//!
//! Exit codes: 0 done, 1 failed or cancelled, 2 wrong usage, 3 done but for some songs. Results go to standard output;
//! progress, warnings and errors to standard error. With `--json`, an error goes to standard output as well, as a JSON
//! object. Files are written under a temporary name and renamed, so that none is ever half written.

pub mod arguments;
mod collection;
pub mod commands;
mod completion;
mod context;
pub mod decode;
mod engine;
mod format;
mod indexing;
mod interrupt;
pub mod options;
mod output;
mod overwrite;
#[cfg(unix)]
mod process_limits;
#[cfg(not(unix))]
#[path = "process_limits_elsewhere.rs"]
mod process_limits;
mod progress;
mod sandbox;
mod song;
mod text;

use std::process::ExitCode;

use clap::Parser;

pub use completion::Completion;
pub use context::{CommandContext, Verbosity};

/// The exit code of [`Completion::Partial`].
const PARTIAL: u8 = 3;

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let context = CommandContext::start(arguments.options);
    match commands::run(arguments.command, &context) {
        Ok(Completion::Full) => ExitCode::SUCCESS,
        Ok(Completion::Partial) => ExitCode::from(PARTIAL),
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}
