//! `catalogue check|merge|export|split|stats|diff` and `evaluate-catalogue`, on catalogues that `index` made.

use std::fs;

use deepmelody::catalogue::{Catalogue, SplitCatalogue, SplitHead, Track};
use serde_json::json;

use crate::support::{Workshop, text};

#[test]
fn catalogues_are_checked_merged_exported_summed_up_and_compared() {
    let workshop = Workshop::new();
    for (seed, name) in ["one/a", "one/b", "two/b", "two/c"].into_iter().enumerate() {
        let seed = [0, 1, 1, 2][seed];
        workshop.song(&format!("{name}.wav"), 2.0, seed);
    }
    for folder in ["one", "two"] {
        let out = format!("{folder}.json");
        workshop.run(&["index", folder, "--out", &out]).succeeded();
    }
    let catalogue = |arguments: &[&str]| workshop.run_plain(&[&["catalogue"], arguments].concat());
    let run = catalogue(&["merge", "one.json", "two.json", "--out", "all.json"]).succeeded();
    assert_eq!(run.stdout, "songs: 3, duplicates left out: 1\n");
    let run = catalogue(&["check", "all.json", "--model-id", "test"]).succeeded();
    assert_eq!(run.stdout, "all.json is fine: 3 songs of the model test\n");
    let stats = catalogue(&["stats", "all.json", "--json"])
        .succeeded()
        .json();
    assert_eq!(stats["track_count"], 3);
    assert_eq!(stats["licences"], json!({"unknown": 3}));
    assert!(
        catalogue(&["stats", "all.json"])
            .succeeded()
            .stdout
            .contains("guitar")
    );
    let diff = catalogue(&["diff", "one.json", "all.json", "--json"])
        .succeeded()
        .json();
    assert_eq!(diff["added"].as_array().map(Vec::len), Some(1));
    assert_eq!(diff["removed"], json!([]));
    let run = catalogue(&["diff", "all.json", "one.json"]).succeeded();
    assert_eq!(
        run.stdout,
        "- C (Unknown artist)\nadded: 0, removed: 1, changed: 0\n"
    );
    catalogue(&["export", "all.json", "--out", "all.csv"]).succeeded();
    let table = fs::read_to_string(workshop.path("all.csv")).expect("a table");
    assert_eq!(table.lines().count(), 4);
    let run = catalogue(&["export", "all.json", "--out", "all.xls"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("neither .csv nor .parquet"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_catalogue_is_split_into_files_that_hold_it_whole() {
    let workshop = Workshop::new();
    for (seed, name) in ["a", "b", "c"].into_iter().enumerate() {
        workshop.song(&format!("songs/{name}.wav"), 2.0, seed);
    }
    workshop
        .run(&["index", "songs", "--out", "all.json"])
        .succeeded();
    let split = |out: &str| {
        let arguments = [
            "catalogue",
            "split",
            "all.json",
            "--shard-songs",
            "2",
            "--out",
            out,
        ];
        workshop.run_plain(&arguments)
    };
    let run = split("site").succeeded();
    assert!(run.stdout.contains("3 songs in 2 shards"), "{}", run.stdout);
    let read = |name: &str| fs::read(workshop.path(&format!("site/{name}"))).expect("a file");
    let head = String::from_utf8(read("catalogue.json")).expect("text");
    let head = SplitHead::from_json(&head, "test").expect("a head");
    let shards = (0..2).flat_map(|shard| {
        let text = String::from_utf8(read(&head.shard_path(shard))).expect("text");
        head.read_shard(shard, &text).expect("a shard").tracks
    });
    let whole = fs::read_to_string(workshop.path("all.json")).expect("the catalogue");
    let mut whole = Catalogue::from_json(&whole, "test")
        .expect("a catalogue")
        .tracks;
    let mut shards: Vec<Track> = shards.collect();
    whole.sort_by(|a, b| a.id.cmp(&b.id));
    shards.sort_by(|a, b| a.id.cmp(&b.id));
    assert_eq!(shards, whole);
    SplitCatalogue::new(head.clone(), &read(&head.vectors_path())).expect("vectors");

    fs::rename(workshop.path("all.json"), workshop.path("catalogue.json")).expect("renamed");
    let run = workshop.run_plain(&["catalogue", "split", "catalogue.json", "--out", "."]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("would replace"), "{}", run.stderr);
}

#[test]
fn check_tells_every_problem() {
    let workshop = Workshop::new();
    workshop.song("music/a.wav", 2.0, 0);
    workshop.song("music/b.wav", 2.0, 1);
    workshop
        .run(&["index", "music", "--out", "catalogue.json"])
        .succeeded();
    let json = fs::read_to_string(workshop.path("catalogue.json")).expect("a catalogue");
    let mut value: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    value["tracks"][0]["duration_secs"] = json!(-1);
    value["tracks"][1]["url"] = json!("ftp://example.org");
    let path = workshop.file("broken.json", value.to_string().as_bytes());
    let run = workshop.run_plain(&["catalogue", "check", text(&path), "--json"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.json()["problems"].as_array().map(Vec::len), Some(2));
    let other = [
        "catalogue",
        "check",
        "catalogue.json",
        "--model-id",
        "newer",
    ];
    let run = workshop.run_plain(&other);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("\"newer\""), "{}", run.stderr);
}

#[test]
fn a_catalogue_is_evaluated_by_every_measure() {
    let workshop = Workshop::new();
    let track = |number: usize| {
        let share = |step: usize| ((number * step) % 17) as f64 / 16.0;
        let prominence = [share(1), share(3), share(5), share(7), share(11)];
        json!({"id": number.to_string(), "title": "A", "artist": "B", "duration_secs": 60,
            "prominence": prominence, "true_prominence": prominence})
    };
    let catalogue = json!({"format": "deepmelody-catalogue", "version": 1, "model_id": "test",
        "sources": ["guitar", "piano", "bass", "drums", "other"],
        "tracks": (1..40).map(track).collect::<Vec<_>>()});
    workshop.file("catalogue.json", catalogue.to_string().as_bytes());
    let evaluate = ["evaluate-catalogue", "catalogue.json"];
    let json = workshop
        .run_plain(&[&evaluate[..], &["--json"]].concat())
        .succeeded()
        .json();
    let orders = json["orders"].as_array().expect("a list");
    assert_eq!(orders.len(), 3);
    assert_eq!(orders[0]["true_cosine"]["ndcg10"]["mean"], 1.0);
    assert_eq!(orders[2]["true_distance"]["top10_overlap"]["low"], 1.0);
    let rows = json["measures"].as_array().expect("a list");
    assert_eq!(rows.len(), 4);
    for row in rows {
        assert_eq!(row["truth"]["songs"], 39);
        assert!(row["never"].as_f64().expect("a share") < 1.0);
    }
    // Heard as they truly are, songs have their true order.
    assert_eq!(rows[2]["measure"], "euclidean");
    let agreement = rows[2]["truth"]["same_measure"]
        .as_f64()
        .expect("a correlation");
    assert!(agreement > 0.999, "{agreement}");
    let table = workshop.run_plain(&evaluate).succeeded().stdout;
    for measure in [
        "cosine",
        "centred cosine",
        "Euclidean",
        "Mahalanobis",
        "equals by distance",
    ] {
        assert!(table.contains(measure), "{table}");
    }
}

/// The catalogue `a.json` of two songs.
fn small_catalogue(workshop: &Workshop) {
    workshop.song("music/a.wav", 2.0, 0);
    workshop.song("music/b.wav", 2.0, 1);
    workshop
        .run(&["index", "music", "--out", "a.json"])
        .succeeded();
}

#[test]
fn parquet_says_all_that_json_says() {
    let workshop = Workshop::new();
    small_catalogue(&workshop);
    let catalogue = |arguments: &[&str]| workshop.run_plain(&[&["catalogue"], arguments].concat());
    catalogue(&["export", "a.json", "--out", "a.parquet"]).succeeded();
    let run = catalogue(&["check", "a.parquet", "--model-id", "test"]).succeeded();
    assert_eq!(run.stdout, "a.parquet is fine: 2 songs of the model test\n");
    let run = catalogue(&["check", "a.parquet", "--model-id", "newer"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("\"newer\""), "{}", run.stderr);
    let run = catalogue(&["merge", "a.parquet", "a.json", "--out", "b.json"]).succeeded();
    assert_eq!(run.stdout, "songs: 2, duplicates left out: 2\n");
    let bytes = |name: &str| fs::read(workshop.path(name)).expect("a file");
    assert_eq!(bytes("a.json"), bytes("b.json"));
    workshop.file("broken.parquet", &bytes("a.parquet")[..200]);
    let run = catalogue(&["stats", "broken.parquet"]);
    assert_eq!(run.code, Some(1));
    assert!(
        run.stderr.contains("broken.parquet cannot be used"),
        "{}",
        run.stderr
    );
}

#[test]
fn sorted_the_same_songs_make_the_same_file() {
    let workshop = Workshop::new();
    small_catalogue(&workshop);
    for name in ["a", "b"] {
        let (song, out) = (format!("music/{name}.wav"), format!("only-{name}.json"));
        workshop.run(&["index", &song, "--out", &out]).succeeded();
    }
    let sorted = |files: &[&str]| {
        let command = [
            &["catalogue", "merge", "--sort", "--out", "sorted.json"],
            files,
        ]
        .concat();
        workshop.run_plain(&command).succeeded();
        fs::read_to_string(workshop.path("sorted.json")).expect("a catalogue")
    };
    let expected = sorted(&["a.json"]);
    assert_eq!(sorted(&["only-a.json", "only-b.json"]), expected);
    assert_eq!(sorted(&["only-b.json", "only-a.json"]), expected);
}
