//! The commands that make training data, train and evaluate: with the feature `train`.

use clap::Subcommand;

use super::{
    average, evaluate, evaluate_music, package, prepare, render, sweep, train, truth, unpack,
};
use crate::native::CommandContext;

/// The commands of the feature `train`.
#[derive(Debug, Subcommand)]
pub enum TrainingCommand {
    /// Render songs with stems, in Slakh's layout, from MIDI files or the built-in composer
    Render(render::Arguments),
    /// Convert the data set Slakh2100 to training songs
    Prepare(prepare::Arguments),
    /// Train a network on folders of songs with stems
    Train(Box<train::Arguments>),
    /// Grid search: train one network for each combination of settings
    Sweep(Box<sweep::Arguments>),
    /// Score the model on folders of songs with stems
    Evaluate(evaluate::Arguments),
    /// Score beats, chords and keys on folders of songs whose notes are known
    EvaluateMusic(evaluate_music::Arguments),
    /// Measure the true prominences of songs with stems
    Truth(truth::Arguments),
    /// Turn finished training runs into a model: choose thresholds, score it, write weights and card
    Package(package::Arguments),
    /// Average the weights of training runs that were fine-tuned from one another
    Average(average::Arguments),
    /// Turn a model back into two training runs, to fine-tune them
    Unpack(unpack::Arguments),
}

impl TrainingCommand {
    /// Runs one command.
    ///
    /// # Errors
    /// Any error of the command, with a message for the user.
    pub fn run(self, context: &CommandContext) -> anyhow::Result<()> {
        match self {
            Self::Render(arguments) => render::run(&arguments, context),
            Self::Prepare(arguments) => prepare::run(&arguments, context),
            Self::Sweep(arguments) => sweep::run(&arguments, context),
            Self::Train(arguments) => train::run(&arguments, context),
            Self::Evaluate(arguments) => evaluate::run(&arguments, context),
            Self::EvaluateMusic(arguments) => evaluate_music::run(&arguments, context),
            Self::Truth(arguments) => truth::run(&arguments, context),
            Self::Package(arguments) => package::run(&arguments, context),
            Self::Average(arguments) => average::run(&arguments),
            Self::Unpack(arguments) => unpack::run(&arguments, context),
        }
    }
}
