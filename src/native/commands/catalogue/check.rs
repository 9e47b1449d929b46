//! `catalogue check FILE`: every problem of a catalogue.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use serde::Serialize;

use super::read_unchecked;
use crate::native::output;

/// Arguments of `catalogue check`.
#[derive(Args, Debug)]
#[command(
    after_help = "What a catalogue must be is written down in docs/catalogue.schema.json (JSON Schema); beyond that, \
    no two songs may have the same id. The exit code is 1 where something is wrong."
)]
pub struct Arguments {
    /// The catalogue
    file: PathBuf,
    /// Also refuse a catalogue of any other model
    #[arg(long, value_name = "ID")]
    model_id: Option<String>,
    /// Print JSON: songs, model_id, problems
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    songs: usize,
    model_id: String,
    problems: Vec<String>,
}

/// Prints what is wrong, or that nothing is.
///
/// # Errors
/// When something is wrong.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let name = arguments.file.display();
    let catalogue = read_unchecked(&arguments.file, arguments.model_id.as_deref())?
        .with_context(|| format!("{name} holds no songs"))?;
    let report = Report {
        songs: catalogue.tracks.len(),
        problems: catalogue
            .problems()
            .map(|problem| problem.to_string())
            .collect(),
        model_id: catalogue.model_id,
    };
    if arguments.json {
        output::print_json(&report)?;
    } else if report.problems.is_empty() {
        let (songs, model_id) = (report.songs, &report.model_id);
        output::print(&format!(
            "{name} is fine: {songs} songs of the model {model_id}\n"
        ))?;
    } else {
        output::print(&(report.problems.join("\n") + "\n"))?;
    }
    match report.problems.len() {
        0 => Ok(()),
        count => Err(output::Reported(format!("{name} has {count} problems")).into()),
    }
}
