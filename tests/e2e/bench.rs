//! Not a test but a measurement, for `make bench-page`: a song of three minutes in the page and in the companion.

use std::time::{Duration, Instant};

use crate::browser::Screen;
use crate::companion;
use crate::page::Page;
use crate::server::Site;
use crate::songs::{self, Songs};

const SONG_SECS: f32 = 180.0;

#[test]
#[ignore = "a measurement, for make bench-page"]
fn three_minutes_of_song() {
    let songs = Songs::new();
    let song = songs.wav("song.wav", 2, &songs::tune(SONG_SECS));
    let site = Site::serve();
    let opened = Instant::now();
    let page = Page::open(&site, "", Screen::Desktop);
    let engine = page.engine_ready();
    let loading = opened.elapsed();
    page.watch_long_tasks();
    let dropped = Instant::now();
    page.drop_file(&song);
    page.outcome("song.wav");
    let shown = dropped.elapsed();
    let outcome = page.outcome("song.wav");
    assert!(
        !outcome.recommended.is_empty(),
        "recommendations are shown with the prominences"
    );
    let long_tasks = page.long_tasks();
    let machine = page.text_of("machine");
    let memory = page.browser.peak_memory_mib();
    let (_, native) = companion::prominence(&song);
    let report: [(&str, String); 7] = [
        ("engine", engine),
        ("opening page and engine", secs(loading)),
        ("drop to prominences and recommendations", secs(shown)),
        ("the page's own words", machine),
        ("peak memory of the page's process", format!("{memory} MiB")),
        ("main-thread tasks over 50 ms", format!("{long_tasks:.0?}")),
        ("companion, the same song, all told", secs(native)),
    ];
    println!("{SONG_SECS} s of song");
    for (what, value) in report {
        println!("  {what:<42} {value}");
    }
}

const LIBRARY_SONGS: usize = 100;
const LIBRARY_SONG_SECS: f32 = 20.0;

#[test]
#[ignore = "a measurement, for make bench-page"]
fn a_hundred_songs_into_the_library() {
    let songs = Songs::new();
    let files = songs.tunes(LIBRARY_SONGS, LIBRARY_SONG_SECS);
    let site = Site::serve();
    let page = Page::open(&site, "", Screen::Desktop);
    page.engine_ready();
    let began = Instant::now();
    page.add_to_library(&files);
    println!("{LIBRARY_SONGS} songs of {LIBRARY_SONG_SECS} s into the library");
    for count in (10..=LIBRARY_SONGS).step_by(10) {
        page.library_holds_at_least(count);
        let memory = page.browser.memory_mib();
        println!(
            "  {count:>4} songs after {:>8}: {memory} MiB in all processes",
            secs(began.elapsed())
        );
    }
    page.library_says(&format!("{LIBRARY_SONGS} added."));
}

fn secs(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
