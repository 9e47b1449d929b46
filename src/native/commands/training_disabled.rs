//! The training commands without the feature `train`: none.

use clap::Subcommand;

use crate::native::CommandContext;

/// No commands.
#[derive(Clone, Copy, Debug, Subcommand)]
pub enum TrainingCommand {}

impl TrainingCommand {
    /// Never called.
    ///
    /// # Errors
    /// None.
    pub fn run(self, _session: &CommandContext) -> anyhow::Result<()> {
        match self {}
    }
}
