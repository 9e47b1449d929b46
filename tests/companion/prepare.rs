//! `prepare` on a small tree in exactly Slakh2100's layout, with broken members.

use std::{fs, path::Path};

use deepmelody::{
    audio::Recording,
    prominence::prominence,
    render::files::{AudioFormat, write_audio},
    source::Source,
    train::dataset::{Dataset, read_song},
};

use crate::support::{Workshop, read, text};

const RATE: u32 = 44_100;

fn tone(hertz: f64, secs: f64) -> Vec<f32> {
    let sample =
        |n: usize| 0.3 * (std::f64::consts::TAU * hertz * n as f64 / f64::from(RATE)).sin();
    (0..(secs * f64::from(RATE)) as usize)
        .map(|n| sample(n) as f32)
        .collect()
}

fn stem(track: &Path, name: &str, samples: &[f32]) {
    let folder = track.join("stems");
    fs::create_dir_all(&folder).expect("a folder");
    let path = folder.join(format!("{name}.flac"));
    write_audio(&path, samples, RATE, AudioFormat::Flac).expect("a FLAC file");
}

/// A stem's entry: name, class, program, drums, rendered.
type Entry<'a> = (&'a str, &'a str, u8, bool, bool);

/// All keys that Slakh2100's files have.
fn metadata(track: &Path, stems: &[Entry]) {
    let mut yaml = "UUID: 1a81ae092884234f3264e2f45927f00a\naudio_dir: stems\nlmd_midi_dir: lmd_matched/O/O/N/TROONZW128F92D9D7C/1a81ae092884234f3264e2f45927f00a.mid\n\
                    midi_dir: MIDI\nnormalization_factor: -13.0\nnormalized: true\noverall_gain: 0.18270259567062658\nstems:\n"
        .to_owned();
    for (name, class, program, is_drum, rendered) in stems {
        let loudness = if *rendered {
            "-12.82074180245363"
        } else {
            "-.inf"
        };
        yaml += &format!(
            "  {name}:\n    audio_rendered: {rendered}\n    inst_class: {class}\n    integrated_loudness: {loudness}\n    \
             is_drum: {is_drum}\n    midi_program_name: Name of {program}\n    midi_saved: true\n    \
             plugin_name: elektrik_guitar.nkm\n    program_num: {program}\n"
        );
    }
    yaml += "target_peak: -1.0\n";
    fs::create_dir_all(track.join("MIDI")).expect("a folder");
    fs::write(track.join("metadata.yaml"), yaml).expect("metadata");
    fs::write(track.join("mix.flac"), b"").expect("a mixture that nobody reads");
    fs::write(track.join("all_src.mid"), b"").expect("MIDI that nobody reads");
}

fn data_set(root: &Path) {
    let track = root.join("train/Track00001");
    stem(&track, "S00", &tone(440.0, 4.0));
    stem(&track, "S01", &tone(660.0, 3.0));
    stem(&track, "S02", &tone(110.0, 9.0));
    stem(&track, "S05", &tone(220.0, 4.0));
    let damaged = track.join("stems/S05.flac");
    let bytes = fs::read(&damaged).expect("a stem");
    fs::write(&damaged, &bytes[..bytes.len() / 2]).expect("half a stem");
    metadata(
        &track,
        &[
            ("S00", "Guitar", 30, false, true),
            ("S01", "Guitar", 27, false, true),
            ("S02", "Drums", 128, true, true),
            ("S03", "Piano", 0, false, true),
            ("S04", "Strings (continued)", 48, false, false),
            ("S05", "Bass", 33, false, true),
        ],
    );
    let broken = root.join("train/Track00002");
    fs::create_dir_all(broken.join("stems")).expect("a folder");
    fs::write(broken.join("metadata.yaml"), "stems: [S00, {").expect("broken metadata");
    fs::create_dir_all(root.join("train/Track00003/stems")).expect("a folder");
    for folder in [
        "train/Track00049",
        "omitted/Track00077",
        "validation/Track01501",
    ] {
        let track = root.join(folder);
        stem(&track, "S00", &tone(330.0, 5.0));
        metadata(&track, &[("S00", "Organ", 16, false, true)]);
    }
    let track = root.join("test/Track01876");
    fs::create_dir_all(track.join("stems")).expect("a folder");
    fs::write(track.join("stems/S00.flac"), b"no music").expect("rubbish");
    metadata(&track, &[("S00", "Piano", 1, false, true)]);
    let redux = r#"{"Track00001": {"action": null}, "Track00049": {"action": "omit", "source_split": "train"}}"#;
    fs::write(root.join("redux.json"), redux).expect("a split file");
}

fn decode(path: &Path) -> Result<Recording, String> {
    Ok(read(path))
}

#[test]
fn slakh_becomes_training_songs_and_broken_members_are_named() {
    let workshop = Workshop::new();
    let (slakh, out) = (workshop.path("slakh"), workshop.path("songs"));
    data_set(&slakh);
    let splits = slakh.join("redux.json");
    let command = [
        "prepare",
        text(&slakh),
        "--out",
        text(&out),
        "--seconds",
        "6",
        "--splits",
        text(&splits),
    ];
    let run = workshop.run(&command).succeeded();
    assert!(
        run.stdout
            .starts_with("2 tracks prepared, 0 kept, 3 skipped"),
        "{}",
        run.stdout
    );
    for named in [
        "Track00001/stems/S03.flac: missing",
        "Track00001/stems/S05.flac",
        "Track00002/metadata.yaml",
        "Track00003/metadata.yaml",
        "Track01876/stems/S00.flac",
        "Track01876: none of its stems can be read",
    ] {
        assert!(
            run.stderr.contains(named),
            "{named} is not in {}",
            run.stderr
        );
    }

    let song = read_song(&out.join("train/Track00001"), decode).expect("a song");
    assert_eq!(song.length, 6 * 10_880);
    let has = Source::ALL.map(|source| song.stems[source].is_some());
    assert_eq!(
        has,
        [true, false, false, true, false],
        "guitar and drums are left"
    );
    assert!(
        (prominence(&song.activity[Source::Guitar]) - 4.0 / 6.0).abs() < 0.03,
        "padded"
    );
    assert!(prominence(&song.activity[Source::Drums]) > 0.98, "cut");
    let validation = Dataset::read(&out.join("validation"), decode).expect("songs");
    assert!(validation.songs[0].stems[Source::Other].is_some());
    assert_eq!(
        workshop.names("songs"),
        ["metadata.csv", "train", "validation"]
    );
    assert_eq!(workshop.names("songs/train"), ["Track00001"]);

    let table = fs::read_to_string(out.join("metadata.csv")).expect("a table");
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(
        rows[0],
        "split,track,stem,source,inst_class,program_num,midi_program_name,is_drum,plugin_name,integrated_loudness,used,problem"
    );
    assert_eq!(rows.len(), 1 + 6 + 1 + 1 + 1 + 1);
    assert_eq!(
        rows[1],
        "train,Track00001,S00,guitar,Guitar,30,Name of 30,false,elektrik_guitar.nkm,-12.82074180245363,true,"
    );
    assert!(
        rows[4].contains("S03,piano") && rows[4].contains("missing"),
        "{}",
        rows[4]
    );
    assert!(rows[5].ends_with("-inf,false,not rendered"), "{}", rows[5]);

    let again = workshop.run(&command).succeeded();
    assert!(
        again
            .stdout
            .starts_with("0 tracks prepared, 2 kept, 3 skipped"),
        "{}",
        again.stdout
    );
    assert_eq!(
        fs::read_to_string(out.join("metadata.csv")).expect("a table"),
        table
    );
}

#[test]
fn what_is_not_slakh_is_refused() {
    let workshop = Workshop::new();
    fs::create_dir_all(workshop.path("music/train")).expect("a folder");
    let run = workshop.run(&["prepare", "music", "--out", "songs"]);
    assert_eq!(run.code, Some(1));
    assert!(run.stderr.contains("is not Slakh2100"), "{}", run.stderr);
    assert!(!workshop.path("songs").exists());
}
