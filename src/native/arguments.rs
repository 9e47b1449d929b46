//! L7, native: the command line. Each command's own arguments are beside the command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::{
    apart,
    commands::{
        analyse, catalogue::CatalogueCommand, evaluate_catalogue, index, recommend, separate,
        training::TrainingCommand,
    },
};

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

/// Options of every command.
#[derive(Args, Debug)]
pub struct GlobalOptions {
    /// Folder with deepmelody.safetensors and deepmelody.json [default: model-weights here, beside the program
    /// or in its sources]
    #[arg(long, value_name = "DIR", global = true)]
    pub model: Option<PathBuf>,
    /// Neither progress bars nor warnings
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a song's five parts as WAV files
    Separate(separate::Arguments),
    /// Show how much and when each instrument plays
    Analyse(analyse::Arguments),
    /// Find songs of similar instrumental composition in a catalogue
    Recommend(recommend::Arguments),
    /// Build a catalogue from folders of music, playlists and lists
    Index(index::Arguments),
    /// Check, merge, export, sum up or compare catalogues
    #[command(subcommand)]
    Catalogue(CatalogueCommand),
    /// Tell how well a catalogue recommends, by several measures of likeness
    EvaluateCatalogue(evaluate_catalogue::Arguments),
    /// Decode a song for the program that started this one
    #[command(name = apart::NAME, hide = true)]
    DecodeApart(apart::Arguments),
    /// Making training data and training
    #[command(flatten)]
    Training(TrainingCommand),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_consistent() {
        super::Arguments::command().debug_assert();
    }
}
