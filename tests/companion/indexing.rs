//! `index` at length: several jobs, lists, interruptions, hostile files, and what is not done twice.

use std::{
    fs::{self, File},
    io::Write,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use deepmelody::catalogue::Catalogue;

use crate::support::{Run, Workshop, shipped};

const INDEX: [&str; 4] = ["index", "music", "--out", "catalogue.json"];

fn catalogue(workshop: &Workshop) -> Catalogue {
    let json = fs::read_to_string(workshop.path("catalogue.json")).expect("a catalogue");
    Catalogue::from_json(&json, "test").expect("a catalogue of the small network")
}

fn titles(workshop: &Workshop) -> Vec<String> {
    let tracks = catalogue(workshop).tracks;
    tracks.into_iter().map(|track| track.title).collect()
}

fn says(run: &Run, expected: &str) {
    assert!(
        run.stderr.contains(expected),
        "{expected:?}: {}",
        run.stderr
    );
}

#[test]
fn any_number_of_jobs_gives_the_same_catalogue() {
    let workshop = Workshop::new();
    for seed in 0..4 {
        workshop.song(&format!("music/{seed}.wav"), 30.0, seed);
    }
    let index = |jobs: &str| {
        let _ = fs::remove_file(workshop.path("catalogue.json"));
        workshop
            .run(&[&INDEX[..], &["--jobs", jobs]].concat())
            .succeeded();
        fs::read(workshop.path("catalogue.json")).expect("a catalogue")
    };
    let one = index("1");
    assert_eq!(one, index("2"));
    assert_eq!(one, index("7"));
}

#[test]
fn playlists_and_lists_are_followed_and_lists_overrule_tags() {
    let workshop = Workshop::new();
    workshop.song("music/a.wav", 2.0, 0);
    workshop.song("music/b.wav", 2.0, 1);
    fs::copy(shipped("stereo.mp3"), workshop.path("music/chord.mp3")).expect("a copy");
    workshop.file(
        "lists/old.m3u",
        b"#EXTM3U\n../music/b.wav\nhttps://radio.example/stream\n",
    );
    workshop.file("lists/new.pls", b"[playlist]\nFile1=../music/a.wav\n");
    workshop.file(
        "lists/facts.csv",
        b"path,artist,year,licence\n../music/a.wav,Ann,1999,CC0-1.0\n../music/chord.mp3,,2001-02-03,\n",
    );
    workshop.file(
        "lists/more.jsonl",
        b"{\"path\": \"../music/b.wav\", \"title\": \"Bee\", \"url\": \"https://example.org/b\"}\nnonsense\n",
    );
    let lists = [
        "lists/old.m3u",
        "lists/new.pls",
        "lists/facts.csv",
        "lists/more.jsonl",
    ];
    let run = workshop.run(&[&["index"], &lists[..], &["--out", "catalogue.json"]].concat());
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    says(
        &run,
        "old.m3u: https://radio.example/stream is not on this machine",
    );
    says(&run, "more.jsonl: line 2: ");
    let tracks = catalogue(&workshop).tracks;
    let facts: Vec<_> = tracks
        .iter()
        .map(|track| (track.title.as_str(), track.artist.as_str(), track.year))
        .collect();
    let expected = [
        ("Bee", "Unknown artist", None),
        ("A", "Ann", Some(1999)),
        ("A chord", "DeepMelody", Some(2001)),
    ];
    assert_eq!(facts, expected);
    assert_eq!(tracks[0].url.as_deref(), Some("https://example.org/b"));
    assert_eq!(tracks[1].licence.as_deref(), Some("CC0-1.0"));
}

#[test]
fn unchanged_songs_are_not_described_again() {
    let workshop = Workshop::new();
    for (seed, name) in ["a", "b", "c"].into_iter().enumerate() {
        workshop.song(&format!("music/{name}.wav"), 2.0, seed);
    }
    workshop.run(&INDEX).succeeded();
    let before = catalogue(&workshop);
    fs::rename(workshop.path("music/a.wav"), workshop.path("music/z.wav")).expect("renamed");
    workshop.song("music/b.wav", 2.5, 3);
    fs::remove_file(workshop.path("music/c.wav")).expect("removed");
    let run = workshop.run(&INDEX).succeeded();
    says(&run, "songs known already: 1, to describe: 1");
    let after = catalogue(&workshop);
    assert_eq!(after.tracks.len(), 2);
    assert_eq!(after.tracks[1], before.tracks[0], "a.wav is z.wav now");
    assert_ne!(
        after.tracks[0].id, before.tracks[1].id,
        "b.wav is another song now"
    );
}

#[test]
fn another_model_means_all_anew_and_is_said() {
    let workshop = Workshop::new();
    workshop.song("music/a.wav", 2.0, 0);
    workshop.run(&INDEX).succeeded();
    let json = fs::read_to_string(workshop.path("catalogue.json")).expect("a catalogue");
    workshop.file(
        "catalogue.json",
        json.replace("\"test\"", "\"older\"").as_bytes(),
    );
    let run = workshop.run(&INDEX).succeeded();
    says(
        &run,
        "was made with the model \"older\", not \"test\": every song is described anew",
    );
    says(&run, "songs indexed: 1 (0 known before");
    assert_eq!(catalogue(&workshop).tracks.len(), 1);
}

/// Waits for something that must happen within a minute.
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "{what} never came"
        );
        sleep(Duration::from_millis(5));
    }
}

fn start(workshop: &Workshop) -> Child {
    let arguments = [&["--model", "model"], &INDEX[..], &["--jobs", "1"]].concat();
    let mut command = workshop.command(&arguments);
    command.stderr(Stdio::null()).spawn().expect("the binary")
}

const SONGS: usize = 8;

/// Songs that take a while; their titles.
fn many_songs(workshop: &Workshop) -> Vec<String> {
    for number in 0..SONGS {
        let name = format!("music/{number}.wav");
        workshop.song(&name, 40.0 + number as f64, number % 4);
    }
    (0..SONGS).map(|number| number.to_string()).collect()
}

/// Songs that the run under way has described.
fn rows(workshop: &Workshop) -> usize {
    let journal = workshop.path("catalogue.json.journal");
    fs::read_to_string(journal).map_or(0, |text| text.lines().count().max(1) - 1)
}

#[test]
fn a_killed_run_is_gone_on_with_and_nothing_is_lost_or_doubled() {
    let workshop = Workshop::new();
    let names = many_songs(&workshop);
    let journal = workshop.path("catalogue.json.journal");
    let mut child = start(&workshop);
    wait_until("a first row", || rows(&workshop) >= 1);
    child.kill().expect("killed");
    child.wait().expect("an end");
    let kept = rows(&workshop);
    assert!(
        (1..SONGS).contains(&kept),
        "{kept} rows: the work was over too soon"
    );
    assert!(!workshop.path("catalogue.json").exists());
    let torn = File::options().append(true).open(&journal);
    torn.expect("the journal")
        .write_all(b"{\"id\": \"torn")
        .expect("written");
    let run = workshop.run(&INDEX).succeeded();
    says(
        &run,
        &format!("songs known already: {kept}, to describe: {}", SONGS - kept),
    );
    assert_eq!(titles(&workshop), names);
    assert!(!journal.exists());
    let resumed = fs::read(workshop.path("catalogue.json")).expect("a catalogue");
    fs::remove_file(workshop.path("catalogue.json")).expect("removed");
    workshop.run(&INDEX).succeeded();
    let at_once = fs::read(workshop.path("catalogue.json")).expect("a catalogue");
    assert_eq!(resumed, at_once);
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_that_is_replaced_meanwhile_ends_its_work() {
    let workshop = Workshop::new();
    let names = many_songs(&workshop);
    let program = workshop.path("program");
    fs::copy(env!("CARGO_BIN_EXE_deepmelody"), &program).expect("a copy");
    let mut child = Command::new(&program)
        .args(["--model", "model"])
        .args(INDEX)
        .args(["--jobs", "1"])
        .current_dir(workshop.path("."))
        .stderr(Stdio::null())
        .spawn()
        .expect("the copy");
    wait_until("a first row", || rows(&workshop) >= 1);
    fs::remove_file(&program).expect("removed");
    fs::write(&program, "another version").expect("written");
    assert!(rows(&workshop) < SONGS, "the work was over too soon");
    assert!(child.wait().expect("an end").success());
    assert_eq!(titles(&workshop), names);
}

#[test]
fn two_runs_cannot_write_the_same_catalogue() {
    let workshop = Workshop::new();
    workshop.song("music/a.wav", 200.0, 0);
    let mut child = start(&workshop);
    wait_until("the journal", || {
        workshop.path("catalogue.json.journal").exists()
    });
    sleep(Duration::from_millis(100));
    // It holds the journal for as long as the other one tries.
    let stopped = Command::new("kill")
        .args(["-STOP", &child.id().to_string()])
        .status();
    assert!(stopped.expect("kill runs").success(), "it ended too early");
    let run = workshop.run(&INDEX);
    child.kill().expect("killed");
    child.wait().expect("an end");
    assert_eq!(run.code, Some(1), "{}", run.stderr);
    says(&run, "another run is writing this catalogue");
}

/// A WAV file's header that promises `data_bytes` of 16-bit mono.
fn wav_header(data_bytes: u32) -> Vec<u8> {
    let mut header = b"RIFF".to_vec();
    header.extend(data_bytes.saturating_add(36).to_le_bytes());
    header.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    header.extend(44_100_u32.to_le_bytes());
    header.extend(88_200_u32.to_le_bytes());
    header.extend(b"\x02\0\x10\0data");
    header.extend(data_bytes.to_le_bytes());
    header
}

#[test]
fn hostile_files_are_left_out_one_by_one() {
    let workshop = Workshop::new();
    workshop.song("music/good.wav", 2.0, 0);
    workshop.file("music/empty.mp3", b"");
    workshop.file("music/text.flac", b"Dear diary,\n");
    workshop.file("music/huge-header.wav", &wav_header(u32::MAX - 40));
    workshop.file("music/no-sound.wav", &wav_header(0));
    let broken = fs::read(shipped("stereo.ogg")).expect("a file");
    workshop.file("music/broken.ogg", &broken[..broken.len() / 8]);
    fs::copy(
        shipped("broken-codebook.ogg"),
        workshop.path("music/panics.ogg"),
    )
    .expect("a copy");
    let endless = File::create(workshop.path("music/endless.wav")).expect("a file");
    endless.set_len(5 << 30).expect("holes are allowed");
    let run = workshop.run(&[&INDEX[..], &["/dev/zero", "--quiet"]].concat());
    assert_eq!(run.code, Some(3), "{}", run.stderr);
    assert!(run.stderr.is_empty(), "{}", run.stderr);
    assert_eq!(titles(&workshop), ["Good"]);
    let report = fs::read_to_string(workshop.path("catalogue.json.report.txt")).expect("a report");
    for (file, reason) in [
        ("empty.mp3", "is empty"),
        ("text.flac", "is not an audio file"),
        ("huge-header.wav", ""),
        ("no-sound.wav", ""),
        ("broken.ogg", "damaged"),
        ("panics.ogg", "damaged"),
        ("endless.wav", "has 5.0 GiB: at most 4.0 are read"),
        ("/dev/zero", "is no plain file"),
    ] {
        let line = report.lines().find(|line| line.contains(file));
        let line = line.unwrap_or_else(|| panic!("{file} is missing: {report}"));
        assert!(line.contains(reason), "{line}");
    }
    assert_eq!(report.lines().count(), 8, "{report}");
}
