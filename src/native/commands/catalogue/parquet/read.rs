//! a Parquet file as a catalogue. Columns are known by their names, so that their order, further columns, and
//! whether a column may be null make no difference.

use std::{collections::HashMap, fs::File, path::Path};

use anyhow::{Context, bail};
use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::{Field, Row},
};

use crate::{
    catalogue::{Catalogue, Track},
    source::{PerSource, Source},
};

/// The catalogue, its values still unchecked; none if the file has no rows, since rows name the model.
///
/// # Errors
/// When the file can't be read, lacks columns, or has rows of several models.
pub fn read(path: &Path) -> anyhow::Result<Option<Catalogue>> {
    let file = File::open(path).context("it cannot be opened")?;
    let reader = SerializedFileReader::new(file)?;
    let mut catalogue: Option<Catalogue> = None;
    for row in reader.get_row_iter(None)? {
        let row = row?;
        let cells = Cells::of(&row);
        let model_id = cells.needed(Cells::text, "model_id")?;
        let catalogue = catalogue.get_or_insert_with(|| Catalogue::new(model_id.as_str()));
        if catalogue.model_id != model_id {
            bail!(
                "it has songs of the models {} and {model_id}",
                catalogue.model_id
            );
        }
        let row_number = catalogue.tracks.len() + 1;
        let track = track(&cells).with_context(|| format!("row {row_number}"))?;
        catalogue.tracks.push(track);
    }
    Ok(catalogue)
}

fn track(cells: &Cells<'_>) -> anyhow::Result<Track> {
    let optional = |column: &str| cells.text(column);
    Ok(Track {
        id: cells.needed(Cells::text, "id")?,
        title: cells.needed(Cells::text, "title")?,
        artist: cells.needed(Cells::text, "artist")?,
        album: optional("album")?,
        licence: optional("licence")?,
        year: cells.year("year")?,
        url: optional("url")?,
        preview: optional("preview")?,
        duration_secs: cells.needed(Cells::number, "duration_secs")?,
        tempo_bpm: cells.number("tempo_bpm")?,
        key: optional("key")?.map(|key| key.parse()).transpose()?,
        prominence: shares(cells, "")?.context("a prominence is missing")?,
        true_prominence: shares(cells, "true_")?,
    })
}

/// The columns named after the sources: all of them, or none.
fn shares(cells: &Cells<'_>, prefix: &str) -> anyhow::Result<Option<PerSource<f32>>> {
    let mut shares = PerSource([0.0; Source::COUNT]);
    let mut known = 0;
    for source in Source::ALL {
        if let Some(share) = cells.number(&format!("{prefix}{source}"))? {
            shares[source] = share;
            known += 1;
        }
    }
    match known {
        0 => Ok(None),
        Source::COUNT => Ok(Some(shares)),
        _ => bail!(
            "only {known} of its {} {prefix}prominences are there",
            Source::COUNT
        ),
    }
}

/// A row's cells by their columns' names.
struct Cells<'a>(HashMap<&'a str, &'a Field>);

impl<'a> Cells<'a> {
    fn of(row: &'a Row) -> Self {
        let cells = row.get_column_iter();
        Self(cells.map(|(name, field)| (name.as_str(), field)).collect())
    }

    fn get(&self, column: &str) -> &Field {
        self.0.get(column).copied().unwrap_or(&Field::Null)
    }

    fn needed<T>(
        &self,
        get: impl Fn(&Self, &str) -> anyhow::Result<Option<T>>,
        column: &str,
    ) -> anyhow::Result<T> {
        get(self, column)?.with_context(|| format!("its {column} is missing"))
    }

    fn text(&self, column: &str) -> anyhow::Result<Option<String>> {
        match self.get(column) {
            Field::Null => Ok(None),
            Field::Str(text) => Ok(Some(text.clone())),
            other => bail!("its {column} is {other}: expected a text"),
        }
    }

    fn number(&self, column: &str) -> anyhow::Result<Option<f32>> {
        match self.get(column) {
            Field::Null => Ok(None),
            Field::Float(number) => Ok(Some(*number)),
            Field::Double(number) => Ok(Some(*number as f32)),
            other => bail!("its {column} is {other}: expected a floating-point number"),
        }
    }

    fn year(&self, column: &str) -> anyhow::Result<Option<u16>> {
        let number = match self.get(column) {
            Field::Null => return Ok(None),
            Field::Short(number) => i64::from(*number),
            Field::Int(number) => i64::from(*number),
            Field::Long(number) => *number,
            other => bail!("its {column} is {other}: expected a whole number"),
        };
        let year = u16::try_from(number).with_context(|| format!("its {column} is {number}"))?;
        Ok(Some(year))
    }
}
