//! What is seen before the program of the page is there: the same words in the same places, or why there are no more.

use serde_json::Value;

use crate::browser::{Browser, Screen};
use crate::page::PATIENCE;
use crate::server::{Instead, Site};

const READ: &str = "return [...document.querySelectorAll(FIRST_VIEW_WORDS)].map(element => {
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
        let is_there = "return !!document.getElementById(MAIN)";
        browser.wait_for("the program", is_there, PATIENCE);
        assert_eq!(browser.session.run(READ, &[]), before);
        let splash = browser
            .session
            .run("return document.getElementById(SPLASH)", &[]);
        assert_eq!(splash, Value::Null, "the first words make way");
    }
}

#[test]
fn a_program_that_does_not_start_is_said() {
    let site = Site::serve();
    site.replace("_bg.wasm", Instead::Missing);
    let browser = Browser::open(&site.url(), Screen::Phone);
    let words = "const words = document.getElementById(SPLASH_WORDS);
        return words && !words.hidden && words.innerText";
    let words = browser.wait_for("words on it", words, PATIENCE);
    let words = words.as_str().expect("a text");
    assert!(words.contains("could not start"), "{words}");
}
