//! Everything that can be wrong with a file or with the site gets its own words, and the page goes on.

use std::fs;

use crate::browser::Screen;
use crate::page::{Page, ids};
use crate::server::{Instead, Site};
use crate::songs::{self, Songs};
use crate::words;

#[test]
fn bad_files_get_their_words_and_the_next_file_works() {
    let songs = Songs::new();
    let tune = songs::tune(5.0);
    let demo = fs::read(songs::demo()).expect("the demo song");
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    let bad = [
        (
            songs.file("notes.txt", b"Buy strings, a plectrum and a metronome."),
            "not an audio file",
        ),
        (songs.file("empty.wav", b""), "empty"),
        (songs.file("stub.ogg", &demo[..100]), "cut off"),
        (
            songs.file("noise.flac", &[b"fLaC".as_slice(), &[7; 5_000]].concat()),
            "damaged",
        ),
        (songs::shipped("lossless.m4a"), "Apple Lossless"),
        (songs.wav("silent.wav", 2, &[0.0; 3 * 44_100]), "silent"),
        (songs.wav("click.wav", 1, &songs::tune(0.2)), "too short"),
        (songs.long_wav("opera.wav", 2 * 60 * 60), "too long"),
    ];
    for (file, expected) in &bad {
        let name = file
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        page.drop_file(file);
        let words = page.trouble(name);
        println!("{name}: {words:?}");
        assert!(
            words.contains(expected),
            "{name} should be {expected:?}: {words}"
        );
    }
    for (name, channels) in [("mono.wav", 1), ("eight.wav", 8)] {
        page.drop_file(&songs.wav(name, channels, &tune));
        page.outcome(name);
    }
}

#[test]
fn a_song_cut_off_in_the_middle_is_analysed_as_far_as_it_goes_and_said_so() {
    let songs = Songs::new();
    let whole =
        fs::read(songs.wav("whole.wav", 2, &songs::tune(8.0))).expect("the file just written");
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.drop_file(&songs.file("half.wav", &whole[..whole.len() / 2]));
    page.outcome("half.wav");
    assert!(page.text_of(ids::CUT_OFF).contains(words::CUT_OFF));
}

/// Text with every occurrence of the shipped model's id replaced.
fn of_another_model(bytes: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(bytes).expect("JSON is text");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let id = json["model_id"].as_str().expect("a model id");
    text.replace(id, "somebody-elses").into_bytes()
}

/// Still a catalogue, but not the one that was built.
fn of_another_title(bytes: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(bytes).expect("JSON is text");
    songs::retitled(&text).into_bytes()
}

fn half(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// One bit in the middle is another.
fn bit_rot(mut bytes: Vec<u8>) -> Vec<u8> {
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    bytes
}

#[test]
fn without_its_catalogue_the_page_still_takes_songs_apart() {
    let songs = Songs::new();
    let song = songs.wav("tune.wav", 2, &songs::tune(5.0));
    let site = Site::serve();
    let faults = [
        (Instead::Missing, "missing"),
        (Instead::Changed(half), ""),
        (Instead::Changed(of_another_model), "model"),
        (Instead::Changed(of_another_title), "not the one"),
    ];
    let mut notices = Vec::new();
    for (fault, expected) in faults {
        site.replace("catalogue.json", fault);
        let page = Page::open(&site, "device=cpu", Screen::Desktop);
        page.drop_file(&song);
        let outcome = page.outcome("tune.wav");
        assert_eq!(outcome.prominence.len(), 5);
        assert!(outcome.recommended.is_empty());
        let notice = page.text_of(ids::CATALOGUE_NOTICE);
        println!("{notice:?}");
        assert!(notice.contains(expected), "{notice}");
        assert!(
            !notices.contains(&notice),
            "each fault has its own words: {notice}"
        );
        notices.push(notice);
    }
}

#[test]
fn without_its_weights_the_page_says_so_and_tries_again() {
    let songs = Songs::new();
    let song = songs.wav("tune.wav", 2, &songs::tune(5.0));
    let faults = [
        ("deepmelody.safetensors", Instead::Missing, "weights"),
        (
            "deepmelody.safetensors",
            Instead::Changed(bit_rot),
            "weights",
        ),
        ("model-weights/deepmelody.json", Instead::Missing, "missing"),
        (
            "model-weights/deepmelody.json",
            Instead::Changed(half),
            "card",
        ),
    ];
    let site = Site::serve();
    for (file, fault, expected) in faults {
        site.replace(file, fault);
        let page = Page::open(&site, "device=cpu", Screen::Desktop);
        page.drop_file(&song);
        let words = page.trouble("tune.wav");
        println!("{file}: {words:?}");
        assert!(words.contains(expected), "{file}: {words}");
        site.heal();
        page.drop_file(&song);
        page.outcome("tune.wav");
    }
}
