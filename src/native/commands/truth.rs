//! `truth DIR`: the true prominences of songs with stems.

use std::{fmt::Write, path::PathBuf};

use clap::Args;
use serde::Serialize;

use super::tracks::decode_stem;
use crate::{
    native::{CommandContext, format, output},
    source::{PerSource, Source},
    train::dataset::{Dataset, Multitrack},
};

/// Arguments of `truth`.
#[derive(Args, Debug)]
#[command(
    after_help = "The JSON object has the fields format (\"deepmelody-truth\"), version (1), sources (the five names; \
    every list of five is in their order) and songs, each with name (its folder's) and prominence (0 to 1)."
)]
pub struct Arguments {
    /// Folder of songs with stems, in Slakh's layout
    dir: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// The output of `--json`. Its fields are described in the help; within a version fields are only added.
#[derive(Serialize)]
struct Report {
    format: &'static str,
    version: u32,
    sources: [&'static str; Source::COUNT],
    songs: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    prominence: PerSource<f32>,
}

/// Measures the stems of every song and prints the prominences.
///
/// # Errors
/// When no song can be read.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let dataset = Dataset::read(&arguments.dir, decode_stem)?;
    for failure in &dataset.failures {
        context.warn(&format!("left out: {failure}"));
    }
    let row = |song: Multitrack| Row {
        prominence: song.prominence(),
        name: song.name,
    };
    let report = Report {
        format: "deepmelody-truth",
        version: 1,
        sources: Source::ALL.map(Source::name),
        songs: dataset.songs.into_iter().map(row).collect(),
    };
    if arguments.json {
        output::print_json(&report)
    } else {
        output::print(&describe(&report))
    }
}

fn describe(report: &Report) -> String {
    let names = report.sources.map(|name| format!("{name:>8}"));
    let mut text = format!("{}{}\n", format::column("", 20), names.concat());
    for song in &report.songs {
        let shares = song
            .prominence
            .map(|share| format!("{:>8}", format::percent(share)));
        let _ = writeln!(
            text,
            "{}{}",
            format::column(&song.name, 20),
            shares.0.concat()
        );
    }
    text
}
