//! L7, native: a catalogue as a Parquet file: one row group, uncompressed.

use std::sync::Arc;

use parquet::{
    data_type::{ByteArray, ByteArrayType, DataType, FloatType, Int32Type},
    file::writer::{SerializedFileWriter, SerializedRowGroupWriter},
    schema::parser::parse_message_type,
};

use crate::{
    catalogue::{Catalogue, Track},
    source::Source,
};

/// The columns, in the order in which they are written.
const SCHEMA: &str = "message catalogue {
    REQUIRED BYTE_ARRAY id (STRING);
    REQUIRED BYTE_ARRAY title (STRING);
    REQUIRED BYTE_ARRAY artist (STRING);
    OPTIONAL BYTE_ARRAY album (STRING);
    OPTIONAL BYTE_ARRAY licence (STRING);
    OPTIONAL INT32 year;
    OPTIONAL BYTE_ARRAY url (STRING);
    REQUIRED FLOAT duration_secs;
    REQUIRED FLOAT guitar;
    REQUIRED FLOAT piano;
    REQUIRED FLOAT bass;
    REQUIRED FLOAT drums;
    REQUIRED FLOAT other;
}";

/// The file's bytes.
///
/// # Errors
/// When the writer refuses, which it has no reason to.
pub fn table(catalogue: &Catalogue) -> anyhow::Result<Vec<u8>> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default())?;
    let mut group = writer.next_row_group()?;
    let tracks = catalogue.tracks.as_slice();
    let text = |text: &str| ByteArray::from(text);
    required::<ByteArrayType>(&mut group, tracks, |track| text(&track.id))?;
    required::<ByteArrayType>(&mut group, tracks, |track| text(&track.title))?;
    required::<ByteArrayType>(&mut group, tracks, |track| text(&track.artist))?;
    optional::<ByteArrayType>(&mut group, tracks, |track| track.album.as_deref().map(text))?;
    optional::<ByteArrayType>(&mut group, tracks, |track| {
        track.licence.as_deref().map(text)
    })?;
    optional::<Int32Type>(&mut group, tracks, |track| track.year.map(i32::from))?;
    optional::<ByteArrayType>(&mut group, tracks, |track| track.url.as_deref().map(text))?;
    required::<FloatType>(&mut group, tracks, |track| track.duration_secs)?;
    for source in Source::ALL {
        required::<FloatType>(&mut group, tracks, |track| track.prominence[source])?;
    }
    group.close()?;
    Ok(writer.into_inner()?)
}

fn required<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    tracks: &[Track],
    value: impl Fn(&Track) -> T::T,
) -> anyhow::Result<()> {
    let values: Vec<T::T> = tracks.iter().map(value).collect();
    write_column::<T>(group, &values, None)
}

fn optional<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    tracks: &[Track],
    value: impl Fn(&Track) -> Option<T::T>,
) -> anyhow::Result<()> {
    let cells: Vec<Option<T::T>> = tracks.iter().map(value).collect();
    let is_there: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
    let values: Vec<T::T> = cells.into_iter().flatten().collect();
    write_column::<T>(group, &values, Some(&is_there))
}

/// Writes the schema's next column.
fn write_column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    values: &[T::T],
    definition_levels: Option<&[i16]>,
) -> anyhow::Result<()> {
    if let Some(mut column) = group.next_column()? {
        column
            .typed::<T>()
            .write_batch(values, definition_levels, None)?;
        column.close()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use parquet::file::{reader::FileReader, serialized_reader::SerializedFileReader};

    use super::*;
    use crate::source::PerSource;

    #[test]
    fn what_is_written_is_read_back() {
        let track = |title: &str, year| Track {
            id: title.to_lowercase(),
            title: title.to_owned(),
            year,
            duration_secs: 2.5,
            prominence: PerSource([0.0, 0.25, 0.5, 0.75, 1.0]),
            ..Track::default()
        };
        let catalogue = Catalogue {
            tracks: vec![track("A", Some(1999)), track("B", None)],
            ..Catalogue::new("m")
        };
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(&table(&catalogue).expect("a table"))
            .expect("written");
        let reader = SerializedFileReader::new(file).expect("a Parquet file");
        let rows: Vec<String> = reader
            .get_row_iter(None)
            .expect("rows")
            .map(|row| row.expect("a row").to_string())
            .collect();
        assert_eq!(rows.len(), 2);
        assert!(
            rows[0].contains("title: \"A\"") && rows[0].contains("year: 1999"),
            "{rows:?}"
        );
        assert!(
            rows[1].contains("year: null") && rows[1].contains("bass: 0.5"),
            "{rows:?}"
        );
    }
}
