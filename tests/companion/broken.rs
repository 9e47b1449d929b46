//! Inputs that can't be used: each has its message and exit code 1, and leaves nothing behind.

use std::{fs, path::Path};

use crate::support::{Shape, Workshop, shipped, text};

/// `separate` must fail on `song` with a message that has `expected` in it, and make nothing.
fn must_fail(workshop: &Workshop, song: &Path, expected: &str) {
    let before = workshop.names(".");
    let run = workshop.run(&["separate", text(song), "--out", "stems/of/song"]);
    assert_eq!(run.code, Some(1), "{}: {}", song.display(), run.stderr);
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    assert!(
        run.stderr.contains(expected),
        "{}: {}",
        song.display(),
        run.stderr
    );
    assert!(run.stdout.is_empty(), "{}", run.stdout);
    assert_eq!(workshop.names("."), before);
}

#[test]
fn what_is_no_song_is_named() {
    let workshop = Workshop::new();
    must_fail(
        &workshop,
        &workshop.path("missing.mp3"),
        "missing.mp3 cannot be read",
    );
    must_fail(&workshop, &workshop.path("model"), "is a folder");
    must_fail(&workshop, &workshop.file("empty.wav", b""), "is empty");
    must_fail(
        &workshop,
        &workshop.file("text.mp3", b"Dear diary,\n"),
        "is not an audio file",
    );
    must_fail(
        &workshop,
        &workshop.file("zeros.wav", &[0; 5000]),
        "is not an audio file",
    );
}

#[test]
fn damage_is_named() {
    let workshop = Workshop::new();
    for name in ["stereo.flac", "stereo.ogg", "stereo.m4a", "mono.mp3"] {
        let bytes = fs::read(shipped(name)).expect("a file");
        must_fail(
            &workshop,
            &workshop.file(name, &bytes[..300]),
            "is damaged or cut off",
        );
    }
    // This one made a decoder panic.
    must_fail(
        &workshop,
        &shipped("broken-codebook.ogg"),
        "is damaged or cut off",
    );
}

#[test]
fn songs_of_the_wrong_length_or_of_silence_are_named() {
    let workshop = Workshop::new();
    let shape = |sample_rate, duration_secs| Shape {
        channels: 1,
        sample_rate,
        duration_secs,
    };
    let tone = |n: usize| 0.5 * (n as f64 * 0.3).sin();
    let short = workshop.wav("short.wav", shape(44_100, 0.2), tone);
    must_fail(&workshop, &short, "short.wav cannot be analysed");
    let silent = workshop.wav("silent.wav", shape(44_100, 3.0), |_| 0.0);
    must_fail(&workshop, &silent, "silent.wav cannot be analysed");
    let long = workshop.wav("long.wav", shape(1_000, 3_601.0), tone);
    must_fail(&workshop, &long, "is longer than 60 minutes");
    let nothing = workshop.wav("nothing.wav", shape(44_100, 0.0), tone);
    must_fail(&workshop, &nothing, "nothing.wav");
}

#[test]
fn a_missing_or_damaged_model_is_named() {
    let workshop = Workshop::new();
    let song = workshop.song("song.wav", 2.0, 0);
    let fails = |arguments: &[&str], expected: &str| {
        let run = workshop.run_plain(&[&["analyse", text(&song)], arguments].concat());
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
    };
    fails(&["--model", "nowhere"], "no model in nowhere");
    let weights = workshop.path("model/deepmelody.safetensors");
    let mut bytes = fs::read(&weights).expect("weights");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&weights, bytes).expect("weights");
    fails(&["--model", "model"], "the weights are damaged");
    fs::remove_file(&weights).expect("gone");
    fails(
        &["--model", "model"],
        "deepmelody.safetensors cannot be read",
    );
    workshop.file("model/deepmelody.json", b"{");
    fails(&["--model", "model"], "deepmelody.json cannot be used");
}

#[test]
fn wrong_usage_has_an_exit_code_of_its_own() {
    let workshop = Workshop::new();
    for arguments in [
        &[][..],
        &["dance"],
        &["separate", "song.wav"],
        &[
            "recommend",
            "song.wav",
            "--catalogue",
            "c.json",
            "--sources",
            "violin",
        ],
        &[
            "recommend",
            "song.wav",
            "--catalogue",
            "c.json",
            "--top",
            "0",
        ],
        &["index", "--out", "c.json"],
    ] {
        assert_eq!(workshop.run_plain(arguments).code, Some(2), "{arguments:?}");
    }
    let help = workshop.run_plain(&["--help"]).succeeded();
    for command in ["separate", "analyse", "recommend", "index"] {
        assert!(help.stdout.contains(command), "{}", help.stdout);
    }
}
