//! What a musician takes along: the loop as it sounds, and what was practised, to another visit and another browser.

use std::time::Duration;

use deepmelody::audio::wav::read_wav;
use serde_json::json;

use crate::browser::Screen;
use crate::library_storage::CATCH;
use crate::page::{Page, ids};
use crate::practise::{open, practising, tune};
use crate::saving::{downloads, saved};
use crate::server::Site;
use crate::songs::{self, Songs};

#[test]
fn the_loop_is_saved_as_it_sounds() {
    let songs = Songs::new();
    let folder = tempfile::tempdir().expect("a folder");
    let site = Site::serve();
    let page = practising(&site, &tune(&songs, 20.0), Screen::Desktop);
    downloads(&page, folder.path());
    let has_button = "return !!document.getElementById(SAVE_LOOP)";
    page.ask("document.getElementById(SAVE).open = true");
    assert_eq!(page.ask(has_button), json!(false), "nothing is repeated");
    page.ask("document.getElementById(SAVE).open = false");
    page.enter(ids::BPM, "120");
    page.enter(ids::LOOP_FROM, "4");
    page.enter(ids::LOOP_TO, "6");
    page.push(ids::KEEP_LOOP);
    page.enter(ids::SPEED, "50");
    page.enter(ids::SEMITONES, "-2");
    page.push(ids::CLICK);
    // The second of none, one and more bars.
    page.enter(ids::COUNT_IN, "1");
    page.push(ids::MUTE_DRUMS);
    page.ask("document.getElementById(SAVE).open = true");
    let name = "tune – Loop 1, 50 %, 2 semitones down, without drums, click.wav";
    let file = saved(&page, folder.path(), ids::SAVE_LOOP, name);
    let samples = read_wav(file.as_slice())
        .expect("a WAV file")
        .channels
        .remove(0);
    let rate = songs::SAMPLE_RATE as usize;
    let secs = samples.len() as f64 / rate as f64;
    println!("{secs} s");
    // Two seconds at half their speed, after a bar of four beats that leads up to the first beat.
    assert!((7.0..=8.01).contains(&secs), "{secs} s");
    let peak = |from: f64, to: f64| {
        let [from, to] = [from, to].map(|secs| (secs * rate as f64) as usize);
        let stretch = samples[from..to].iter();
        stretch.fold(0.0_f32, |peak, sample| peak.max(sample.abs()))
    };
    for beat in 0..3 {
        let at = f64::from(beat);
        assert!(peak(at, at + 0.05) > 0.2, "click {beat}");
        assert!(peak(at + 0.1, at + 0.95) < 1e-3, "between clicks");
    }
    assert!(
        peak(secs - 0.2, secs) > 0.02,
        "the song plays up to its end"
    );
}

#[test]
fn keys_lengthen_the_loop_and_move_pitch_and_speed() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = practising(&site, &tune(&songs, 20.0), Screen::Desktop);
    page.enter(ids::BPM, "120");
    page.drag(ids::DRUMS_ROW, 0.22, 0.42);
    for (key, secs) in [("}", 6.0), ("{", 4.0), ("{", 2.0)] {
        page.press(key, "");
        assert!(
            (page.loop_secs() - secs).abs() < 0.11,
            "{key}: {}",
            page.loop_secs()
        );
    }
    page.press(",", "Comma");
    page.press(",", "Comma");
    assert_eq!(page.value(ids::SEMITONES), "-2");
    page.press(".", "Period");
    assert_eq!(page.value(ids::SEMITONES), "-1");
    page.push(ids::SPEED_DOWN);
    page.push(ids::SPEED_DOWN);
    assert_eq!(page.value(ids::SPEED), "80");
    page.push(ids::SPEED_UP);
    assert_eq!(page.text_of(ids::SPEED_NOW), "90 %");
}

#[test]
fn what_was_practised_goes_along_with_the_library() {
    let songs = Songs::new();
    let song = tune(&songs, 9.0);
    let site = Site::serve();
    let page = practising(&site, &song, Screen::Desktop);
    page.enter(ids::BPM, "97");
    page.enter(ids::LOOP_FROM, "2");
    page.enter(ids::LOOP_TO, "5");
    page.push(ids::KEEP_LOOP);
    page.enter(ids::SPEED, "70");
    page.click(ids::LIBRARY_KEEP);
    page.library_holds(1);
    // Changes are kept once they have rested.
    std::thread::sleep(Duration::from_secs(2));
    let saved = saved_library(&page);
    drop(page);

    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.import(&songs.file("library.json", saved.as_bytes()));
    page.library_says("1 added from library.json. Loops and settings came along for one song.");
    // What is practised here already stays.
    page.import(&songs.file("library.json", saved.as_bytes()));
    page.library_says("0 added from library.json.");
    page.drop_file(&song);
    page.outcome("tune.wav");
    open(&page);
    page.wait_for_value(ids::SPEED, "70");
    page.wait_for_value(ids::BPM, "97");
    assert_eq!(page.value(ids::LOOP_TO), "0:05.0");
    let name = page.ask("return document.querySelector(LOOP_NAMES).value");
    assert_eq!(name, json!("Loop 1"));
}

#[test]
fn what_was_practised_can_be_saved_without_a_library() {
    let songs = Songs::new();
    let song = tune(&songs, 9.0);
    let site = Site::serve();
    let page = practising(&site, &song, Screen::Desktop);
    page.enter(ids::SPEED, "70");
    // Changes are kept once they have rested.
    std::thread::sleep(Duration::from_secs(2));
    let saved = saved_library(&page);
    // In a later visit, without the song.
    page.leave_result();
    page.reload();
    page.wait(
        "the way to save",
        "return !!document.getElementById(LIBRARY_EXPORT)",
    );
    assert_eq!(saved_library(&page), saved);
    drop(page);

    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.import(&songs.file("library.json", saved.as_bytes()));
    page.library_says("0 added from library.json. Loops and settings came along for one song.");
}

fn saved_library(page: &Page) -> String {
    page.browser.session.run(CATCH, &[]);
    page.click(ids::LIBRARY_EXPORT);
    page.wait("the saved library", "return !!window.caught");
    let saved = "const done = arguments[0]; caught.then(done)";
    let saved = page.browser.session.run_async(saved);
    saved.as_str().expect("a text").to_owned()
}

#[test]
fn a_song_comes_back_as_it_was_left() {
    let songs = Songs::new();
    let site = Site::serve();
    let song = tune(&songs, 12.0);
    let page = practising(&site, &song, Screen::Desktop);
    page.enter(ids::BPM, "97");
    page.enter(ids::LOOP_FROM, "2");
    page.enter(ids::LOOP_TO, "5");
    page.push(ids::KEEP_LOOP);
    page.ask(
        "const name = document.querySelector(LOOP_NAMES); name.value = 'The hard bit';
        name.dispatchEvent(new Event('change', {bubbles: true}))",
    );
    page.enter(ids::SPEED, "70");
    page.enter(ids::SEMITONES, "-2");
    page.push(ids::MUTE_DRUMS);
    // Changes are kept once they have rested.
    std::thread::sleep(Duration::from_secs(2));
    page.reload();
    // Under another name it is the same song.
    let copy = songs.file("copy.wav", &std::fs::read(&song).expect("the song"));
    page.drop_file(&copy);
    page.outcome("copy.wav");
    open(&page);
    page.wait_for_value(ids::BPM, "97");
    page.wait_for_value(ids::SPEED, "70");
    assert_eq!(page.value(ids::LOOP_FROM), "0:02.0");
    assert_eq!(page.value(ids::LOOP_TO), "0:05.0");
    assert_eq!(page.value(ids::SEMITONES), "-2");
    let name = page.ask("return document.querySelector(LOOP_NAMES).value");
    assert_eq!(name, json!("The hard bit"));
    let pressed = page.ask("return document.getElementById(MUTE_DRUMS).ariaPressed");
    assert_eq!(pressed, json!("true"));
    // Another song begins untouched.
    page.drop_file(&songs.wav("other.wav", 2, &songs::tune(9.0)));
    page.outcome("other.wav");
    page.wait_for_value(ids::SPEED, "100");
}
