//! The companion's answers, to compare the page's with.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::page::ShownResult;

/// One percentage point.
const TOLERANCE: f64 = 0.01;

/// Checks that the companion says the same of the song as the page: the prominences, and what is most similar.
pub fn agrees(song: &Path, outcome: &ShownResult) {
    let (expected, _) = prominence(song);
    println!("page {:.3?}, companion {expected:.3?}", outcome.prominence);
    assert_eq!(outcome.prominence.len(), expected.len());
    for (found, expected) in outcome.prominence.iter().zip(&expected) {
        assert!(
            (found - expected).abs() <= TOLERANCE,
            "{found} on the page, {expected} from the companion"
        );
    }
    assert_eq!(
        outcome.recommended.first(),
        Some(&first_recommendation(song, &[]))
    );
}

/// The five prominences of a file, and how long it took.
pub fn prominence(song: &Path) -> (Vec<f64>, Duration) {
    let started = Instant::now();
    let report = run(&["analyse", &song.display().to_string(), "--json"]);
    let shares = report["prominence"].as_array().expect("five prominences");
    let shares = shares
        .iter()
        .map(|share| share.as_f64().expect("a number"))
        .collect();
    (shares, started.elapsed())
}

/// The id of the catalogue's song that is most similar to the file, by these sources (by all, if none is named).
pub fn first_recommendation(song: &Path, sources: &[&str]) -> String {
    const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/dist/catalogue.json");
    let (song, sources) = (song.display().to_string(), sources.join(","));
    let mut arguments = vec!["recommend", &song, "--catalogue", CATALOGUE, "--json"];
    if !sources.is_empty() {
        arguments.extend(["--sources", &sources]);
    }
    let report = run(&arguments);
    let id = report["recommendations"][0]["track"]["id"].as_str();
    id.expect("a recommendation").to_owned()
}

fn run(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_deepmelody"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .arg("--quiet")
        .args(arguments)
        .output()
        .expect("the companion starts");
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("the companion prints JSON")
}
