//! Not tests but measurements, for `make bench-page`: a song of three minutes in the page and in the companion, one of an
//! hour, and a hundred of three minutes in the library.

use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::browser::Screen;
use crate::companion;
use crate::page::{PATIENCE, Page, ids};
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
    page.click(ids::PLAY);
    page.browser.wait_for(
        "the sound",
        "return Number(document.getElementById(SEEK).value) > 0",
        PATIENCE,
    );
    let sounding = dropped.elapsed();
    page.stems_made(PATIENCE);
    let made = dropped.elapsed();
    let outcome = page.outcome("song.wav");
    assert!(
        !outcome.recommended.is_empty(),
        "recommendations are shown with the prominences"
    );
    let long_tasks = page.long_tasks();
    let machine = page.text_of(ids::MACHINE);
    let [memory, files] = page.browser.peak_memory_mib();
    let (_, native) = companion::prominence(&song);
    let report: [(&str, String); 10] = [
        ("engine", engine),
        ("opening page and engine", secs(loading)),
        ("drop to prominences and recommendations", secs(shown)),
        ("drop to the first stems playing", secs(sounding)),
        ("drop to all stems", secs(made)),
        ("the page's own words", machine),
        ("peak memory of the page's process", format!("{memory} MiB")),
        (
            "...of the browser's, stems among it",
            format!("{files} MiB"),
        ),
        ("main-thread tasks over 50 ms", format!("{long_tasks:.0?}")),
        ("companion, the same song, all told", secs(native)),
    ];
    println!("{SONG_SECS} s of song");
    for (what, value) in report {
        println!("  {what:<42} {value}");
    }
}

/// What a song of an hour may take.
const HOUR_PATIENCE: Duration = Duration::from_secs(3_600);

#[test]
#[ignore = "a measurement, for make bench-page"]
fn an_hour_of_song() {
    let songs = Songs::new();
    // A little less: an hour and a sample would be refused.
    let song = songs.wav("hour.wav", 2, &songs::tune(3_599.0));
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    let dropped = Instant::now();
    page.drop_file(&song);
    page.outcome_within("hour.wav", HOUR_PATIENCE);
    let (shown, memory) = (dropped.elapsed(), page.browser.memory_mib());
    page.click(ids::PLAY);
    page.browser.wait_for(
        "the sound",
        "return Number(document.getElementById(SEEK).value) > 0.3",
        Duration::from_secs(60),
    );
    println!("An hour of song");
    println!(
        "  drop to prominences and recommendations    {}",
        secs(shown)
    );
    println!(
        "  the page's own words                       {}",
        page.text_of(ids::MACHINE)
    );
    println!(
        "  peak memory of the page's process          {} MiB",
        page.browser.peak_memory_mib()[0]
    );
    println!("  all processes, when it is done             {memory} MiB");
}

const LIBRARY_SONGS: usize = 100;

#[test]
#[ignore = "a measurement, for make bench-page"]
fn a_hundred_songs_into_the_library() {
    let songs = Songs::new();
    let files = songs.tunes(LIBRARY_SONGS, SONG_SECS);
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    println!("{LIBRARY_SONGS} songs of {SONG_SECS} s into the library, in two visits");
    let half = LIBRARY_SONGS / 2;
    fill(&page, &files, 0..half);
    page.reload();
    page.engine_ready();
    // The browser cannot find chosen files again, so that all are chosen once more.
    let left = page.text_of(ids::LIBRARY_LEFT);
    assert!(left.contains("cannot find files again"), "{left}");
    fill(&page, &files, half..LIBRARY_SONGS);
    page.library_holds(LIBRARY_SONGS);
    let said = page.text_of(ids::LIBRARY_SAID);
    println!("  the page's own words: {said}");
    assert!(!said.contains("skipped"), "{said}");
}

/// Has the library take in all files, and follows it from one number of songs to another.
fn fill(page: &Page, files: &[PathBuf], songs: Range<usize>) {
    const STEP: usize = 5;
    let (began, busy) = (Instant::now(), page.browser.busy());
    page.add_to_library(files);
    for count in songs.step_by(STEP).map(|count| count + STEP) {
        page.library_holds_at_least(count);
        let cores = (page.browser.busy() - busy).as_secs_f64() / began.elapsed().as_secs_f64();
        println!(
            "  {count:>4} songs after {:>8}: {} MiB in all processes, {cores:.2} cores busy",
            secs(began.elapsed()),
            page.browser.memory_mib(),
        );
    }
}

fn secs(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
