//! `evaluate-catalogue FILE`: evaluates the recommendations of a catalogue, by several similarity measures.

use std::{fmt::Write, path::PathBuf};

use clap::Args;
use serde::Serialize;

use crate::{
    catalogue::{
        Evaluation, Interval, OrderAgreement, OrderScores, TOP, evaluate, evaluate_orders,
    },
    native::{CommandContext, commands::catalogue, engine, format, output},
    source::PerSource,
};

/// Arguments of `evaluate-catalogue`.
#[derive(Args, Debug)]
#[command(
    after_help = "Every song is asked for the ten that are most like it, by the cosine (as the page does), the cosine \
    from the catalogue's mean, the Euclidean and the Mahalanobis distance.\n\n\
    Where songs have a true prominence, lists are also compared with those that it gives: in the paper's order, with \
    scores counted as equal that differ by less than the model's error of the prominences (from its card) makes of a \
    cosine, equals by distance, and by distance alone.\n\n\
    The JSON object has measures (an object a measure: measure, most_often, hubness, never, scores (mean, and the \
    quantiles at 10, 25, 50, 75 and 90 %), saturated, and truth (songs, same_measure, euclidean, cosine; null where \
    fewer than three songs have a true prominence)) and orders (an object an order: order, songs, and true_cosine, \
    true_distance, cosine_gain and distance_gain, each with top10_overlap, ndcg10 and rank_correlation: mean, low and \
    high, a 95 % interval)."
)]
pub struct Arguments {
    /// The catalogue
    file: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What `--json` prints.
#[derive(Serialize)]
struct Report {
    measures: Vec<Evaluation>,
    orders: Vec<OrderScores>,
}

/// Evaluates and prints.
///
/// # Errors
/// When the catalogue can't be read.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let catalogue = catalogue::read(&arguments.file)?;
    let error = prominence_error(&catalogue.model_id, context);
    let report = Report {
        measures: evaluate(&catalogue),
        orders: evaluate_orders(&catalogue, &error),
    };
    if arguments.json {
        output::print_json(&report)
    } else {
        let tables = describe(catalogue.tracks.len(), &report.measures);
        output::print(&(tables + &describe_orders(&report.orders)))
    }
}

/// The error of the catalogue's prominences, from the card of its model, if that is the one in use.
fn prominence_error(model_id: &str, context: &CommandContext) -> PerSource<f32> {
    match engine::card(context) {
        Ok(card) if card.id == model_id => card.prominence_error(),
        _ => {
            context.warn(&format!(
                "the model {model_id:?} was not found, so the error of its prominences is not known: no scores count \
                 as equal"
            ));
            PerSource::default()
        }
    }
}

/// Reads an agreement, and how much more it is than the paper's.
type Column = fn(&OrderScores) -> [OrderAgreement; 2];

/// A table an agreement: overlap, gain and correlation of each order, with intervals, and how much more than the paper's.
fn describe_orders(orders: &[OrderScores]) -> String {
    let mut text = String::new();
    let columns: [(&str, Column); 2] = [
        ("by cosine", |row| [row.true_cosine, row.cosine_gain]),
        ("by distance", |row| [row.true_distance, row.distance_gain]),
    ];
    for (truth, column) in columns {
        if orders.is_empty() {
            break;
        }
        let title = format!("with the truth {truth}");
        let _ = writeln!(
            text,
            "\n{title:<27}{:<22}{:<22}{:<22}nDCG more than the paper's",
            "top-10 overlap", "nDCG@10", "rank correlation"
        );
        for row in orders {
            let [agreement, gain] = column(row);
            let cells = [
                agreement.top10_overlap,
                agreement.ndcg10,
                agreement.rank_correlation,
            ];
            let cells = cells.map(|interval| format!("{:<22}", interval_text(interval)));
            let gain = interval_text(gain.ndcg10);
            let _ = writeln!(text, "{:<27}{}{gain}", row.order.name(), cells.concat());
        }
    }
    text
}

fn interval_text(Interval { mean, low, high }: Interval) -> String {
    format!("{mean:.3} ({low:.3}, {high:.3})")
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
