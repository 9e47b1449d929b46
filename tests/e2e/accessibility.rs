//! Every state of the page is checked by axe-core, by light and in the dark, and fits narrow and wide windows; and the
//! keyboard alone is enough.

use std::fs;

use serde_json::{Value, json};

use crate::browser::Screen;
use crate::cache;
use crate::page::{Page, ids};
use crate::server::{Instead, Site};
use crate::songs::{self, Songs};
use crate::words;

/// The narrowest window that has to do, a usual phone, and a desktop.
const WIDTHS: [i64; 3] = [320, 390, 1440];

#[test]
fn every_state_is_accessible_and_fits() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    check(&page, "first visit, engine loading");
    page.engine_ready();
    page.kept();
    check(&page, "first visit");
    page.drop_file(&songs.file("empty.wav", b""));
    page.trouble("empty.wav");
    check(&page, "failed");
    page.add_to_library(&[
        songs.wav("mine.wav", 1, &songs::tune(3.0)),
        songs.file("no.wav", b"no"),
    ]);
    page.library_says(&words::added(1, 0, 1));
    page.browser
        .session
        .run("document.getElementById(LIBRARY_ALL).open = true", &[]);
    check(&page, "library");
    page.drop_file(&songs::demo());
    page.separating();
    check(&page, "working");
    page.outcome("demo.ogg");
    page.browser.session.run(
        "document.querySelectorAll('details').forEach(details => details.open = true)",
        &[],
    );
    check(&page, "done");
    page.browser
        .session
        .open(&format!("{}privacy.html", site.url()));
    check(&page, "privacy");
}

#[test]
fn a_missing_catalogue_is_accessible_and_fits() {
    let songs = Songs::new();
    let site = Site::serve();
    site.replace("catalogue.json", Instead::Missing);
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.drop_file(&songs.wav("tune.wav", 1, &songs::tune(3.0)));
    page.outcome("tune.wav");
    page.text_of(ids::CATALOGUE_NOTICE);
    check(&page, "catalogue missing");
}

#[test]
fn the_keyboard_alone_goes_all_the_way() {
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    let focused = "const at = document.activeElement; return at.id || at.className";
    let mut visited = Vec::new();
    for _ in 0..8 {
        page.browser.session.press("\u{E004}");
        visited.push(page.browser.session.run(focused, &[]));
        if visited.last() == Some(&json!("demo")) {
            break;
        }
    }
    println!("focus order: {visited:?}");
    assert_eq!(
        visited.first(),
        Some(&json!("skip")),
        "first of all, a way past the head"
    );
    let place = |id: &str| visited.iter().position(|at| at == id);
    assert!(
        place("file") < place("demo") && place("file").is_some(),
        "{visited:?}"
    );
    page.browser.session.press("\u{E007}");
    page.outcome("Demo song");
    let said = page
        .browser
        .session
        .run("return document.querySelector(LIVE_REGION).innerText", &[]);
    assert!(
        said.as_str()
            .is_some_and(|said| said.starts_with(words::DONE)),
        "{said}"
    );
    page.browser.wait_for(
        "the focus on the result",
        "return document.activeElement.id === 'result-title'",
        crate::page::PATIENCE,
    );
}

#[test]
fn who_wants_no_motion_gets_none() {
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    let features = json!([{"name": "prefers-reduced-motion", "value": "reduce"}]);
    page.browser
        .session
        .command_chromium("Emulation.setEmulatedMedia", &json!({"features": features}));
    let moving = "return [...document.querySelectorAll('*')]
        .filter(element => parseFloat(getComputedStyle(element).transitionDuration) > 0).length";
    assert_eq!(page.browser.session.run(moving, &[]), 0);
}

fn check(page: &Page, state: &str) {
    let chromium = |command: &str, parameters: Value| {
        page.browser.session.command_chromium(command, &parameters)
    };
    for width in WIDTHS {
        let metrics =
            json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        chromium("Emulation.setDeviceMetricsOverride", metrics);
        assert_eq!(
            page.overflow_pixels(),
            0,
            "{state} is too wide at {width} pixels"
        );
        let scheme = if width == 390 { "dark" } else { "light" };
        for scheme in if width == 320 {
            vec!["light", "dark"]
        } else {
            vec![scheme]
        } {
            // Without motion, so that no colour is caught on its way to another.
            let features = json!([
                {"name": "prefers-color-scheme", "value": scheme},
                {"name": "prefers-reduced-motion", "value": "reduce"}
            ]);
            chromium("Emulation.setEmulatedMedia", json!({"features": features}));
            let found = violations(page);
            assert!(
                found.is_empty(),
                "{state}, {width} pixels, {scheme}: {}",
                found.join("\n")
            );
        }
    }
    println!("{state}: no violation");
}

/// What axe-core finds wrong, by all its rules.
fn violations(page: &Page) -> Vec<String> {
    let session = &page.browser.session;
    if session.run("return typeof axe === 'undefined'", &[]) == json!(true) {
        session.run(&axe(), &[]);
    }
    let script = "const done = arguments[arguments.length - 1];
        axe.run(document, {resultTypes: ['violations']}).then(({violations}) => done(violations.flatMap(
            ({id, nodes}) => nodes.map(({target, failureSummary}) => `${id}: ${target}: ${failureSummary}`))))";
    let found = session.run_async(script);
    let found = found.as_array().expect("a list").iter();
    found
        .filter_map(|line| line.as_str().map(str::to_owned))
        .collect()
}

/// Fetched by `scripts/setup.sh tests`.
fn axe() -> String {
    let path = cache::file("axe.min.js");
    fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}: run scripts/setup.sh tests", path.display()))
}
