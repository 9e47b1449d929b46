//! L7, native: `evaluate-catalogue FILE`: how well a catalogue recommends, by several measures of likeness.

use std::{fmt::Write, path::PathBuf};

use clap::Args;

use crate::{
    catalogue::{Evaluation, TOP, evaluate},
    native::{commands::catalogue, format, output},
};

/// Arguments of `evaluate-catalogue`.
#[derive(Args, Debug)]
#[command(
    after_help = "Every song is asked for the ten that are most like it, by the cosine (as the page does), the cosine \
    from the catalogue's mean, the Euclidean and the Mahalanobis distance.\n\n\
    The JSON is a list with an object a measure: measure, most_often, hubness, never, scores (mean, and the quantiles \
    at 10, 25, 50, 75 and 90 %), saturated, and truth (songs, same_measure, euclidean, cosine; null where fewer than \
    three songs have a true prominence)."
)]
pub struct Arguments {
    /// The catalogue
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Evaluates and prints.
///
/// # Errors
/// When the catalogue can't be read.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let catalogue = catalogue::read(&arguments.file)?;
    let found = evaluate(&catalogue);
    if arguments.json {
        output::print_json(&found)
    } else {
        output::print(&describe(catalogue.tracks.len(), &found))
    }
}

fn describe(songs: usize, found: &[Evaluation]) -> String {
    let mut text = format!(
        "{songs} songs, each asked for the {TOP} most like it\n\n\
        {:<15}{:>11}{:>9}{:>8}{:>11}{:>15}{:>24}\n{:<15}{:>11}{:>9}{:>8}{:>11}{:>15}{:>8}{:>8}{:>8}\n",
        "",
        "most often",
        "",
        "never",
        "ten within",
        "scores of all",
        "rank corr. with truth",
        "",
        "recommended",
        "hubness",
        "",
        "0.01",
        "pairs 10-90 %",
        "same",
        "Eucl.",
        "cosine"
    );
    for row in found {
        let percent = |share: f64| format::percent(share as f32);
        let [low, .., high] = row.scores.quantiles;
        let _ = write!(
            text,
            "{:<15}{:>11}{:>9.2}{:>8}{:>11}{:>15}",
            row.measure.name(),
            row.most_often,
            row.hubness,
            percent(row.never),
            percent(row.saturated),
            format!("{low:.2} to {high:.2}"),
        );
        if let Some(truth) = row.truth {
            let (same, euclidean, cosine) = (truth.same_measure, truth.euclidean, truth.cosine);
            let _ = write!(text, "{same:>8.2}{euclidean:>8.2}{cosine:>8.2}");
        }
        text.push('\n');
    }
    if let Some(truth) = found.first().and_then(|row| row.truth) {
        let _ = writeln!(text, "\nsongs whose truth is known: {}", truth.songs);
    }
    text
}
