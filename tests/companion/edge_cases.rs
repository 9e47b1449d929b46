//! Inputs and outputs that are unusual, from outside: pipes, names, codecs by name, errors as JSON, cells, clipping.

use std::{
    fs,
    io::Write,
    process::{Output, Stdio},
};

use crate::support::{Run, Workshop};

/// Runs the binary with the small network and these bytes on standard input.
fn piped(workshop: &Workshop, arguments: &[&str], bytes: &[u8]) -> Run {
    let mut command = workshop.command(&[&["--model", "model"], arguments].concat());
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the binary");
    let mut stdin = child.stdin.take().expect("its input");
    // It may end before it has read all.
    stdin.write_all(bytes).ok();
    drop(stdin);
    let output: Output = child.wait_with_output().expect("an end");
    output.into()
}

#[test]
fn standard_input_is_read() {
    let workshop = Workshop::new();
    let song = fs::read(workshop.song("song.wav", 2.0, 0)).expect("a song");
    let from_file = workshop
        .run(&["analyse", "song.wav", "--json"])
        .succeeded()
        .json();
    let run = piped(&workshop, &["analyse", "-", "--json"], &song).succeeded();
    assert_eq!(run.json()["prominence"], from_file["prominence"]);
    piped(&workshop, &["separate", "-", "--out", "stems"], &song).succeeded();
    assert_eq!(workshop.names("stems").len(), 5);
    let empty = piped(&workshop, &["analyse", "-"], b"");
    assert_eq!(empty.code, Some(1));
    assert!(
        empty.stderr.contains("standard input is empty"),
        "{}",
        empty.stderr
    );
}

#[cfg(unix)]
#[test]
fn pipes_with_a_name_are_read() {
    let workshop = Workshop::new();
    let song = fs::read(workshop.song("song.wav", 2.0, 0)).expect("a song");
    let run = piped(&workshop, &["analyse", "/dev/stdin", "--json"], &song).succeeded();
    assert_eq!(run.json()["duration_secs"], 2.0);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_no_utf_8_are_read() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};

    let workshop = Workshop::new();
    let song = workshop.song("song.wav", 2.0, 0);
    fs::create_dir(workshop.path("music")).expect("a folder");
    let name = OsStr::from_bytes(b"caf\xe9.wav");
    fs::rename(song, workshop.path("music").join(name)).expect("renamed");
    fs::write(
        workshop.path("old.m3u"),
        b"#EXTINF:2,Ann - Bee\rmusic/caf\xe9.wav\r",
    )
    .expect("a list");
    workshop
        .run(&["index", "music", "--out", "a.json"])
        .succeeded();
    workshop
        .run(&["index", "old.m3u", "--out", "b.json"])
        .succeeded();
    let json = fs::read_to_string(workshop.path("b.json")).expect("a catalogue");
    assert!(json.contains(r#""title":"Bee","artist":"Ann""#), "{json}");
}

/// A WAV of this format tag.
fn wav_of(tag: u16) -> Vec<u8> {
    let mut bytes = b"RIFF\x00\x20\0\0WAVEfmt \x12\0\0\0".to_vec();
    bytes.extend(tag.to_le_bytes());
    bytes.extend(b"\x01\0\x40\x1f\0\0\x59\x06\0\0\x41\0\0\0\0\0data\x00\x10\0\0");
    bytes.extend([0x77; 0x1000]);
    bytes
}

#[test]
fn what_cannot_be_read_is_named() {
    let workshop = Workshop::new();
    let asf = [
        &b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c"[..],
        &[0; 500],
    ]
    .concat();
    for (name, bytes, expected) in [
        (
            "gsm.wav",
            wav_of(0x31),
            "is WAV with GSM 6.10, which cannot be read",
        ),
        (
            "odd.wav",
            wav_of(0x1234),
            "an unknown codec (format tag 0x1234)",
        ),
        (
            "song.wma",
            asf,
            "is Windows Media (WMA, ASF), which cannot be read",
        ),
        (
            "song.mid",
            b"MThd\0\0\0\x06\0\0\0\x01\0\x60".to_vec(),
            "is MIDI, which is notes without sound",
        ),
    ] {
        workshop.file(&format!("music/{name}"), &bytes);
        let run = workshop.run(&["analyse", &format!("music/{name}"), "--json"]);
        assert_eq!(run.code, Some(1), "{}", run.stderr);
        assert!(run.stderr.contains(expected), "{}", run.stderr);
        let report = run.json();
        assert_eq!(report["format"], "deepmelody-error");
        assert!(
            report["error"].as_str().expect("text").contains(expected),
            "{report}"
        );
    }
    workshop.song("music/good.wav", 2.0, 0);
    let run = workshop.run(&["index", "music", "--out", "c.json"]);
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    let report = fs::read_to_string(workshop.path("c.json.report.txt")).expect("a report");
    for expected in ["GSM 6.10", "song.wma is Windows Media"] {
        assert!(report.contains(expected), "{report}");
    }
}

#[test]
fn a_catalogue_with_a_byte_order_mark_is_read() {
    let workshop = Workshop::new();
    workshop.song("music/a.wav", 2.0, 0);
    let index = ["index", "music", "--out", "c.json"];
    workshop.run(&index).succeeded();
    let json = fs::read_to_string(workshop.path("c.json")).expect("a catalogue");
    let utf_16: Vec<u8> = "\u{feff}"
        .chars()
        .chain(json.chars())
        .collect::<String>()
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for bytes in [format!("\u{feff}{json}").into_bytes(), utf_16] {
        workshop.file("c.json", &bytes);
        workshop.run(&["catalogue", "check", "c.json"]).succeeded();
        workshop
            .run(&["recommend", "music/a.wav", "--catalogue", "c.json"])
            .succeeded();
        let run = workshop.run(&index).succeeded();
        assert!(run.stderr.contains("1 known before"), "{}", run.stderr);
        assert_eq!(
            fs::read_to_string(workshop.path("c.json")).expect("a catalogue"),
            json
        );
    }
    // A damaged one is not thrown away.
    workshop.file("c.json", &json.as_bytes()[..json.len() - 10]);
    let run = workshop.run(&index);
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    workshop
        .run(&[&index[..], &["--force"]].concat())
        .succeeded();
}

#[test]
fn exported_cells_are_text() {
    let workshop = Workshop::new();
    let song = fs::read(workshop.song("song.wav", 2.0, 0)).expect("a song");
    let tags = b"LIST\x1e\0\0\0INFOINAM\x05\0\0\0=1+1\0\0IART\x04\0\0\0-M-\0";
    workshop.file("music/a.wav", &[&song[..36], tags, &song[36..]].concat());
    workshop
        .run(&["index", "music", "--out", "c.json"])
        .succeeded();
    workshop
        .run(&["catalogue", "export", "c.json", "--out", "c.csv"])
        .succeeded();
    let table = fs::read_to_string(workshop.path("c.csv")).expect("a table");
    assert!(table.contains(",'=1+1,'-M-,"), "{table}");
}

#[test]
fn clipped_samples_are_counted() {
    let workshop = Workshop::new();
    let samples: Vec<f32> = (0..44_100)
        .map(|n| 40.0 * (n as f32 * 0.05).sin())
        .collect();
    let mut bytes = Vec::new();
    let format = deepmelody::audio::wav::SampleFormat::Float32;
    deepmelody::audio::wav::write_wav(&mut bytes, &[&samples], 22_050, format).expect("a WAV");
    workshop.file("hot.wav", &bytes);
    let run = workshop
        .run(&["separate", "hot.wav", "--out", "stems"])
        .succeeded();
    assert!(
        run.stderr.contains("were clipped: --bits float keeps them"),
        "{}",
        run.stderr
    );
    let run = workshop
        .run(&["separate", "hot.wav", "--out", "exact", "--bits", "float"])
        .succeeded();
    assert!(!run.stderr.contains("clipped"), "{}", run.stderr);
}
