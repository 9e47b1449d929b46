//! L7, native: the commands that make training data, train and evaluate; only with the feature `train`.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use clap::Subcommand;

use super::{average, evaluate, package, prepare, render, sweep, train, truth, unpack};
use crate::audio::Recording;
use crate::native::{Session, decode};

/// The commands of the feature `train`.
#[derive(Debug, Subcommand)]
pub enum TrainingCommand {
    /// Render songs with their stems, in Slakh's layout, from MIDI files or the program's own composer
    Render(render::Arguments),
    /// Make training songs of the data set Slakh2100
    Prepare(prepare::Arguments),
    /// Train a network on folders of songs with their stems
    Train(Box<train::Arguments>),
    /// Train one network for each combination of settings, into one table
    Sweep(Box<sweep::Arguments>),
    /// Score the model on folders of songs with their stems
    Evaluate(evaluate::Arguments),
    /// Tell how much each instrument really plays in songs with their stems
    Truth(truth::Arguments),
    /// Make a finished training run a model: choose thresholds, score it, write weights and card
    Package(package::Arguments),
    /// Make one training run of several that went on from each other, with the mean of their weights
    Average(average::Arguments),
    /// Make two training runs of a model, for others to start from
    Unpack(unpack::Arguments),
}

impl TrainingCommand {
    /// Runs one command.
    ///
    /// # Errors
    /// Whatever made it fail, for the user to read.
    pub fn run(self, session: &Session) -> anyhow::Result<()> {
        match self {
            Self::Render(arguments) => render::run(&arguments, session),
            Self::Prepare(arguments) => prepare::run(&arguments, session),
            Self::Sweep(arguments) => sweep::run(&arguments, session),
            Self::Train(arguments) => train::run(&arguments, session),
            Self::Evaluate(arguments) => evaluate::run(&arguments, session),
            Self::Truth(arguments) => truth::run(&arguments, session),
            Self::Package(arguments) => package::run(&arguments, session),
            Self::Average(arguments) => average::run(&arguments),
            Self::Unpack(arguments) => unpack::run(&arguments, session),
        }
    }
}

/// Decodes a stem; the reader of datasets takes it as a plain function.
///
/// # Errors
/// Why the file can't be decoded.
pub fn decode_stem(path: &Path) -> Result<Recording, String> {
    decode::decode_file(path, &AtomicBool::new(false))
        .map(|song| song.recording)
        .map_err(|error| error.to_string())
}
