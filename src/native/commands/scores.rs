//! What `evaluate` and `package` share: separating folders of songs, and formatting scores as tables.

use std::path::PathBuf;

use super::tracks::decode_stem;
use crate::native::{CommandContext, progress::Progress};
use crate::source::{PerSource, Source};
use crate::train::dataset::{list_tracks, read_song};
use crate::train::evaluate::{
    Features, RankingAgreement, RankingScores, Scores, Separate, SeparatedSong, Summary,
    separate_song,
};

/// Separates every readable song of each of `folders`.
///
/// # Errors
/// As [`separate_folders`].
pub fn separate_each(
    separator: &impl Separate,
    folders: &[PathBuf],
    context: &CommandContext,
) -> anyhow::Result<Vec<Vec<SeparatedSong>>> {
    let folders = folders.iter();
    folders
        .map(|folder| separate_folders(separator, std::slice::from_ref(folder), context))
        .collect()
}

/// Separates every readable song of `folders`.
///
/// # Errors
/// When a folder can't be read or none of its songs, or Ctrl-C was pressed.
pub fn separate_folders(
    separator: &impl Separate,
    folders: &[PathBuf],
    context: &CommandContext,
) -> anyhow::Result<Vec<SeparatedSong>> {
    let mut tracks = Vec::new();
    for folder in folders {
        tracks.extend(list_tracks(folder)?);
    }
    let mut progress = Progress::new(context, tracks.len());
    let mut separated = Vec::new();
    for track in &tracks {
        progress.show(track.file_name().unwrap_or_default().to_string_lossy());
        match read_song(track, decode_stem) {
            Ok(song) => separated.push(pollster::block_on(separate_song(
                separator,
                &song,
                &mut progress,
            ))?),
            Err(problem) => progress.suspend(|| context.warn(&format!("left out: {problem}"))),
        }
        progress.song_done();
    }
    anyhow::ensure!(
        !separated.is_empty(),
        "no song in {} can be read",
        folders
            .iter()
            .map(|folder| folder.display().to_string())
            .collect::<Vec<_>>()
            .join(", ")
    );
    Ok(separated)
}

/// Width of a column.
const WIDTH: usize = 9;

/// Five tables: separation and activity; errors of the prominence; where sources are present and absent; agreement of rankings; other descriptions of songs.
pub fn table(scores: &Scores) -> String {
    let tables = [separation, prominences, presence, rankings, features];
    tables.map(|table| table(scores)).join("\n")
}

fn separation(scores: &Scores) -> String {
    let mut text = heading(
        "separation, dB",
        &[
            "songs",
            "SI-SDR",
            "gain",
            "mixture",
            "oracle",
            "reached",
            "SDR",
            "mixture",
            "oracle",
            "leakage",
            "| precis.",
            "recall",
            "F1",
        ],
    );
    let cells = |row: &Summary| {
        let db = |value: Option<f32>| number(value, 1, "");
        let share = |value: Option<f32>| number(value, 2, "");
        [
            row.songs.to_string(),
            db(row.si_sdr_db),
            db(row.si_sdr_improvement_db),
            db(row.mixture_si_sdr_db),
            db(row.oracle_si_sdr_db),
            number(row.oracle_share_percent, 0, " %"),
            db(row.sdr_db),
            db(row.mixture_sdr_db),
            db(row.oracle_sdr_db),
            db(row.leakage_db),
            share(row.activity_precision),
            share(row.activity_recall),
            share(row.activity_f1),
        ]
    };
    for (name, row) in rows(scores) {
        text += &line(name, &cells(row));
    }
    text
}

fn prominences(scores: &Scores) -> String {
    let mut text = heading(
        "prominence error, points | intervals",
        &["network", "mean", "always", "mixture", "| within", "width"],
    );
    for (name, row) in rows(scores) {
        let errors = [
            row.prominence_error_points,
            row.mean_answer_error_points,
            row.always_answer_error_points,
            row.mixture_answer_error_points,
        ];
        let errors = errors.map(|error| number(Some(error), 1, ""));
        let intervals = [
            number(row.interval_coverage_percent, 0, " %"),
            number(row.interval_width_points, 0, ""),
        ];
        text += &line(name, &[&errors[..], &intervals].concat());
    }
    text
}

/// Mean prominences of songs that have a source and of songs that lack it.
fn presence(scores: &Scores) -> String {
    let mut text = heading("prominence, %", &["present", "estimate", "| absent"]);
    for (name, row) in rows(scores) {
        let shares = [
            row.present_truth_percent,
            row.present_estimate_percent,
            row.absent_estimate_percent,
        ];
        text += &line(name, &shares.map(|share| number(share, 0, "")));
    }
    text
}

fn rankings(scores: &Scores) -> String {
    let answers = ["network", "mean", "always", "mixture"];
    let mut text = heading("top-10 overlap | nDCG@10", &[answers, answers].concat());
    let all = &scores.rankings;
    let columns = [
        &all.network,
        &all.mean_answer,
        &all.always_answer,
        &all.mixture_answer,
    ];
    let cells = |agreement: &dyn Fn(&RankingScores) -> RankingAgreement| {
        let overlaps = columns.map(|row| number(Some(agreement(row).top10_overlap), 2, ""));
        let gains = columns.map(|row| number(Some(agreement(row).ndcg10), 2, ""));
        [overlaps, gains].concat()
    };
    text += &line("all", &cells(&|row| row.all));
    for source in Source::ALL {
        text += &line(source.name(), &cells(&|row| row.sources[source]));
    }
    text
}

fn features(scores: &Scores) -> String {
    let Features {
        prominence,
        energy,
        pairs,
        course,
    } = scores.features;
    let mut text = heading(
        "rank correlation with the truth's order",
        &["Euclid.", "cosine"],
    );
    for (name, row) in [
        ("shares", prominence),
        ("energy", energy),
        ("pairs", pairs),
        ("course", course),
    ] {
        let cells = [row.euclidean, row.cosine];
        text += &line(name, &cells.map(|value| number(Some(value), 2, "")));
    }
    text
}

fn rows(scores: &Scores) -> impl Iterator<Item = (&'static str, &Summary)> {
    let sources: &PerSource<Summary> = &scores.sources;
    sources
        .iter()
        .map(|(source, row)| (source.name(), row))
        .chain([("mean", &scores.mean)])
}

fn heading(title: &str, columns: &[&str]) -> String {
    let names: Vec<_> = columns.iter().map(|name| (*name).to_owned()).collect();
    format!("{title}\n{}", line("", &names))
}

fn line(name: &str, cells: &[String]) -> String {
    let cells: String = cells.iter().map(|cell| format!("{cell:>WIDTH$}")).collect();
    format!("{name:8}{cells}\n")
}

/// A dash for what is not defined.
fn number(value: Option<f32>, decimals: usize, unit: &str) -> String {
    value.map_or("-".to_owned(), |value| format!("{value:.decimals$}{unit}"))
}
