//! The toolbar: volume, zoom, the loop's handles, and room for all of it on a phone.

use serde_json::json;

use crate::browser::Screen;
use crate::listen::analysed;
use crate::page::{Page, ids};
use crate::server::Site;
use crate::songs::{self, Songs};

fn number(page: &Page, script: &str) -> f64 {
    page.ask(script).as_f64().expect("a number")
}

/// Presses the pointer on an element's middle and moves it by so many pixels before it is released.
fn drag_by(page: &Page, id: &str, pixels: f64) {
    let script = "const handle = document.getElementById(arguments[0]);
        const box = handle.getBoundingClientRect();
        const at = (kind, by) => handle.dispatchEvent(new PointerEvent(kind, {bubbles: true, button: 0, pointerId: 1,
            clientX: box.left + box.width / 2 + by, clientY: box.top + 5}));
        at('pointerdown', 0); at('pointermove', arguments[1]); at('pointerup', arguments[1]);";
    page.browser
        .session
        .run(script, &[json!(id), json!(pixels)]);
}

#[test]
fn the_loop_has_handles_that_can_be_hit_in_a_long_song() {
    let songs = Songs::new();
    let site = Site::serve();
    let song = songs.wav("long.wav", 1, &songs::tune(60.0));
    let page = analysed(&site, &song, Screen::Desktop);
    let loop_end = "return Number(document.getElementById(LOOP_END).getAttribute('aria-valuenow'))";
    // A loop of one second, a few pixels wide.
    page.ask(
        "document.getElementById(SEEK).value = 10;
        document.getElementById(SEEK).dispatchEvent(new Event('input', {bubbles: true}))",
    );
    let key = |key: &str| {
        page.ask(&format!(
            "document.body.dispatchEvent(new KeyboardEvent('keydown', {{key: '{key}', bubbles: true}}))"
        ));
    };
    key("[");
    page.ask(
        "document.getElementById(SEEK).value = 11;
        document.getElementById(SEEK).dispatchEvent(new Event('input', {bubbles: true}))",
    );
    key("]");
    assert!((number(&page, loop_end) - 11.0).abs() < 0.2);
    let width = number(
        &page,
        "return document.getElementById(LOOP_END).getBoundingClientRect().width",
    );
    assert!(width >= 24.0, "{width} pixels to hit");
    drag_by(&page, ids::LOOP_END, 200.0);
    let dragged = number(&page, loop_end);
    assert!(dragged > 15.0, "{dragged}");
    page.ask("document.getElementById(LOOP_END).focus()");
    page.browser.session.press("\u{E014}");
    assert!(
        (number(&page, loop_end) - dragged - 0.1).abs() < 0.06,
        "an arrow key moves it"
    );
}

#[test]
fn zoomed_lanes_show_less_and_follow_the_playhead() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = analysed(
        &site,
        &songs.wav("tune.wav", 1, &songs::tune(40.0)),
        Screen::Desktop,
    );
    let view = "return document.querySelector(DRUMS_DRAWING).getAttribute('viewBox').split(' ').map(Number)";
    assert_eq!(page.ask(view)[2].as_f64(), Some(1000.0));
    page.click(ids::ZOOM_IN);
    page.click(ids::ZOOM_IN);
    let zoomed = page.ask(view);
    assert!(
        (zoomed[2].as_f64().expect("a width") - 250.0).abs() < 1.0,
        "{zoomed}"
    );
    page.ask(
        "document.getElementById(SEEK).value = 30;
        document.getElementById(SEEK).dispatchEvent(new Event('input', {bubbles: true}))",
    );
    let turned = page.ask(view);
    let left = turned[0].as_f64().expect("a place");
    assert!(
        left > 600.0 && left <= 750.0,
        "30 s of 40 are in sight: {turned}"
    );
}

#[test]
fn one_volume_is_over_all_parts() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = analysed(
        &site,
        &songs.wav("tune.wav", 1, &songs::tune(4.0)),
        Screen::Desktop,
    );
    page.ask(
        "window.master = null;
        const connect = AudioNode.prototype.connect;
        AudioNode.prototype.connect = function (target, ...rest) {
            if (target instanceof AudioDestinationNode) window.master = this;
            return connect.call(this, target, ...rest);
        }",
    );
    page.click(ids::PLAY);
    page.ask(
        "const volume = document.getElementById(VOLUME); volume.value = 25;
        volume.dispatchEvent(new Event('input', {bubbles: true}))",
    );
    page.browser.wait_for(
        "the volume",
        "return window.master && Math.abs(window.master.gain.value - 0.25) < 0.01",
        crate::page::PATIENCE,
    );
}

#[test]
fn on_a_phone_the_toolbar_is_one_row() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = analysed(
        &site,
        &songs.wav("tune.wav", 1, &songs::tune(4.0)),
        Screen::Phone,
    );
    for state in ["at first", "with a part soloed and a loop"] {
        let height = number(
            &page,
            "return document.querySelector(TOOLBAR).getBoundingClientRect().height",
        );
        assert!(height < 80.0, "{state} it is {height} pixels high");
        assert_eq!(page.overflow_pixels(), 0, "{state} it is too wide");
        page.click(ids::SOLO_BASS);
        page.click(ids::LOOP);
    }
}
