//! `index` and `recommend`: from folders of music to a catalogue and back.

use std::fs;

use crate::support::{Workshop, shipped};

/// A folder of three songs and some that can't be used, indexed.
fn indexed() -> Workshop {
    let workshop = Workshop::new();
    for (seed, name) in [
        "music/01_first_song.wav",
        "music/deep/down/second.wav",
        "music/third.WAV",
    ]
    .into_iter()
    .enumerate()
    {
        workshop.song(name, 5.0, seed);
    }
    fs::copy(
        workshop.path("music/third.WAV"),
        workshop.path("music/zz copy.wav"),
    )
    .expect("a copy");
    fs::copy(shipped("stereo.mp3"), workshop.path("music/chord.mp3")).expect("a copy");
    workshop.file("music/broken.ogg", b"not music");
    workshop.file("music/cover.jpg", b"a picture");
    let run = workshop.run(&["index", "music", "--out", "catalogue.json"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(
        run.stderr
            .contains("left out: music/broken.ogg is not an audio file"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("same contents"), "{}", run.stderr);
    assert!(
        run.stderr.contains("songs indexed: 4 (0 known before"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr.contains("duplicates: 1, files left out: 1"),
        "{}",
        run.stderr
    );
    workshop
}

#[test]
fn index_names_songs_by_their_tags_or_files() {
    let workshop = indexed();
    let json = fs::read_to_string(workshop.path("catalogue.json")).expect("a catalogue");
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json["model_id"], "test");
    let named: Vec<_> = json["tracks"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|track| [&track["title"], &track["artist"]].map(|text| text.as_str().expect("text")))
        .collect();
    let unknown = "Unknown artist";
    let first = ["First song", unknown];
    let rest = [
        ["A chord", "DeepMelody"],
        ["Second", unknown],
        ["Third", unknown],
    ];
    assert_eq!(named, [&[first][..], &rest].concat());
}

#[test]
fn index_then_recommend_finds_each_song_itself_first() {
    let workshop = indexed();
    for (song, title) in [
        ("music/01_first_song.wav", "First song"),
        ("music/deep/down/second.wav", "Second"),
    ] {
        let base = ["recommend", song, "--catalogue", "catalogue.json"];
        let json = workshop
            .run(&[&base[..], &["--json"]].concat())
            .succeeded()
            .json();
        assert_eq!(json["format"], "deepmelody-recommendations");
        let rows = json["recommendations"].as_array().expect("a list");
        assert_eq!(rows.len(), 4);
        assert_eq!(rows[0]["track"]["title"], title);
        assert!(rows[0]["score"].as_f64().expect("a score") > 0.9999);
        let scores: Vec<_> = rows
            .iter()
            .map(|row| row["score"].as_f64().expect("a score"))
            .collect();
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
        let ranks: Vec<_> = rows
            .iter()
            .map(|row| row["rank"].as_u64().expect("a rank"))
            .collect();
        assert_eq!(ranks, [1, 2, 3, 4]);

        let run = workshop.run(
            &[
                &base[..],
                &["--sources", "guitar,drums", "--top", "2", "--json"],
            ]
            .concat(),
        );
        let json = run.succeeded().json();
        assert_eq!(json["chosen"], serde_json::json!(["guitar", "drums"]));
        assert_eq!(json["recommendations"].as_array().expect("a list").len(), 2);

        let table = workshop.run(&base).succeeded().stdout;
        assert_eq!(table.lines().count(), 2 + 4, "{table}");
        assert!(
            table.lines().nth(2).expect("a row").contains(title),
            "{table}"
        );
    }
}

#[test]
fn recommend_refuses_catalogues_that_do_not_fit() {
    let workshop = indexed();
    let json = fs::read_to_string(workshop.path("catalogue.json")).expect("a catalogue");
    workshop.file(
        "other.json",
        json.replace("\"test\"", "\"another\"").as_bytes(),
    );
    workshop.file("damaged.json", &json.as_bytes()[..json.len() / 2]);
    for (catalogue, expected) in [
        ("other.json", "another"),
        ("damaged.json", "damaged.json cannot be used"),
        ("none.json", "none.json cannot be read"),
    ] {
        let run = workshop.run(&["recommend", "music/third.WAV", "--catalogue", catalogue]);
        assert_eq!(run.code, Some(1), "{catalogue}");
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    }
}

#[test]
fn index_of_nothing_usable_leaves_the_old_catalogue() {
    let workshop = Workshop::new();
    workshop.file("music/broken.ogg", b"not music");
    let old = b"{\"format\": \"deepmelody-catalogue\", \"version\": 1, \"model_id\": \"older\"}";
    workshop.file("catalogue.json", old);
    let run = workshop.run(&["index", "music", "--out", "catalogue.json"]);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    let run = workshop.run(&["index", "model", "--out", "catalogue.json"]);
    assert!(
        run.stderr.contains("no audio files found"),
        "{}",
        run.stderr
    );
    assert_eq!(
        fs::read(workshop.path("catalogue.json")).expect("a file"),
        old
    );
    assert_eq!(
        workshop.names("."),
        [
            "catalogue.json",
            "catalogue.json.report.txt",
            "model",
            "music"
        ]
    );
}
