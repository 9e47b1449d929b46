//! L7, native: what every command shares: the global options, the wish to stop, and how much to say.

use std::path::Path;

use super::{arguments::GlobalOptions, interrupt::Interrupt, output};

/// How much is said beside results and errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verbosity {
    /// Progress and warnings.
    Normal,
    /// Nothing.
    Quiet,
}

/// One run of the program.
#[derive(Debug)]
pub struct Session {
    options: GlobalOptions,
    interrupt: Interrupt,
}

impl Session {
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

    /// How much to say.
    pub fn verbosity(&self) -> Verbosity {
        if self.options.quiet {
            Verbosity::Quiet
        } else {
            Verbosity::Normal
        }
    }

    /// The wish to stop.
    pub fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Says something that did not stop the work.
    pub fn warn(&self, message: &str) {
        if self.verbosity() == Verbosity::Normal {
            output::note(&format!("warning: {message}"));
        }
    }

    /// Says something good to know.
    pub fn inform(&self, message: &str) {
        if self.verbosity() == Verbosity::Normal {
            output::note(message);
        }
    }
}
