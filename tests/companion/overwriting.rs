//! No command writes over what it reads, nor over files that the program did not write.

use std::fs;

use crate::support::{Run, Workshop, text};

fn refused(run: &Run, expected: &str) {
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains(expected), "{}", run.stderr);
}

#[test]
fn a_song_is_not_replaced_by_its_own_stem() {
    let workshop = Workshop::new();
    let song = workshop.song("bass.wav", 2.0, 0);
    let before = fs::read(&song).expect("a song");
    fs::create_dir(workshop.path("links")).expect("a folder");
    fs::hard_link(&song, workshop.path("links/drums.wav")).expect("a link");
    for (arguments, expected) in [
        (&["--out", "."][..], "would replace"),
        (&["--out", ".", "--force"], "would replace"),
        (&["--out", "links", "--force"], "would replace"),
    ] {
        let run = workshop.run(&[&["separate", text(&song)], arguments].concat());
        refused(&run, expected);
        assert_eq!(fs::read(&song).expect("a song"), before);
        assert_eq!(workshop.names("."), ["bass.wav", "links", "model"]);
    }
}

#[test]
fn stems_of_others_are_replaced_only_with_force() {
    let workshop = Workshop::new();
    workshop.song("song.wav", 2.0, 0);
    let mine = workshop.file("stems/piano.wav", b"my own recording");
    let separate = ["separate", "song.wav", "--out", "stems"];
    refused(&workshop.run(&separate), "--force");
    assert_eq!(fs::read(&mine).expect("a file"), b"my own recording");
    assert_eq!(workshop.names("stems"), ["piano.wav"]);
    workshop
        .run(&[&separate[..], &["--force"]].concat())
        .succeeded();
    assert_eq!(workshop.names("stems").len(), 5);
}

#[test]
fn catalogues_replace_only_catalogues() {
    let workshop = Workshop::new();
    workshop.song("music/a.wav", 2.0, 0);
    workshop
        .run(&["index", "music", "--out", "c.json"])
        .succeeded();
    workshop
        .run(&["index", "music", "--out", "c.json"])
        .succeeded();
    let diary = workshop.file("diary.json", b"{\"dear\": \"diary\"}");
    let csv = workshop.file("list.csv", b"path\nmusic/a.wav\n");
    for arguments in [
        &["index", "music", "--out", "diary.json"][..],
        &["index", "list.csv", "--out", "list.csv"],
        &["index", "music", "--out", "music/a.wav"],
        &["catalogue", "merge", "c.json", "--out", "diary.json"],
        &["catalogue", "merge", "c.json", "--out", "c.json"],
        &["catalogue", "export", "c.json", "--out", "list.csv"],
    ] {
        assert_eq!(workshop.run(arguments).code, Some(1), "{arguments:?}");
    }
    assert_eq!(fs::read(&diary).expect("a file"), b"{\"dear\": \"diary\"}");
    assert_eq!(fs::read(&csv).expect("a file"), b"path\nmusic/a.wav\n");
    for _ in 0..2 {
        workshop
            .run(&["catalogue", "export", "c.json", "--out", "table.csv"])
            .succeeded();
    }
}
