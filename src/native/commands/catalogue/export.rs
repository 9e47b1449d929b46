//! `catalogue export FILE --out TABLE`: CSV, or Parquet where the program was built with it.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::{ending, parquet, read};
use crate::{
    catalogue::{Catalogue, Track, plain_text},
    native::{
        CommandContext, output,
        overwrite::{Guard, Kind},
    },
    source::Source,
};

/// Columns before the sources'.
const COLUMNS: [&str; 8] = [
    "id",
    "title",
    "artist",
    "album",
    "licence",
    "year",
    "url",
    "duration_secs",
];

/// Columns after them.
const LAST_COLUMNS: [&str; 2] = ["tempo_bpm", "key"];

/// Arguments of `catalogue export`.
#[derive(Args, Debug)]
#[command(
    after_help = "A row a song: id, title, artist, album, licence, year, url, duration_secs, and the prominence of \
    guitar, piano, bass, drums and other, tempo_bpm and key. Parquet has preview, true prominences and model_id besides, and can be \
    read back by all commands."
)]
pub struct Arguments {
    /// The catalogue
    file: PathBuf,
    /// The table to write; its ending, .csv or .parquet, says which kind
    #[arg(long, short, value_name = "FILE")]
    out: PathBuf,
}

/// Writes the table.
///
/// # Errors
/// When the catalogue can't be read, or the table can't be written.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let ending = ending(&arguments.out).to_lowercase();
    let encode: fn(&Catalogue) -> anyhow::Result<Vec<u8>> = match ending.as_str() {
        "csv" => csv_table,
        "parquet" => parquet::table,
        _ => bail!(
            "{} ends in neither .csv nor .parquet",
            arguments.out.display()
        ),
    };
    Guard::new(context, [&arguments.file]).check(&arguments.out, Kind::Table)?;
    let catalogue = read(&arguments.file)?;
    output::write_file(&arguments.out, &encode(&catalogue)?)
}

fn csv_table(catalogue: &Catalogue) -> anyhow::Result<Vec<u8>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let columns = COLUMNS.into_iter().chain(Source::ALL.map(Source::name));
    writer.write_record(columns.chain(LAST_COLUMNS))?;
    for track in &catalogue.tracks {
        writer.write_record(texts(track))?;
    }
    Ok(writer.into_inner()?)
}

fn texts(track: &Track) -> Vec<String> {
    let text = |field: &Option<String>| {
        field
            .as_deref()
            .map(plain_text)
            .unwrap_or_default()
            .into_owned()
    };
    let mut row = vec![
        plain_text(&track.id).into_owned(),
        plain_text(&track.title).into_owned(),
        plain_text(&track.artist).into_owned(),
        text(&track.album),
        text(&track.licence),
        track.year.map(|year| year.to_string()).unwrap_or_default(),
        text(&track.url),
        track.duration_secs.to_string(),
    ];
    row.extend(track.prominence.0.map(|share| share.to_string()));
    row.push(
        track
            .tempo_bpm
            .map(|bpm| bpm.to_string())
            .unwrap_or_default(),
    );
    row.push(track.key.map(|key| key.to_string()).unwrap_or_default());
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::PerSource;

    #[test]
    fn cells_that_a_spreadsheet_would_run_are_text() {
        let track = Track {
            title: "=cmd|' /C calc'!A0".to_owned(),
            artist: "-M-".to_owned(),
            album: Some("+/-".to_owned()),
            licence: Some("@SUM(1)".to_owned()),
            duration_secs: 1.5,
            ..Track::default()
        };
        let cells = texts(&track);
        assert_eq!(
            cells[1..5],
            ["'=cmd|' /C calc'!A0", "'-M-", "'+/-", "'@SUM(1)"]
        );
        assert!(cells[7..].iter().all(|cell| !cell.starts_with('\'')));
    }

    #[test]
    fn csv_quotes_what_needs_it_and_leaves_unknowns_empty() {
        let track = Track {
            id: "1".to_owned(),
            title: "A, \"B\"\nC".to_owned(),
            artist: "D".to_owned(),
            year: Some(1999),
            duration_secs: 1.5,
            tempo_bpm: Some(120.5),
            prominence: PerSource([0.0, 0.25, 0.5, 0.75, 1.0]),
            ..Track::default()
        };
        let catalogue = Catalogue {
            tracks: vec![track],
            ..Catalogue::new("m")
        };
        let table = String::from_utf8(csv_table(&catalogue).expect("a table")).expect("UTF-8");
        let expected = "id,title,artist,album,licence,year,url,duration_secs,guitar,piano,bass,drums,other,tempo_bpm,key\n\
            1,\"A, \"\"B\"\"\nC\",D,,,1999,,1.5,0,0.25,0.5,0.75,1,120.5,\n";
        assert_eq!(table, expected);
    }
}
