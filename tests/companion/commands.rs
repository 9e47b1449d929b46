//! What `separate` and `analyse` write and print, and what is left of interrupted work.

use std::fs;

use deepmelody::source::Source;

use crate::support::{Shape, Workshop, read, residue_db, text};

#[test]
fn separate_writes_five_parts_that_sum_to_the_song() {
    let workshop = Workshop::new();
    let song = workshop.song("song.wav", 40.0, 1);
    let run = workshop
        .run(&["separate", text(&song), "--out", "new/stems"])
        .succeeded();
    assert_eq!(run.stdout.lines().count(), Source::COUNT);
    assert_eq!(
        workshop.names("new/stems"),
        [
            "bass.wav",
            "drums.wav",
            "guitar.wav",
            "other.wav",
            "piano.wav"
        ]
    );
    let residue_db = residue_db(&read(&song), &workshop.path("new/stems"));
    assert!(residue_db < -60.0, "{residue_db:.1} dB");
}

#[test]
fn separate_keeps_rate_channels_and_length() {
    let workshop = Workshop::new();
    for (channels, sample_rate, bits) in [
        (1, 44_100, "16"),
        (2, 44_100, "24"),
        (1, 48_000, "float"),
        (2, 48_000, "float"),
    ] {
        let shape = Shape {
            channels,
            sample_rate,
            duration_secs: 2.000_1,
        };
        let song = workshop.wav("song.wav", shape, |n| {
            0.3 * (n as f64 * 0.05).sin() + 0.2 * (n as f64 * 1.3).sin()
        });
        let separate = ["separate", text(&song), "--out", "stems", "--force"];
        let arguments = [&separate[..], &["--bits", bits]].concat();
        workshop.run(&arguments).succeeded();
        let residue_db = residue_db(&read(&song), &workshop.path("stems"));
        assert!(
            residue_db < -60.0,
            "{channels} channels, {sample_rate} Hz: {residue_db:.1} dB"
        );
    }
}

#[test]
fn separate_replaces_whole_files_only() {
    let workshop = Workshop::new();
    let song = workshop.song("song.wav", 2.0, 1);
    workshop.file("stems/bass.wav", b"old");
    workshop.file("stems/notes.txt", b"kept");
    fs::create_dir_all(workshop.path("stems/piano.wav")).expect("a folder in the way");
    let run = workshop.run(&["separate", text(&song), "--out", "stems"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("is a folder"), "{}", run.stderr);
    assert_eq!(
        workshop.names("stems"),
        ["bass.wav", "notes.txt", "piano.wav"]
    );
    assert_eq!(
        fs::read(workshop.path("stems/bass.wav")).expect("a file"),
        b"old"
    );
    fs::remove_dir(workshop.path("stems/piano.wav")).expect("removed");
    workshop
        .run(&["separate", text(&song), "--out", "stems", "--force"])
        .succeeded();
    assert_eq!(workshop.names("stems").len(), 6);
    assert!(
        fs::read(workshop.path("stems/bass.wav"))
            .expect("a file")
            .len()
            > 40_000
    );
}

#[test]
fn analyse_prints_the_documented_json() {
    let workshop = Workshop::new();
    let song = workshop.song("song.wav", 3.0, 2);
    let json = workshop
        .run(&["analyse", text(&song), "--json"])
        .succeeded()
        .json();
    assert_eq!(json["format"], "deepmelody-analysis");
    assert_eq!(json["version"], 1);
    assert_eq!(json["file"], text(&song));
    assert_eq!(json["model_id"], "test");
    assert_eq!(
        json["sources"],
        serde_json::json!(["guitar", "piano", "bass", "drums", "other"])
    );
    assert!((json["duration_secs"].as_f64().expect("a number") - 3.0).abs() < 1e-3);
    let shares = json["prominence"].as_array().expect("a list");
    assert_eq!(shares.len(), Source::COUNT);
    assert!(
        shares
            .iter()
            .all(|share| (0.0..=1.0).contains(&share.as_f64().expect("a share")))
    );
    let intervals = json["prominence_intervals"].as_array().expect("a list");
    assert_eq!(
        *intervals,
        vec![serde_json::json!([0.0, 1.0]); Source::COUNT]
    );
    let parts = json["parts"].as_array().expect("a list");
    assert_eq!(parts.len(), Source::COUNT);
    for part in parts {
        for range in part["ranges_secs"].as_array().expect("a list") {
            let [from, to] = [&range[0], &range[1]].map(|secs| secs.as_f64().expect("seconds"));
            assert!(0.0 <= from && from < to && to <= 3.01, "{range}");
        }
        let levels = part["levels"].as_array().expect("a list");
        assert!(
            levels
                .iter()
                .all(|level| (0.0..=1.0).contains(&level.as_f64().expect("a level")))
        );
    }
}

#[test]
fn analyse_draws_for_people() {
    let workshop = Workshop::new();
    let song = workshop.song("song.wav", 65.0, 2);
    let run = workshop.run(&["analyse", text(&song)]).succeeded();
    assert!(
        run.stdout.lines().next().expect("a line").ends_with("1:05"),
        "{}",
        run.stdout
    );
    for source in Source::ALL {
        assert!(run.stdout.contains(source.name()), "{}", run.stdout);
    }
    let unsure = run.stdout.matches("unsure: 0–100 %").count();
    assert_eq!(unsure, Source::COUNT, "{}", run.stdout);
    assert!(
        run.stderr.is_empty(),
        "no bar without a terminal: {}",
        run.stderr
    );
}

#[test]
fn any_number_of_channels_can_be_analysed_and_damage_is_told_unless_quiet() {
    let workshop = Workshop::new();
    for channels in [1, 8] {
        let shape = Shape {
            channels,
            sample_rate: 16_000,
            duration_secs: 1.5,
        };
        let path = workshop.wav("song.wav", shape, |n| 0.4 * (n as f64 * 0.2).sin());
        workshop.run(&["analyse", text(&path)]).succeeded();
    }
    let whole = workshop.song("whole.wav", 4.0, 3);
    let bytes = fs::read(whole).expect("a file");
    let cut = workshop.file("cut.wav", &bytes[..bytes.len() / 2]);
    let run = workshop.run(&["analyse", text(&cut)]).succeeded();
    assert!(
        run.stderr
            .contains("cut.wav is cut off: 2.0 of 4.0 seconds"),
        "{}",
        run.stderr
    );
    assert!(
        workshop
            .run(&["analyse", text(&cut), "--quiet"])
            .succeeded()
            .stderr
            .is_empty()
    );
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_the_work_and_leaves_nothing() {
    use std::{process::Command, thread::sleep, time::Duration};

    let workshop = Workshop::new();
    let shape = Shape {
        channels: 1,
        sample_rate: 2_000,
        duration_secs: 3_500.0,
    };
    let song = workshop.wav("music/song.wav", shape, |n| 0.4 * (n as f64 * 0.2).sin());
    for arguments in [
        &["separate", text(&song), "--out", "stems"],
        &["index", "music", "--out", "catalogue.json"],
    ] {
        let before = workshop.names(".");
        let arguments = [&["--model", "model"], &arguments[..]].concat();
        let mut child = workshop.command(&arguments).spawn().expect("the binary");
        sleep(Duration::from_millis(400));
        let kill = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(kill.expect("kill").success(), "the work was over too soon");
        assert_eq!(child.wait().expect("an end").code(), Some(1));
        assert_eq!(workshop.names("."), before);
    }
}
