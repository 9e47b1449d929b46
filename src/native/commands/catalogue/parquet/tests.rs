use std::fs;

use parquet::file::reader::{FileReader, SerializedFileReader};

use super::*;
use crate::source::PerSource;

fn catalogue() -> Catalogue {
    let full = Track {
        id: "a".to_owned(),
        title: "Ä, \"B\"\nC".to_owned(),
        artist: "D".to_owned(),
        album: Some(String::new()),
        licence: Some("CC0-1.0".to_owned()),
        year: Some(1999),
        url: Some("https://example.org/a".to_owned()),
        preview: Some("previews/a.ogg".to_owned()),
        duration_secs: 2.1,
        tempo_bpm: Some(97.5),
        key: Some("Eb major".parse().expect("a key")),
        prominence: PerSource([0.0, 0.1, 0.3, 0.7, 1.0]),
        true_prominence: Some(PerSource([1.0, 0.9, 0.0, 0.2, 0.1])),
    };
    let bare = Track {
        id: "b".to_owned(),
        duration_secs: f32::MAX,
        ..Track::default()
    };
    Catalogue {
        tracks: vec![full, bare],
        ..Catalogue::new("m")
    }
}

/// Reads a Parquet file of these bytes.
fn read_back(bytes: &[u8]) -> anyhow::Result<Option<Catalogue>> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalogue.parquet");
    fs::write(&path, bytes).expect("written");
    read(&path)
}

#[test]
fn what_is_written_is_read_back() {
    let written = table(&catalogue()).expect("a table");
    assert_eq!(read_back(&written).expect("read"), Some(catalogue()));
    let empty = table(&Catalogue::new("m")).expect("a table");
    assert_eq!(read_back(&empty).expect("read"), None);
}

#[test]
fn other_readers_see_the_columns_that_the_documentation_lists() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("catalogue.parquet");
    fs::write(&path, table(&catalogue()).expect("a table")).expect("written");
    let reader = SerializedFileReader::try_from(path.as_path()).expect("a Parquet file");
    let rows: Vec<String> = reader
        .get_row_iter(None)
        .expect("rows")
        .map(|row| row.expect("a row").to_string())
        .collect();
    for cell in [
        "year: 1999",
        "bass: 0.3",
        "true_drums: 0.2",
        "model_id: \"m\"",
    ] {
        assert!(rows[0].contains(cell), "{}", rows[0]);
    }
    for cell in ["year: null", "url: null", "true_guitar: null", "bass: 0E0"] {
        assert!(rows[1].contains(cell), "{}", rows[1]);
    }
    let documentation = include_str!("../../../../../docs/catalogue.md");
    for (name, _) in reader
        .get_row_iter(None)
        .expect("rows")
        .next()
        .expect("a row")
        .expect("a row")
        .get_column_iter()
    {
        assert!(
            documentation.contains(&format!("`{name}`")),
            "{name} is not documented"
        );
    }
}

#[test]
fn what_is_no_catalogue_is_refused() {
    let refusal = |bytes: &[u8]| format!("{:#}", read_back(bytes).expect_err("refused"));
    let whole = table(&catalogue()).expect("a table");
    for length in [0, 3, whole.len() / 2, whole.len() - 1] {
        refusal(&whole[..length]);
    }
    let schema = parse_message_type(
        "message m { OPTIONAL BYTE_ARRAY model_id (STRING); OPTIONAL INT32 id; }",
    );
    let with = |model_id: &str, id: i32| {
        let schema = Arc::new(schema.as_ref().expect("a schema").clone());
        let mut writer =
            SerializedFileWriter::new(Vec::new(), schema, Arc::default()).expect("a writer");
        let mut group = writer.next_row_group().expect("a group");
        let there: &[i16] = &[i16::from(!model_id.is_empty())];
        write_column::<ByteArrayType>(
            &mut group,
            &[bytes(model_id)][..there[0] as usize],
            Some(there),
        )
        .expect("written");
        write_column::<Int32Type>(&mut group, &[id], Some(&[1])).expect("written");
        group.close().expect("closed");
        refusal(&writer.into_inner().expect("a file"))
    };
    assert_eq!(with("", 1), "its model_id is missing");
    assert_eq!(with("m", 1), "row 1: its id is 1: expected a text");
}
