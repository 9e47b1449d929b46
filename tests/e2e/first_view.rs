//! What is there before the program of the page is: the same view, which already takes a song, or why there is no more.

use serde_json::Value;

use crate::browser::{Browser, Screen};
use crate::page::{PATIENCE, Page, ids};
use crate::server::{Instead, Site};
use crate::songs::{self, Songs};

const PROGRAM: &str = "_bg.wasm";
const IS_THERE: &str = "return !!document.getElementById(MAIN)";

const READ: &str = "return [...document.querySelectorAll(FIRST_VIEW)].map(element => {
        const {left, top, width, height} = element.getBoundingClientRect();
        return [element.innerText, left, top, width, height];
    })";

#[test]
fn the_first_view_is_the_same_before_and_after_the_program_starts() {
    let site = Site::serve();
    for screen in [Screen::Phone, Screen::Desktop] {
        site.replace("boot.js", Instead::Missing);
        let browser = Browser::open(&site.url(), screen);
        let before = browser.session.run(READ, &[]);
        site.heal();
        browser.session.refresh();
        browser.wait_for("the program", IS_THERE, PATIENCE);
        assert_eq!(browser.session.run(READ, &[]), before);
        let splash = browser
            .session
            .run("return document.getElementById(SPLASH)", &[]);
        assert_eq!(splash, Value::Null, "the first view makes way");
    }
}

#[test]
fn a_song_dropped_before_the_program_is_there_is_analysed() {
    let songs = Songs::new();
    let song = songs.wav("early.wav", 1, &songs::tune(5.0));
    let site = Site::serve();
    let early = before_the_program(&site, |browser| browser.drop_file(&song, "body"));
    early.outcome("early.wav");
}

#[test]
fn a_song_chosen_before_the_program_is_there_is_analysed() {
    let songs = Songs::new();
    let song = songs.wav("early.wav", 1, &songs::tune(5.0));
    let path = song.display().to_string();
    let site = Site::serve();
    let early = before_the_program(&site, |browser| browser.session.send_keys(ids::FILE, &path));
    early.outcome("early.wav");
}

#[test]
fn the_demo_asked_for_before_the_program_is_there_opens() {
    let site = Site::serve();
    let early = before_the_program(&site, |browser| {
        browser
            .session
            .run("document.getElementById(DEMO).click()", &[]);
    });
    let is_working = "return !!document.getElementById(STAGE)";
    early.browser.wait_for("the demo", is_working, PATIENCE);
}

#[test]
fn the_keyboard_stays_where_it_was_when_the_program_starts() {
    let site = Site::serve();
    let early = before_the_program(&site, |browser| {
        browser
            .session
            .run("document.getElementById(DEMO).focus()", &[]);
    });
    let focused = early
        .browser
        .session
        .run("return document.activeElement.id", &[]);
    assert_eq!(focused, ids::DEMO);
}

/// A page whose program is held back until this was done.
fn before_the_program(site: &Site, act: impl FnOnce(&Browser)) -> Page {
    site.replace(PROGRAM, Instead::Held);
    let browser = Browser::open(&format!("{}?device=cpu", site.url()), Screen::Desktop);
    act(&browser);
    assert_eq!(browser.session.run(IS_THERE, &[]), false, "it is held back");
    site.heal();
    browser.wait_for("the program", IS_THERE, PATIENCE);
    Page { browser }
}

#[test]
fn a_program_that_does_not_start_is_said() {
    let site = Site::serve();
    site.replace(PROGRAM, Instead::Missing);
    let browser = Browser::open(&site.url(), Screen::Phone);
    let words =
        "return document.getElementById(SPLASH_WORDS).innerText.includes('could not start')";
    browser.wait_for("words on it", words, PATIENCE);
}
