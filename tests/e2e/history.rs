//! Back, forward and reload: no song and no search is lost.

use serde_json::{Value, json};

use crate::browser::Screen;
use crate::page::{PATIENCE, Page, ids};
use crate::search::SearchPage;
use crate::server::Site;
use crate::songs::{self, Songs};

/// What is on the page: the first view, a search or a result.
const VIEW: &str = "return document.getElementById(FILE_NAME) ? 'song'
    : document.getElementById(DROPZONE) ? 'start' : document.querySelector(SONGS) ? 'search' : null";

fn wait_for_view(page: &Page, view: &str) {
    let script = format!("return (() => {{ {VIEW} }})() === {}", json!(view));
    page.browser.wait_for(view, &script, PATIENCE);
}

#[test]
fn back_and_forward_keep_song_and_search() {
    let songs = Songs::new();
    let site = Site::serve();
    let search = SearchPage::by_hand(&site, Screen::Desktop);
    search.set(&ids::of(ids::SHARE, "guitar"), "90");
    let searched = search.ids();
    let page = &search.page;
    page.drop_file(&songs.wav("tune.wav", 1, &songs::tune(3.0)));
    page.outcome("tune.wav");
    let found = search.ids();
    assert_ne!(found, searched);
    let go = |way: &str, view: &str| {
        page.browser.session.run(&format!("history.{way}()"), &[]);
        wait_for_view(page, view);
    };
    go("back", "search");
    assert_eq!(search.ids(), searched, "the search as it was left");
    go("back", "start");
    go("forward", "search");
    go("forward", "song");
    assert_eq!(page.outcome("tune.wav").recommended, found);
    page.click(ids::PLAY);
    go("back", "search");
    let playing = page
        .browser
        .session
        .run("return document.getElementById(PLAY)", &[]);
    assert_eq!(playing, Value::Null);
}

#[test]
fn a_reload_shows_the_last_analysis_and_a_later_visit_offers_it() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.drop_file(&songs.wav("Somebody - A tune.wav", 1, &songs::tune(3.0)));
    let before = page.outcome("Somebody - A tune.wav");
    page.reload();
    let after = page.outcome("Somebody - A tune.wav");
    assert_eq!(after.prominence, before.prominence);
    page.browser.wait_for(
        "the recommendations",
        "return document.querySelectorAll(SONG_IDS).length > 0",
        PATIENCE,
    );
    assert_eq!(page.shown().recommended, before.recommended);
    page.text_of(ids::RESTORED);
    let playable = "return !document.getElementById(PLAY).disabled";
    assert_eq!(page.browser.session.run(playable, &[]), json!(false));

    page.browser.session.open("about:blank");
    page.browser
        .session
        .open(&format!("{}?device=cpu", site.url()));
    assert_eq!(page.text_of(ids::LAST_SONG), "A tune");
    page.click(ids::LAST_SONG);
    assert_eq!(
        page.outcome("Somebody - A tune.wav").prominence,
        before.prominence
    );
}

#[test]
fn leaving_asks_only_while_work_would_be_lost() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    let asks = || {
        let script = "const event = new Event('beforeunload', {cancelable: true});
            window.dispatchEvent(event); return event.defaultPrevented";
        page.browser.session.run(script, &[]) == json!(true)
    };
    assert!(!asks(), "nothing is going on");
    page.drop_file(&songs::demo());
    page.separating();
    assert!(asks(), "a song is being analysed");
    page.cancel();
    assert!(!asks(), "it was cancelled");
    drop(songs);
}
