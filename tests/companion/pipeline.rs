//! The whole road at small scale: songs from the program's own composer and a bank made in memory, a few steps of
//! training, a packaged model, its scores.

use std::fs;

use serde_json::Value;

use crate::support::{Workshop, text};
use crate::test_bank::general_midi;

const SIZES: [&str; 6] = [
    "--seconds",
    "26",
    "--sample-rate",
    "10880",
    "--format",
    "wav",
];

/// Renders `tracks` songs into `folder`.
fn render(workshop: &Workshop, folder: &str, tracks: &str, seed: &str) {
    let bank = workshop.path("bank.sf2");
    let songs = [
        "render",
        "--compose",
        "8",
        "--banks",
        text(&bank),
        "--out",
        folder,
    ];
    let number = ["--tracks", tracks, "--seed", seed];
    workshop
        .run(&[&songs[..], &number, &SIZES].concat())
        .succeeded();
}

/// The log's training losses.
fn losses(workshop: &Workshop, run: &str) -> Vec<f64> {
    let log = fs::read_to_string(workshop.path(run).join("log.csv")).expect("a log");
    let loss = |line: &str| line.split(',').nth(3).and_then(|cell| cell.parse().ok());
    log.lines().filter_map(loss).collect()
}

fn number(value: &Value, path: &str) -> f64 {
    let found = value.pointer(path).and_then(Value::as_f64);
    found.unwrap_or_else(|| panic!("no number at {path} in {value}"))
}

#[test]
fn from_nothing_to_a_scored_network() {
    let workshop = Workshop::new();
    workshop.file("bank.sf2", &general_midi());
    render(&workshop, "train", "3", "1");
    render(&workshop, "check", "2", "2");
    render(&workshop, "unseen", "2", "3");

    let data = ["--songs", "train", "--validation", "check"];
    let size = ["--channels", "3,4,5", "--batch-size", "1"];
    let length = [
        "--steps",
        "24",
        "--steps-per-check",
        "8",
        "--learning-rate",
        "0.01",
    ];
    let train = [&["train", "--out", "run"][..], &data, &size, &length].concat();
    let run = workshop.run(&train).succeeded();
    assert!(run.stderr.contains("3 training songs"), "{}", run.stderr);
    let losses = losses(&workshop, "run");
    assert!(losses[losses.len() - 1] < losses[0], "{losses:?}");

    let detector = ["train", "--out", "detector", "--recipe", "detector"];
    let length = ["--batch-size", "1", "--steps", "2"];
    let train = [&detector[..], &data, &length].concat();
    let refused = workshop.run(&train);
    assert!(refused.stderr.contains("--separator"), "{}", refused.stderr);
    let train = [&train[..], &["--separator", "run"]].concat();
    workshop.run(&train).succeeded();

    let package = [
        "package",
        "run",
        "--detector",
        "detector",
        "--validation",
        "check",
        "train",
        "--test",
        "unseen",
        "--out",
        "made",
    ];
    let printed = workshop.run(&package).succeeded().stdout;
    assert!(
        printed.contains("prominence error") && printed.contains("top-10 overlap"),
        "{printed}"
    );
    let scores = workshop
        .run_plain(&["--model", "made", "evaluate", "unseen", "--json"])
        .succeeded()
        .json();
    let card = fs::read_to_string(workshop.path("made/deepmelody.json")).expect("a card");
    let card: Value = serde_json::from_str(&card).expect("JSON");
    let path = "/mean/prominence_error_points";
    let packaged = number(&card["scores"]["test"], path);
    assert!((number(&scores, path) - packaged).abs() < 0.5, "{scores}");
    assert!(
        number(&scores, "/mean/oracle_si_sdr_db")
            > number(&scores, "/mean/mixture_si_sdr_db") + 3.0
    );
    assert_eq!(scores["songs"], 2);
    let measured = &card["prediction_intervals"]["at_estimates"];
    assert_eq!(measured.as_array().map(Vec::len), Some(5), "{measured}");
    for scores in [&card["scores"]["test"], &scores] {
        let covered = number(scores, "/mean/interval_coverage_percent");
        assert!((0.0..=100.0).contains(&covered), "{scores}");
    }
    assert_eq!(
        card["training"]["config"]["validation"],
        serde_json::json!(["check"])
    );
    a_model_becomes_runs_again(&workshop, number(&scores, "/mean/si_sdr_db"));
}

/// The packaged model's separator scores the same as a run, and others go on from it and from the detector.
fn a_model_becomes_runs_again(workshop: &Workshop, si_sdr_db: f64) {
    let unpack = ["--model", "made", "unpack", "--out", "again"];
    workshop.run_plain(&unpack).succeeded();
    let refused = workshop.run_plain(&unpack);
    assert!(
        refused.stderr.contains("there already"),
        "{}",
        refused.stderr
    );
    let run = "again/separator";
    let evaluate = [
        "evaluate",
        "unseen",
        "--run",
        run,
        "--validation",
        "check",
        "--json",
    ];
    let scores = workshop.run(&evaluate).succeeded().json();
    let of_run = number(&scores, "/mean/si_sdr_db");
    assert!(
        (of_run - si_sdr_db).abs() < 0.01,
        "{of_run} and {si_sdr_db}"
    );
    let taught = ["--teacher", run, "--teacher-share", "0.25"];
    for (run, out, teachers) in [
        (run, "further", &taught[..]),
        ("again/detector", "hears-on", &[]),
    ] {
        let train = ["train", "--from", run, "--out", out, "--steps", "2"];
        let data = [
            "--songs",
            "train",
            "--validation",
            "check",
            "--batch-size",
            "1",
        ];
        let command = [&train[..], &data, teachers].concat();
        workshop.run(&command).succeeded();
        let config = fs::read_to_string(workshop.path(out).join("config.json")).expect("settings");
        let config: Value = serde_json::from_str(&config).expect("JSON");
        assert_eq!(config["batch_norm"], false, "folded weights have none");
        let known = config["teachers"].as_array().map_or(0, Vec::len);
        assert_eq!(known, teachers.len() / 4, "{out}");
        assert_eq!(losses(workshop, out).len(), 1);
    }
    runs_have_a_mean(workshop);
}

/// A run and the one that went on from it become one; other networks do not mix.
fn runs_have_a_mean(workshop: &Workshop) {
    let average = |runs: [&str; 2], out: &str| {
        workshop.run_plain(&["average", runs[0], runs[1], "--out", out])
    };
    let weights =
        |run: &str| fs::read(workshop.path(run).join("model.safetensors")).expect("weights");
    for (run, further) in [
        ("again/separator", "further"),
        ("again/detector", "hears-on"),
    ] {
        let [same, between] = [further, run].map(|other| {
            let out = format!("{further}-and-{}", other.replace('/', "-"));
            average([further, other], &out).succeeded();
            weights(&out)
        });
        let records = format!("{further}-and-{}/averaged.json", run.replace('/', "-"));
        let records = fs::read_to_string(workshop.path(&records)).expect("records");
        let records: Value = serde_json::from_str(&records).expect("JSON");
        let records = records.as_array().expect("a list");
        assert_eq!(records.len(), 2, "each averaged run is recorded");
        assert_eq!(records[0]["config"]["train"][0], "train");
        let known = records[0]["teachers"].as_array().map_or(0, Vec::len);
        assert_eq!(known, usize::from(further == "further"), "and its teachers");
        assert!(same == weights(further), "the mean of one");
        assert!(between != same && between != weights(run), "neither alone");
    }
    let refused = average(["further", "hears-on"], "mixed");
    assert!(
        refused.stderr.contains("another architecture"),
        "{}",
        refused.stderr
    );
    assert!(!workshop.path("mixed").exists());
}

#[test]
fn what_training_cannot_do_is_said() {
    let workshop = Workshop::new();
    workshop.file("silent/Track00001/metadata.yaml", b"stems: {}");
    let data = ["--songs", "silent", "--validation", "silent"];
    let silent = workshop.run(&[&["train", "--out", "run"][..], &data].concat());
    assert_eq!(silent.code, Some(1));
    assert!(silent.stderr.contains("are silent"), "{}", silent.stderr);

    let resume = ["train", "--resume", "--out", "run"];
    let changed = workshop.run(&[&resume[..], &["--learning-rate", "0.1"]].concat());
    assert_eq!(changed.code, Some(2), "{}", changed.stderr);
}

#[test]
fn the_papers_recipe_and_its_grid_run_by_name() {
    let workshop = Workshop::new();
    workshop.file("bank.sf2", &general_midi());
    render(&workshop, "train", "2", "4");
    render(&workshop, "check", "1", "5");
    let data = [
        "--songs",
        "train",
        "--validation",
        "check",
        "--recipe",
        "paper",
    ];
    let size = ["--channels", "2,3", "--epochs", "2", "--batch-size", "2"];
    let grid = [
        "--learning-rates",
        "0.01",
        "--optimizers",
        "adam",
        "--weight-decays",
        "0.01",
    ];
    let approaches = ["--approaches", "multi-task,conditioned"];
    let sweep = [
        &["sweep", "--out", "runs"][..],
        &data,
        &size,
        &grid,
        &approaches,
    ]
    .concat();
    let printed = workshop.run(&sweep).succeeded().stdout;
    assert_eq!(printed.lines().count(), 4, "{printed}");
    assert_eq!(
        workshop.run(&sweep).succeeded().stdout,
        printed,
        "finished runs are kept"
    );
    let run = "runs/conditioned-adam-lr0.01-wd0.01";
    let config = fs::read_to_string(workshop.path(run).join("config.json")).expect("settings");
    assert!(
        config.contains("\"images\"") && config.contains("\"energy-weighted-mse\""),
        "{config}"
    );
    let scores = workshop
        .run(&[
            "evaluate",
            "train",
            "--run",
            run,
            "--validation",
            "check",
            "--json",
        ])
        .succeeded()
        .json();
    assert_eq!(scores["songs"], 2);
    let refused = workshop.run(&[
        "package",
        run,
        "--detector",
        run,
        "--validation",
        "check",
        "--test",
        "train",
        "--out",
        "made",
    ]);
    assert!(
        refused
            .stderr
            .contains("a MultiTask network on tiles is needed"),
        "{}",
        refused.stderr
    );
    assert!(!workshop.path("made").exists());
}
