//! a catalogue as a Parquet file, with all that the JSON says. Written in one row group, uncompressed, so that
//! any reader can read it; read also where others wrote it.

mod read;

use std::sync::Arc;

use parquet::{
    data_type::{ByteArray, ByteArrayType, DataType, FloatType, Int32Type},
    file::writer::{SerializedFileWriter, SerializedRowGroupWriter},
    schema::parser::parse_message_type,
};

pub use read::read;

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
    OPTIONAL BYTE_ARRAY preview (STRING);
    REQUIRED FLOAT duration_secs;
    REQUIRED FLOAT guitar;
    REQUIRED FLOAT piano;
    REQUIRED FLOAT bass;
    REQUIRED FLOAT drums;
    REQUIRED FLOAT other;
    OPTIONAL FLOAT true_guitar;
    OPTIONAL FLOAT true_piano;
    OPTIONAL FLOAT true_bass;
    OPTIONAL FLOAT true_drums;
    OPTIONAL FLOAT true_other;
    REQUIRED BYTE_ARRAY model_id (STRING);
    OPTIONAL FLOAT tempo_bpm;
    OPTIONAL BYTE_ARRAY key (STRING);
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
    texts(&mut group, tracks)?;
    required::<FloatType>(&mut group, tracks, |track| track.duration_secs)?;
    for source in Source::ALL {
        required::<FloatType>(&mut group, tracks, |track| track.prominence[source])?;
    }
    for source in Source::ALL {
        optional::<FloatType>(&mut group, tracks, |track| {
            track.true_prominence.map(|shares| shares[source])
        })?;
    }
    required::<ByteArrayType>(&mut group, tracks, |_| bytes(&catalogue.model_id))?;
    optional::<FloatType>(&mut group, tracks, |track| track.tempo_bpm)?;
    optional::<ByteArrayType>(&mut group, tracks, |track| {
        track.key.map(|key| bytes(&key.to_string()))
    })?;
    group.close()?;
    Ok(writer.into_inner()?)
}

/// The columns before the duration.
fn texts(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    tracks: &[Track],
) -> anyhow::Result<()> {
    let text = |text: &Option<String>| text.as_deref().map(bytes);
    required::<ByteArrayType>(group, tracks, |track| bytes(&track.id))?;
    required::<ByteArrayType>(group, tracks, |track| bytes(&track.title))?;
    required::<ByteArrayType>(group, tracks, |track| bytes(&track.artist))?;
    optional::<ByteArrayType>(group, tracks, |track| text(&track.album))?;
    optional::<ByteArrayType>(group, tracks, |track| text(&track.licence))?;
    optional::<Int32Type>(group, tracks, |track| track.year.map(i32::from))?;
    optional::<ByteArrayType>(group, tracks, |track| text(&track.url))?;
    optional::<ByteArrayType>(group, tracks, |track| text(&track.preview))
}

fn bytes(text: &str) -> ByteArray {
    ByteArray::from(text)
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
mod tests;
