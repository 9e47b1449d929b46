//! L7, native: the commands, one file each: its arguments and what it does with them.

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

use super::{Outcome, Session, apart, arguments::Command};

/// Runs one command.
///
/// # Errors
/// Whatever made it fail, for the user to read.
pub fn run(command: Command, session: &Session) -> anyhow::Result<Outcome> {
    match command {
        Command::Separate(arguments) => separate::run(&arguments, session),
        Command::Analyse(arguments) => analyse::run(&arguments, session),
        Command::Recommend(arguments) => recommend::run(&arguments, session),
        Command::Index(arguments) => return index::run(&arguments, session),
        Command::Catalogue(command) => command.run(),
        Command::EvaluateCatalogue(arguments) => evaluate_catalogue::run(&arguments, session),
        Command::DecodeApart(arguments) => apart::serve(&arguments, session),
        Command::Training(command) => command.run(session),
    }
    .map(|()| Outcome::Done)
}
