//! What can be taken home: stems, ZIP, mix and numbers, as files that other programs read.

use std::fs;
use std::io::Cursor;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use deepmelody::audio::{Recording, wav::read_wav};
use deepmelody::native::decode::{Channels, decode_channels};
use deepmelody::source::Source;
use deepmelody::tags;
use serde_json::{Value, json};

use crate::browser::Screen;
use crate::listen::analysed;
use crate::page::{Page, ids};
use crate::server::Site;
use crate::songs::{self, Songs};
use crate::words;

/// Lets the browser save into this folder.
pub fn downloads(page: &Page, folder: &Path) {
    page.browser.session.command_chromium(
        "Browser.setDownloadBehavior",
        &json!({"behavior": "allow", "downloadPath": folder, "eventsEnabled": false}),
    );
}

/// Clicks a button and waits for the file of this name.
pub fn saved(page: &Page, folder: &Path, id: &str, name: &str) -> Vec<u8> {
    page.click(id);
    let path = folder.join(name);
    for _ in 0..600 {
        if path.is_file() {
            return fs::read(path).expect("a file");
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!(
        "{name} was not saved; the page says {:?}",
        page.ask("return document.getElementById(SAVE_STATUS).innerText")
    );
}

fn choose_format(page: &Page, format: &str) {
    let script = "const choice = document.getElementById(SAVE_FORMAT); choice.value = arguments[0];
        choice.dispatchEvent(new Event('change', {bubbles: true}))";
    page.browser.session.run(script, &[json!(format)]);
}

/// How far the sum of the stems is from the song, in dB.
fn residue_db(song: &Recording, stems: &[Recording]) -> f64 {
    let (mut rest, mut whole) = (0.0, 0.0);
    for (channel, samples) in song.channels.iter().enumerate() {
        for (at, sample) in samples.iter().enumerate() {
            let sum: f32 = stems.iter().map(|stem| stem.channels[channel][at]).sum();
            rest += f64::from(sum - sample).powi(2);
            whole += f64::from(*sample).powi(2);
        }
    }
    10.0 * (rest / whole).log10()
}

/// Names and contents of a ZIP's files, none of them compressed, all of them whole (APPNOTE.TXT, 4.3).
fn entries(zip: &[u8]) -> Vec<(String, &[u8])> {
    let number = |at: usize, bytes: usize| {
        let bytes = zip[at..at + bytes].iter().rev();
        bytes.fold(0, |number, &byte| number << 8 | usize::from(byte))
    };
    let end = zip.len() - 22;
    assert_eq!(
        &zip[end..end + 4],
        b"PK\x05\x06",
        "the end of the directory"
    );
    let mut at = number(end + 16, 4);
    (0..number(end + 10, 2))
        .map(|_| {
            assert_eq!(&zip[at..at + 4], b"PK\x01\x02", "a directory's entry");
            assert_eq!(number(at + 10, 2), 0, "stored");
            let (size, name_length, local) =
                (number(at + 24, 4), number(at + 28, 2), number(at + 42, 4));
            assert_eq!(&zip[local..local + 4], b"PK\x03\x04", "a file's header");
            assert_eq!(number(local + 6, 2) & 8, 0, "no data descriptor");
            assert_eq!(number(local + 22, 4), size, "in both headers");
            let name = String::from_utf8_lossy(&zip[at + 46..at + 46 + name_length]).into_owned();
            let start = local + 30 + number(local + 26, 2) + number(local + 28, 2);
            let file = &zip[start..start + size];
            assert_eq!(crc32(file), number(at + 16, 4), "{name}");
            at += 46 + name_length + number(at + 30, 2) + number(at + 32, 2);
            (name, file)
        })
        .collect()
}

fn crc32(bytes: &[u8]) -> usize {
    let sum = bytes.iter().fold(u32::MAX, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| match sum & 1 {
            1 => sum >> 1 ^ 0xedb8_8320,
            _ => sum >> 1,
        })
    });
    !sum as usize
}

#[test]
fn everything_can_be_saved() {
    let songs = Songs::new();
    let folder = tempfile::tempdir().expect("a folder");
    let site = Site::serve();
    let path = songs.wav("tune.wav", 2, &songs::tune(6.0));
    let song = read_wav(fs::File::open(&path).expect("a file")).expect("a WAV file");
    let page = analysed(&site, &path, Screen::Desktop);
    downloads(&page, folder.path());
    page.ask("document.getElementById(SAVE).open = true");

    for (format, bytes) in [("wav-16", 2), ("wav-24", 3), ("wav-32", 4)] {
        choose_format(&page, format);
        let mut stems = Vec::new();
        for source in Source::ALL {
            let name = format!("tune – {source}.wav");
            let file = saved(
                &page,
                folder.path(),
                &ids::of(ids::SAVE_STEM, source),
                &name,
            );
            let samples = song.channels[0].len() * 2 * bytes;
            assert_eq!(
                &file[file.len() - samples - 8..][..4],
                b"data",
                "{name}, {format}"
            );
            let title = tags::read(Cursor::new(&file)).title;
            assert_eq!(title.as_deref(), Some(format!("tune – {source}").as_str()));
            stems.push(read_wav(file.as_slice()).expect("a WAV file"));
            fs::remove_file(folder.path().join(name)).expect("removed");
        }
        let residue_db = residue_db(&song, &stems);
        println!("{format}: the stems differ from the song by {residue_db:.1} dB");
        assert!(residue_db < -60.0, "{residue_db:.1} dB");
    }

    let zip = saved(&page, folder.path(), ids::SAVE_ZIP, "tune – parts.zip");
    let entries = entries(&zip);
    assert_eq!(entries.len(), Source::COUNT);
    for (source, (name, file)) in Source::ALL.into_iter().zip(&entries) {
        assert_eq!(name, &format!("tune – {source}.wav"));
        let stem = read_wav(*file).expect("a WAV file");
        assert_eq!(stem.channels[0].len(), song.channels[0].len());
    }
    flac_holds_the_same(&page, folder.path());

    page.ask("document.getElementById(SAVE).open = false");
    page.click(ids::MUTE_DRUMS);
    page.ask("document.getElementById(SAVE).open = true");
    choose_format(&page, "wav-32");
    let mix = saved(
        &page,
        folder.path(),
        ids::SAVE_MIX,
        "tune – without drums.wav",
    );
    let mix = read_wav(Cursor::new(mix)).expect("a WAV file");
    let drums = saved(&page, folder.path(), ids::SAVE_DRUMS, "tune – drums.wav");
    let drums = read_wav(Cursor::new(drums)).expect("a WAV file");
    assert!(
        residue_db(&song, &[mix, drums]) < -60.0,
        "mix and muted part are the song"
    );

    let without = ids::of(ids::SAVE_WITHOUT, Source::Guitar);
    let backing = saved(&page, folder.path(), &without, "tune – without guitar.wav");
    let backing = read_wav(Cursor::new(backing)).expect("a WAV file");
    let guitar = saved(
        &page,
        folder.path(),
        &ids::of(ids::SAVE_STEM, Source::Guitar),
        "tune – guitar.wav",
    );
    let guitar = read_wav(Cursor::new(guitar)).expect("a WAV file");
    assert!(
        residue_db(&song, &[backing, guitar]) < -60.0,
        "the guitar and all but the guitar are the song"
    );

    let json = saved(&page, folder.path(), ids::SAVE_JSON, "tune.json");
    let json: Value = serde_json::from_slice(&json).expect("JSON");
    let shown = page.shown().prominence;
    for (saved, shown) in json["prominence"]
        .as_array()
        .expect("a list")
        .iter()
        .zip(&shown)
    {
        assert!((saved.as_f64().expect("a number") - shown).abs() < 1e-6);
    }
    let csv = saved(&page, folder.path(), ids::SAVE_CSV, "tune.csv");
    let csv = String::from_utf8(csv).expect("text");
    assert!(
        csv.starts_with("source,prominence,start_secs,end_secs\r\n"),
        "{csv}"
    );
}

/// One stem and the ZIP as FLAC: in less room, and sample by sample what the WAV of as many bits is.
fn flac_holds_the_same(page: &Page, folder: &Path) {
    let id = ids::of(ids::SAVE_STEM, Source::Bass);
    choose_format(page, "wav-16");
    let wav = saved(page, folder, &id, "tune – bass.wav");
    choose_format(page, "flac-16");
    let flac = saved(page, folder, &id, "tune – bass.flac");
    println!(
        "the bass: {} bytes as WAV, {} as FLAC",
        wav.len(),
        flac.len()
    );
    assert!(flac.len() < wav.len());
    let never = AtomicBool::new(false);
    let decoded = decode_channels(&folder.join("tune – bass.flac"), Channels::Kept, &never);
    let decoded = decoded.expect("a FLAC file");
    assert_eq!(decoded.tags.title.as_deref(), Some("tune – bass"));
    let wav = read_wav(wav.as_slice()).expect("a WAV file");
    assert!(decoded.recording.channels == wav.channels, "bit by bit");
    fs::remove_file(folder.join("tune – bass.wav")).expect("removed");
    fs::remove_file(folder.join("tune – parts.zip")).expect("removed");
    let zip = saved(page, folder, ids::SAVE_ZIP, "tune – parts.zip");
    for (source, (name, file)) in Source::ALL.into_iter().zip(&entries(&zip)) {
        assert_eq!(name, &format!("tune – {source}.flac"));
        assert!(file.starts_with(b"fLaC"));
    }
}

#[test]
fn clipped_samples_are_said_with_their_number() {
    let songs = Songs::new();
    let folder = tempfile::tempdir().expect("a folder");
    let site = Site::serve();
    // Twelve decibels above full scale, which floating point holds.
    let loud: Vec<f32> = songs::tune(4.0).iter().map(|x| 4.0 * x).collect();
    let path = songs.float_wav("loud.wav", &loud);
    let page = analysed(&site, &path, Screen::Desktop);
    downloads(&page, folder.path());
    page.ask("document.getElementById(SAVE).open = true");
    choose_format(&page, "wav-16");
    saved(&page, folder.path(), ids::SAVE_MIX, "loud – mix.wav");
    let said = page.text_of(ids::SAVE_STATUS);
    assert!(said.contains(words::CLIPPED), "{said}");
    let samples: u64 = said
        .split(' ')
        .next()
        .and_then(|number| number.parse().ok())
        .expect("a number");
    assert!(samples > 0, "{said}");
    choose_format(&page, "wav-32");
    saved(&page, folder.path(), ids::SAVE_ZIP, "loud – parts.zip");
    let said = page.ask("return document.getElementById(SAVE_STATUS).innerText");
    assert!(
        !said.as_str().unwrap_or_default().contains(words::CLIPPED),
        "{said}"
    );
}
