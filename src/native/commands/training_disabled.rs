//! The training commands without the feature `train`: none.

use clap::Subcommand;

use crate::native::Session;

/// No commands.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum TrainingCommand {}

impl TrainingCommand {
    /// Never called.
    ///
    /// # Errors
    /// None.
    pub fn run(self, _session: &Session) -> anyhow::Result<()> {
        match self {}
    }
}
