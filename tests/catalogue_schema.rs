//! The catalogue's JSON Schema and the program agree: what one takes, the other takes, and what one refuses, so does
//! the other. The shipped catalogue is as the schema says.

#![cfg(not(target_arch = "wasm32"))]

use std::{fs, path::Path};

use deepmelody::{
    catalogue::{Catalogue, Split, SplitHead, Track},
    source::PerSource,
};
use jsonschema::Validator;
use serde_json::{Value, json};

fn shipped(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(path).expect("a file of the repository")
}

fn schema() -> Validator {
    schema_in("docs/catalogue.schema.json")
}

fn schema_in(name: &str) -> Validator {
    let schema = serde_json::from_str(&shipped(name)).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

/// A catalogue that has every field.
fn full() -> Value {
    let track = Track {
        id: "a".to_owned(),
        title: "A".to_owned(),
        artist: "B".to_owned(),
        album: Some("C".to_owned()),
        licence: Some("CC0-1.0".to_owned()),
        year: Some(1999),
        url: Some("https://example.org/".to_owned()),
        preview: Some("previews/a.ogg".to_owned()),
        duration_secs: 1.5,
        tempo_bpm: Some(120.5),
        key: Some("A minor".parse().expect("a key")),
        prominence: PerSource([0.0, 0.25, 0.5, 0.75, 1.0]),
        true_prominence: Some(PerSource([0.5; 5])),
    };
    let catalogue = Catalogue {
        tracks: vec![track],
        ..Catalogue::new("m")
    };
    serde_json::from_str(&catalogue.to_json().expect("a catalogue")).expect("JSON")
}

#[test]
fn the_shipped_catalogue_is_as_the_schema_says() {
    let catalogue = serde_json::from_str(&shipped("public/catalogue.json")).expect("JSON");
    let problems: Vec<String> = schema()
        .iter_errors(&catalogue)
        .map(|problem| format!("{}: {problem}", problem.instance_path()))
        .collect();
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn schema_and_program_take_and_refuse_the_same() {
    let schema = schema();
    let check = |value: &Value, is_fine: bool, what: &str| {
        assert_eq!(schema.is_valid(value), is_fine, "schema: {what}");
        let read = Catalogue::from_json_of_any_model(&value.to_string());
        assert_eq!(read.is_ok(), is_fine, "program: {what}: {read:?}");
    };
    check(&full(), true, "every field");
    for field in [
        "album",
        "licence",
        "year",
        "url",
        "preview",
        "tempo_bpm",
        "key",
        "true_prominence",
    ] {
        let mut value = full();
        value["tracks"][0][field] = Value::Null;
        check(&value, true, field);
        value["tracks"][0]
            .as_object_mut()
            .expect("a track")
            .remove(field);
        check(&value, true, field);
    }
    for field in ["id", "title", "artist", "duration_secs", "prominence"] {
        let mut value = full();
        value["tracks"][0]
            .as_object_mut()
            .expect("a track")
            .remove(field);
        check(&value, false, field);
    }
    for field in ["format", "version", "model_id", "sources", "tracks"] {
        let mut value = full();
        value.as_object_mut().expect("a catalogue").remove(field);
        check(&value, false, field);
    }
    for (field, wrong) in [
        ("tempo_bpm", json!(0)),
        ("tempo_bpm", json!("fast")),
        ("key", json!("H major")),
        ("key", json!(5)),
        ("title", json!(3)),
        ("year", json!(-1)),
        ("year", json!("1999")),
        ("url", json!("ftp://example.org")),
        ("preview", json!("/a.ogg")),
        ("preview", json!("a/../../b.ogg")),
        ("preview", json!("https://example.org/a.ogg")),
        ("preview", json!("")),
        ("duration_secs", json!(0)),
        ("prominence", json!([0, 0, 0, 0])),
        ("prominence", json!([0, 0, 0, 0, 1.5])),
        ("true_prominence", json!([0, -0.5, 0, 0, 0])),
    ] {
        let mut value = full();
        value["tracks"][0][field] = wrong;
        check(&value, false, field);
    }
    let mut value = full();
    value["tracks"][0]["mood"] = json!("happy");
    check(&value, true, "a field of the future");
}

#[test]
fn heads_of_split_catalogues_too() {
    let schema = schema_in("docs/split.schema.json");
    let catalogue = Catalogue::from_json_of_any_model(&full().to_string()).expect("a catalogue");
    let split = Split::new(&catalogue, 500).expect("a sound catalogue");
    let head = serde_json::to_value(&split.head).expect("JSON");
    let check = |value: &Value, is_fine: bool, what: &str| {
        assert_eq!(schema.is_valid(value), is_fine, "schema: {what}");
        let read = SplitHead::from_json(&value.to_string(), "m");
        assert_eq!(read.is_ok(), is_fine, "program: {what}: {read:?}");
    };
    check(&head, true, "a head");
    for field in head.as_object().expect("a head").keys() {
        let mut value = head.clone();
        value.as_object_mut().expect("a head").remove(field);
        check(&value, false, field);
    }
    for (field, wrong) in [
        ("version", json!(2)),
        ("songs", json!(-1)),
        ("shard_songs", json!(0)),
        ("folder", json!("a/../b")),
        (
            "sources",
            json!(["piano", "guitar", "bass", "drums", "other"]),
        ),
    ] {
        let mut value = head.clone();
        value[field] = wrong;
        check(&value, false, field);
    }
}
