//! `catalogue stats FILE`: a catalogue in numbers.

use std::{fmt::Write, path::PathBuf};

use clap::Args;

use super::read;
use crate::{
    catalogue::{QUANTILES, Statistics},
    native::{format, output},
};

/// Arguments of `catalogue stats`.
#[derive(Args, Debug)]
#[command(
    after_help = "The JSON object has the fields model_id, track_count, artist_count, preview_count, duration_secs, \
    prominence (for guitar, piano, bass, drums and other: the mean, and the quantiles at 10, 25, 50, 75 and 90 %) and \
    licences (how many songs have each)."
)]
pub struct Arguments {
    /// The catalogue
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the numbers.
///
/// # Errors
/// When the catalogue can't be read.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let statistics = Statistics::of(&read(&arguments.file)?);
    if arguments.json {
        output::print_json(&statistics)
    } else {
        output::print(&describe(&statistics))
    }
}

fn describe(statistics: &Statistics) -> String {
    let mut text = format!(
        "{} songs by {} artists, {} with a preview, {} in all; model {}\n\n",
        statistics.track_count,
        statistics.artist_count,
        statistics.preview_count,
        format::clock(statistics.duration_secs as f32),
        statistics.model_id
    );
    let cell = |share: f64| format!("{:>7}", format::percent(share as f32));
    let heads = QUANTILES.map(|share| format!("{:>7}", format!("{:.0} %", share * 100.0)));
    let _ = writeln!(
        text,
        "prominence     mean{}  of the songs below",
        heads.concat()
    );
    for (source, spread) in statistics.prominence.iter() {
        let quantiles = spread.quantiles.map(cell).concat();
        let _ = writeln!(
            text,
            "{:<11} {}{quantiles}",
            source.name(),
            cell(spread.mean)
        );
    }
    let _ = writeln!(text, "\nlicences");
    for (licence, count) in &statistics.licences {
        let _ = writeln!(
            text,
            "{count:>7}  {}",
            format::column(licence, 40).trim_end()
        );
    }
    text
}
