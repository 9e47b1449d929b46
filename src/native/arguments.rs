//! The command line. Each command's own arguments are beside the command.

use clap::Parser;

use super::{commands::Command, options::GlobalOptions};

/// Separates songs into guitar, piano, bass, drums and other, measures how much each plays, and recommends songs of
/// similar instrumental composition.
#[derive(Debug, Parser)]
#[command(name = "deepmelody", version, about, max_term_width = 100)]
pub struct Arguments {
    /// Options of every command.
    #[command(flatten)]
    pub options: GlobalOptions,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
