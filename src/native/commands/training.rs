//! L7, native: the commands that make training data, train and evaluate; only with the feature `train`.

use clap::Subcommand;

use crate::native::Session;

/// The commands of the feature `train`.
#[derive(Clone, Debug, Subcommand)]
pub enum TrainingCommand {}

impl TrainingCommand {
    /// Runs one command.
    ///
    /// # Errors
    /// Whatever made it fail, for the user to read.
    pub fn run(self, _session: &Session) -> anyhow::Result<()> {
        match self {}
    }
}
