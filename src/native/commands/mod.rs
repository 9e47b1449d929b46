//! The commands, one file each: its arguments and what it does with them.

pub mod analyse;
#[cfg(feature = "train")]
pub mod average;
pub mod catalogue;
#[cfg(feature = "train")]
pub mod evaluate;
pub mod evaluate_catalogue;
#[cfg(feature = "train")]
pub mod evaluate_music;
pub mod index;
#[cfg(feature = "train")]
pub mod package;
#[cfg(feature = "train")]
pub mod prepare;
pub mod recommend;
#[cfg(feature = "train")]
pub mod render;
#[cfg(feature = "train")]
pub mod scores;
pub mod separate;
#[cfg(feature = "train")]
pub mod settings;
#[cfg(feature = "train")]
pub mod sweep;
#[cfg(feature = "train")]
pub mod tracks;
#[cfg(feature = "train")]
pub mod train;
#[cfg(feature = "train")]
pub mod truth;
#[cfg(feature = "train")]
pub mod unpack;

#[cfg(feature = "train")]
pub mod training;
#[cfg(not(feature = "train"))]
#[path = "training_disabled.rs"]
pub mod training;

use clap::Subcommand;

use super::{CommandContext, Completion, sandbox};

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
    /// Check, merge, export, split, summarise or compare catalogues
    #[command(subcommand)]
    Catalogue(catalogue::CatalogueCommand),
    /// Evaluate the recommendations of a catalogue, by several similarity measures
    EvaluateCatalogue(evaluate_catalogue::Arguments),
    /// Decode a song for the program that started this one
    #[command(name = sandbox::NAME, hide = true)]
    DecodeInSandbox(sandbox::Arguments),
    /// Commands for training data and training
    #[command(flatten)]
    Training(training::TrainingCommand),
}

/// Runs one command.
///
/// # Errors
/// Why it failed, for the user to read.
pub fn run(command: Command, context: &CommandContext) -> anyhow::Result<Completion> {
    match command {
        Command::Separate(arguments) => separate::run(&arguments, context),
        Command::Analyse(arguments) => analyse::run(&arguments, context),
        Command::Recommend(arguments) => recommend::run(&arguments, context),
        Command::Index(arguments) => return index::run(&arguments, context),
        Command::Catalogue(command) => command.run(context),
        Command::EvaluateCatalogue(arguments) => evaluate_catalogue::run(&arguments, context),
        Command::DecodeInSandbox(arguments) => sandbox::serve(&arguments, context),
        Command::Training(command) => command.run(context),
    }
    .map(|()| Completion::Full)
}
