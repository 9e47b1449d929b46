//! `catalogue diff BEFORE AFTER`: what was added, removed and changed.

use std::{fmt::Write, path::PathBuf};

use clap::Args;

use super::read;
use crate::{
    catalogue::{Change, Difference, Track},
    native::{format, output},
};

/// Arguments of `catalogue diff`.
#[derive(Args, Debug)]
#[command(
    after_help = "The JSON object has the fields added and removed (songs, as in the catalogues), changed (objects \
    with before and after) and, where they differ, model_ids. A song is known by its id."
)]
pub struct Arguments {
    /// The older catalogue
    before: PathBuf,
    /// The newer catalogue
    after: PathBuf,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Prints the difference.
///
/// # Errors
/// When a catalogue can't be read.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let difference = Difference::between(&read(&arguments.before)?, &read(&arguments.after)?);
    if arguments.json {
        output::print_json(&difference)
    } else {
        output::print(&describe(&difference))
    }
}

fn describe(difference: &Difference) -> String {
    if difference.is_empty() {
        return "no difference\n".to_owned();
    }
    let mut text = String::new();
    if let Some([before, after]) = &difference.model_ids {
        let _ = writeln!(text, "model: {before} became {after}");
    }
    for (sign, tracks) in [('+', &difference.added), ('-', &difference.removed)] {
        for track in tracks {
            let _ = writeln!(text, "{sign} {}", name(track));
        }
    }
    for change in &difference.changed {
        let _ = writeln!(
            text,
            "~ {}: {}",
            name(&change.after),
            changes(change).join(", ")
        );
    }
    let (added, removed) = (difference.added.len(), difference.removed.len());
    let changed = difference.changed.len();
    text + &format!("added: {added}, removed: {removed}, changed: {changed}\n")
}

fn name(track: &Track) -> String {
    let line = format!("{} ({})", track.title, track.artist);
    format::column(&line, 60).trim_end().to_owned()
}

/// The fields that changed, with what was measured before and after.
fn changes(change: &Change) -> Vec<String> {
    let (before, after) = (&change.before, &change.after);
    let texts = [
        ("title", before.title != after.title),
        ("artist", before.artist != after.artist),
        ("album", before.album != after.album),
        ("licence", before.licence != after.licence),
        ("year", before.year != after.year),
        ("url", before.url != after.url),
        ("preview", before.preview != after.preview),
        (
            "true prominence",
            before.true_prominence != after.true_prominence,
        ),
        ("duration", before.duration_secs != after.duration_secs),
    ];
    let texts = texts.into_iter().filter(|(_, is_other)| *is_other);
    let shares = before.prominence.iter().zip(after.prominence.iter());
    let shares = shares
        .filter(|((_, before), (_, after))| before != after)
        .map(|((source, &before), (_, &after))| {
            format!(
                "{source} {} -> {}",
                format::percent(before),
                format::percent(after)
            )
        });
    texts
        .map(|(field, _)| field.to_owned())
        .chain(shares)
        .collect()
}
