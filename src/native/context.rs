//! What every command shares: the global options, the request to stop, and how much to print.

use std::path::Path;

use super::{interrupt::Interrupt, options::GlobalOptions, output};

/// How much is printed beside results and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    /// Progress and warnings.
    Normal,
    /// Nothing.
    Quiet,
}

/// One run of the program.
#[derive(Debug)]
pub struct CommandContext {
    options: GlobalOptions,
    interrupt: Interrupt,
}

impl CommandContext {
    /// Starts listening to Ctrl-C.
    pub fn start(options: GlobalOptions) -> Self {
        Self {
            options,
            interrupt: Interrupt::listen(),
        }
    }

    /// The model's folder, if the user named one.
    pub fn model_folder(&self) -> Option<&Path> {
        self.options.model.as_deref()
    }

    /// How much to print.
    pub fn verbosity(&self) -> Verbosity {
        if self.options.quiet {
            Verbosity::Quiet
        } else {
            Verbosity::Normal
        }
    }

    /// Whether files of others may be replaced.
    pub fn replaces_all(&self) -> bool {
        self.options.force
    }

    /// The request to stop.
    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Prints a warning; the work continues.
    pub fn warn(&self, message: &str) {
        if self.verbosity() == Verbosity::Normal {
            output::note(&format!("warning: {message}"));
        }
    }

    /// Prints a note.
    pub fn inform(&self, message: &str) {
        if self.verbosity() == Verbosity::Normal {
            output::note(message);
        }
    }
}
