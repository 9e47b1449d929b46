//! A song's whole way: the page's answers are the companion's, and nobody else hears of the song.

use serde_json::{Value, json};

use crate::browser::Screen;
use crate::companion;
use crate::page::{Page, ids};
use crate::server::{Instead, SUB_PATH, Site};
use crate::songs::{self, Songs};

#[test]
fn a_dropped_song_gets_the_companions_answers() {
    let song = songs::demo();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    page.drop_file(&song);
    page.outcome("demo.ogg");
    // As the companion, which knows no previews.
    page.click(ids::ANY_PREVIEW);
    let outcome = page.shown();

    companion::agrees(&song, &outcome);
    assert_eq!(outcome.recommended.len(), 10);
    assert!(page.text_of(ids::MACHINE).contains("CPU"));
}

#[test]
fn recommendations_follow_the_chosen_instruments_at_once() {
    let songs = Songs::new();
    let song = songs.wav("tune.wav", 2, &songs::tune(10.0));
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.choose_file(&song);
    page.outcome("tune.wav");
    page.click(ids::ANY_PREVIEW);
    for source in ["piano", "bass", "drums", "other"] {
        page.click(&ids::of(ids::SWITCH, source));
    }
    let recommended = page.shown().recommended;
    assert_eq!(
        recommended.first(),
        Some(&companion::first_recommendation(&song, &["guitar"]))
    );
    page.click(ids::SWITCH_GUITAR);
    assert!(
        page.shown().recommended.is_empty(),
        "nothing chosen, nothing recommended"
    );
}

/// A card that leaves everything open for the guitar, something for the piano, and nothing for the rest.
fn of_doubts(card: Vec<u8>) -> Vec<u8> {
    let mut card: Value = serde_json::from_slice(&card).expect("a model card");
    let nothing = json!([[0, 0], [1, 1]]);
    card["prediction_intervals"] = json!({
        "coverage_percent": 80,
        "at_estimates": [[[0, 1]], [[0, 0.3], [0.7, 1]], nothing, nothing, nothing]
    });
    card.to_string().into_bytes()
}

#[test]
fn shares_that_the_model_is_unsure_of_are_shown_with_their_range_and_other_with_its_voices() {
    let songs = Songs::new();
    let site = Site::serve();
    site.replace("deepmelody.json", Instead::Changed(of_doubts));
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.choose_file(&songs.wav("tune.wav", 2, &songs::tune(5.0)));
    page.outcome("tune.wav");
    let texts = |script: &str| -> Vec<String> {
        let texts = page.browser.session.run(script, &[]);
        let texts = texts.as_array().cloned().unwrap_or_default();
        let text = |text: &Value| text.as_str().unwrap_or_default().to_owned();
        texts.iter().map(text).collect()
    };

    let shares =
        texts("return [...document.querySelectorAll(SHARES)].map(share => share.innerText)");
    assert_eq!(shares.len(), 5);
    assert!(shares[0].contains("unsure: 0–100 %"), "{shares:?}");
    assert!(shares[1].contains("likely "), "{shares:?}");
    for share in &shares[2..] {
        assert!(!share.contains('–'), "{shares:?}");
    }
    let rows = texts(
        "return [...document.querySelector(SHARES_TABLE).tBodies[0].rows].map(row => row.textContent)",
    );
    assert!(rows[0].contains("%, unsure: 0–100 %"), "{rows:?}");
    assert!(rows[4].contains("voices"), "{rows:?}");
    assert!(page.text_of(ids::PART_OTHER).contains("voices"));
    assert!(page.text_of(ids::SWITCH_OTHER).contains("voices"));
}

#[test]
fn nothing_leaves_the_origin_and_nothing_is_asked_after_loading() {
    let songs = Songs::new();
    let song = songs.wav("tune.wav", 2, &songs::tune(10.0));
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    page.kept();
    let loading = site.take_requests();
    let foreign: Vec<_> = loading
        .iter()
        .filter(|line| !line.starts_with(&format!("GET {SUB_PATH}")))
        .collect();
    assert!(
        foreign.iter().all(|line| line.ends_with("/favicon.ico")),
        "outside the sub-path: {foreign:?}"
    );

    page.drop_file(&song);
    page.outcome("tune.wav");
    // Half a minute after its service worker came to rest, the browser itself looks whether there is a newer one.
    let mut asked = site.take_requests();
    asked.retain(|line| !line.ends_with("/offline.js"));
    assert_eq!(asked, Vec::<String>::new(), "asked after loading");
    assert_eq!(
        page.browser.outside.attempts(),
        Vec::<String>::new(),
        "left the machine"
    );

    let policy =
        "return document.querySelector('meta[http-equiv=\"Content-Security-Policy\"]')?.content";
    let policy = page.browser.session.run(policy, &[]);
    let policy = policy.as_str().expect("a Content-Security-Policy");
    assert!(policy.contains("connect-src 'self'"), "{policy}");
    let escape = "const done = arguments[arguments.length - 1];
        fetch('http://192.0.2.1/').then(() => done('went out'), () => done('held back'))";
    let escape = page.browser.session.run_async(escape);
    assert_eq!(escape, "held back");
    assert_eq!(
        page.browser.outside.attempts(),
        Vec::<String>::new(),
        "the policy holds requests back"
    );
}

#[test]
fn a_cancelled_song_makes_way_for_the_next() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.drop_file(&songs::demo());
    page.separating();
    page.cancel();
    page.drop_file(&songs.wav("next.wav", 2, &songs::tune(5.0)));
    page.outcome("next.wav");
}

#[test]
fn the_demo_works_on_a_phone_and_fits_its_screen() {
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Phone);
    assert_eq!(page.width_pixels(), 390);
    assert_eq!(page.overflow_pixels(), 0, "the first view is too wide");
    page.click(ids::DEMO);
    let outcome = page.outcome("Demo song");
    assert_eq!(outcome.prominence.len(), 5);
    assert_eq!(page.overflow_pixels(), 0, "the result is too wide");
}
