//! The files that the project ships work together, without any option: model, catalogue and demo song.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::AtomicBool,
};

use deepmelody::{
    catalogue::{Catalogue, Query, RankBy, Track, rank},
    native::decode::{Channels, decode_channels},
};
use serde_json::Value;

use crate::support::{Run, residue_db, text};

const DEMO: &str = "public/demo.ogg";
/// Share of the songs with one that can be heard among their ten nearest.
const MIN_SERVED: f64 = 0.6;

/// Runs the binary where it finds the shipped model by itself.
fn run(arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_deepmelody"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    Run::from(output.expect("the binary")).succeeded()
}

fn shipped(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn the_demo_song_gets_recommendations_from_the_shipped_catalogue() {
    let card = fs::read_to_string(shipped("model-weights/deepmelody.json"));
    let card: Value = serde_json::from_str(&card.expect("a model card")).expect("JSON");
    let catalogue = "public/catalogue.json";
    let found = run(&["recommend", DEMO, "--catalogue", catalogue, "--json"]).json();
    assert_eq!(found["model_id"], card["id"]);
    let rows = found["recommendations"].as_array().expect("a list");
    assert!(!rows.is_empty());
    let shares = found["prominence"].as_array().expect("five shares");
    let shares = shares.iter().map(|share| share.as_f64().expect("a share"));
    assert!(shares.sum::<f64>() > 1.0, "a song of five players: {found}");
}

fn catalogue() -> Catalogue {
    let read = |name| fs::read_to_string(shipped(name)).expect("a file of the repository");
    let card: Value = serde_json::from_str(&read("model-weights/deepmelody.json")).expect("JSON");
    let model_id = card["id"].as_str().expect("an id");
    Catalogue::from_json(&read("public/catalogue.json"), model_id).expect("of the shipped model")
}

#[test]
fn every_song_of_the_catalogue_can_be_found_and_its_licence_is_known() {
    for track in catalogue().tracks {
        assert!(track.licence.is_some(), "{}", track.title);
        assert!(
            track.url.is_some() || track.preview.is_some(),
            "{}",
            track.title
        );
    }
}

#[test]
fn previews_are_there_small_and_their_songs_truly_known() {
    let tracks = catalogue().tracks;
    let own: Vec<_> = tracks
        .iter()
        .filter(|track| track.preview.is_some())
        .collect();
    assert!(own.len() >= 60, "{} previews", own.len());
    let mut bytes = 0;
    for track in own {
        let preview = track.preview.as_deref().unwrap_or_default();
        let file = fs::metadata(shipped("public").join(preview)).expect(preview);
        bytes += file.len();
        assert!(track.true_prominence.is_some(), "{}", track.title);
        assert_eq!(track.artist, "DeepMelody");
    }
    assert!(bytes < 4_000_000, "{bytes} bytes of previews");
}

/// Wherever one searches, a song that can be heard is near.
#[test]
fn most_songs_have_one_with_a_preview_among_the_nearest() {
    let catalogue = catalogue();
    let has_one = |track: &&Track| {
        let query = Query::all(track.prominence).ranked_by(RankBy::Amounts);
        let nearest = rank(&catalogue, &query, 11);
        let mut others = nearest.iter().map(|found| &catalogue.tracks[found.index]);
        others.any(|other| other.id != track.id && other.preview.is_some())
    };
    let served = catalogue.tracks.iter().filter(has_one).count();
    let share = served as f64 / catalogue.tracks.len() as f64;
    assert!(share > MIN_SERVED, "{share:.2}");
}

/// Songs that are shipped whole have the ids of their previews' contents.
#[test]
fn rows_of_songs_that_are_shipped_whole_are_rebuilt_from_their_audio() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let out = folder.path().join("rebuilt.json");
    let known = catalogue();
    let whole = ["kite-weather", "letters-home"];
    let files = whole.map(|name| format!("public/previews/{name}.ogg"));
    let places: Vec<&str> = files.iter().map(String::as_str).collect();
    run(&[&["index"], &places[..], &["--out", text(&out)]].concat());
    let rebuilt = fs::read_to_string(&out).expect("a catalogue");
    let rebuilt = Catalogue::from_json(&rebuilt, &known.model_id).expect("of the shipped model");
    assert_eq!(rebuilt.tracks.len(), whole.len());
    for track in &rebuilt.tracks {
        let row = known.tracks.iter().find(|row| row.id == track.id);
        let row = row.unwrap_or_else(|| panic!("{} is not in the catalogue", track.title));
        assert!(
            (row.duration_secs - track.duration_secs).abs() < 1e-3,
            "{}",
            row.title
        );
        for (source, share) in row.prominence.iter() {
            let off = (share - track.prominence[source]).abs();
            assert!(off < 0.01, "{}: {source} is off by {off}", row.title);
        }
    }
}

#[test]
fn the_demo_songs_parts_sum_to_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    run(&["separate", DEMO, "--out", text(folder.path())]);
    let song = decode_channels(&shipped(DEMO), Channels::Kept, &AtomicBool::new(false));
    let residue_db = residue_db(&song.expect("a song").recording, folder.path());
    assert!(residue_db < -60.0, "{residue_db:.1} dB");
}
