//! The files that the project ships work together, without any option: model, catalogue and demo song.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::AtomicBool,
};

use deepmelody::native::decode::{Channels, decode_channels};
use serde_json::Value;

use crate::support::{Run, residue_db, text};

const DEMO: &str = "public/demo.ogg";

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

#[test]
fn the_demo_songs_parts_sum_to_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    run(&["separate", DEMO, "--out", text(folder.path())]);
    let song = decode_channels(&shipped(DEMO), Channels::Kept, &AtomicBool::new(false));
    let residue_db = residue_db(&song.expect("a song").recording, folder.path());
    assert!(residue_db < -60.0, "{residue_db:.1} dB");
}
