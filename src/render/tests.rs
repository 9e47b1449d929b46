//! Renders whole sets of tracks with a bank made in memory.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::cast::Casting;
use super::files::AudioFormat;
use super::metadata::TrackMetadata;
use super::track::TrackFormat;
use super::{RenderEvent, RenderOptions, RenderSummary, midi, render, render_demo, test_bank};

const FORMAT: TrackFormat = TrackFormat {
    seconds: 8.0,
    sample_rate: 10_880,
    format: AudioFormat::Wav,
};

fn options(folder: &Path, out: &str) -> RenderOptions {
    let bank = folder.join("tiny.sf2");
    std::fs::write(&bank, test_bank::general_midi()).unwrap();
    RenderOptions {
        voices: Vec::new(),
        casting: Casting::AsWritten,
        midi: vec![],
        compose: 3,
        banks: vec![bank],
        out: folder.join(out),
        tracks: None,
        seed: 11,
        format: FORMAT,
        threads: 2,
    }
}

fn run(options: &RenderOptions) -> (RenderSummary, Vec<String>) {
    let problems = Mutex::new(Vec::new());
    let summary = render(options, &|event| {
        if let RenderEvent::Problem(error) | RenderEvent::TrackFailed(error) = event {
            problems.lock().unwrap().push(error.to_string());
        }
        ControlFlow::Continue(())
    });
    (summary.unwrap(), problems.into_inner().unwrap())
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = PathBuf::from(path.file_name().unwrap());
        if path.is_dir() {
            found.extend(
                contents(&path)
                    .into_iter()
                    .map(|(inner, bytes)| (name.join(inner), bytes)),
            );
        } else {
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    found
}

#[test]
fn one_seed_gives_the_same_bytes_whatever_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let first = options(folder.path(), "first");
    let second = RenderOptions {
        threads: 1,
        out: folder.path().join("second"),
        ..first.clone()
    };
    assert_eq!(
        run(&first).0,
        RenderSummary {
            rendered: 3,
            kept: 0,
            failed: 0,
            cancelled: false
        }
    );
    run(&second);
    assert_eq!(contents(&first.out), contents(&second.out));
    let other = RenderOptions {
        seed: 12,
        out: folder.path().join("other"),
        ..first.clone()
    };
    run(&other);
    assert_ne!(contents(&first.out), contents(&other.out));
}

#[test]
fn tracks_have_slakhs_layout_and_stems_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path(), "out");
    run(&options);
    let track = options.out.join("Track00001");
    let metadata: TrackMetadata =
        serde_saphyr::from_str(&std::fs::read_to_string(track.join("metadata.yaml")).unwrap())
            .unwrap();
    let read = |path: PathBuf| {
        hound::WavReader::open(path)
            .unwrap()
            .into_samples::<i16>()
            .map(|sample| i32::from(sample.unwrap()))
            .collect::<Vec<_>>()
    };
    let mix = read(track.join("mix.wav"));
    let mut sum = vec![0; mix.len()];
    for (name, stem) in &metadata.stems {
        assert_eq!(stem.bank, "tiny");
        let samples = read(track.join("stems").join(format!("{name}.wav")));
        assert!(
            samples.iter().any(|sample| sample.abs() > 100),
            "{name} is silent"
        );
        sum.iter_mut()
            .zip(samples)
            .for_each(|(sum, sample)| *sum += sample);
        midi::parse(&std::fs::read(track.join("MIDI").join(format!("{name}.mid"))).unwrap())
            .unwrap();
    }
    let tolerance = metadata.stems.len() as i32;
    assert!(
        mix.iter()
            .zip(&sum)
            .all(|(mix, sum)| (mix - sum).abs() <= tolerance)
    );
    assert!(mix.iter().all(|sample| sample.abs() < 32_767));
    assert!(track.join("all_src.mid").exists());
}

#[test]
fn interrupted_tracks_are_made_anew_and_finished_ones_kept() {
    let folder = tempfile::tempdir().unwrap();
    let options = options(folder.path(), "out");
    run(&options);
    let before = contents(&options.out);
    std::fs::remove_dir_all(options.out.join("Track00002")).unwrap();
    std::fs::create_dir_all(options.out.join(".Track00002.part/stems")).unwrap();
    std::fs::write(options.out.join(".Track00002.part/stems/S09.wav"), b"half").unwrap();
    assert_eq!(
        run(&options).0,
        RenderSummary {
            rendered: 1,
            kept: 2,
            failed: 0,
            cancelled: false
        }
    );
    assert_eq!(contents(&options.out), before);
}

#[test]
fn damaged_files_are_named_and_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut options = options(folder.path(), "out");
    let (broken_midi, broken_bank) = (
        folder.path().join("broken.mid"),
        folder.path().join("broken.sf3"),
    );
    std::fs::write(&broken_midi, b"MThd but no more").unwrap();
    std::fs::write(&broken_bank, b"RIFF").unwrap();
    options.midi.push(broken_midi);
    options.midi.push(folder.path().join("absent"));
    options.banks.push(broken_bank);
    options.tracks = NonZeroUsize::new(5);
    let (summary, problems) = run(&options);
    assert_eq!(summary.rendered + summary.failed, 5);
    assert!(summary.rendered >= 3 && summary.failed >= 1);
    for name in ["broken.mid", "absent", "broken.sf3"] {
        assert!(
            problems.iter().any(|problem| problem.contains(name)),
            "{name}: {problems:?}"
        );
    }
}

#[test]
fn breaking_off_leaves_no_half_track() {
    let folder = tempfile::tempdir().unwrap();
    let options = RenderOptions {
        tracks: NonZeroUsize::new(50),
        threads: 1,
        ..options(folder.path(), "out")
    };
    let summary = render(&options, &|event| match event {
        RenderEvent::TrackDone => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    let summary = summary.unwrap();
    assert!(summary.cancelled && summary.rendered < 50);
    assert_eq!(
        std::fs::read_dir(&options.out).unwrap().count(),
        summary.rendered
    );
}

#[test]
fn the_demo_song_renders() {
    let folder = tempfile::tempdir().unwrap();
    let bank = options(folder.path(), "out").banks.remove(0);
    let track = folder.path().join("Demo");
    render_demo(
        &bank,
        &track,
        TrackFormat {
            seconds: 10.0,
            ..FORMAT
        },
    )
    .unwrap();
    assert!(track.join("mix.wav").exists());
}
