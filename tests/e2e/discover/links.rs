//! Searches and lists that leave the page: links and files.

use deepmelody::catalogue::SharedSearch;
use serde_json::json;

use super::{EVERYTHING_HALF, FIRST_VIEW, by_hand, track};
use crate::browser::Screen;
use crate::page::ids;
use crate::search::SearchPage;
use crate::server::Site;

/// A search for what is like one song, in which one instrument does not count and another counts more.
fn search(site: &Site) -> SearchPage {
    let search = SearchPage::by_hand(site, Screen::Desktop);
    search.act(0, "alike");
    search.refine();
    search.page.click(ids::SWITCH_OTHER);
    search.set(ids::WEIGHT_BASS, "1.5");
    search
}

#[test]
fn a_link_brings_the_same_list() {
    let site = Site::serve();
    let (link, ids) = {
        let search = search(&site);
        search.page.click(ids::ANY_PREVIEW);
        (search.link(), search.ids())
    };
    let fragment = &link[link.find('#').expect("a fragment")..];
    let search = SearchPage::open(&site, fragment, Screen::Desktop);
    search.page.click(ids::ANY_PREVIEW);
    // The link knows no song, so the song that it came from is in its list.
    let arrived = search.ids();
    let common: Vec<_> = arrived.iter().filter(|id| ids.contains(id)).collect();
    assert!(common.len() >= 9, "{arrived:?} {ids:?}");
    assert!(common.into_iter().eq(&ids[..9]), "{arrived:?} {ids:?}");
    let pressed = "return document.getElementById(SWITCH_OTHER).ariaPressed";
    assert_eq!(search.run(pressed, &[]), "false");
    assert_eq!(search.page.browser.outside.attempts(), Vec::<String>::new());
}

#[test]
fn a_link_holds_no_name_unless_wanted() {
    let site = Site::serve();
    let search = search(&site);
    let link = search.link();
    assert!(!link.contains("name="), "{link}");
    search.take();
    search.page.click(ids::KEEP_NAME);
    let named = search.link();
    let fragment = named.split_once('#').expect("a fragment").1;
    let shared = SharedSearch::from_fragment(fragment)
        .expect("whole")
        .expect("ours");
    let name = &search.texts(ids::EXAMPLE_NAMES)[0];
    assert_eq!(shared.name.as_ref(), Some(name));
    search.page.click(ids::COPY_LINK);
    let copied = "return document.getElementById(COPIED).innerText || null";
    search.wait("words on the copy", copied);
    let hash = search.run("return location.hash", &[]);
    assert_eq!(hash, json!(format!("#{fragment}")));
}

#[test]
fn damaged_links_are_refused_in_words() {
    let site = Site::serve();
    let whole = SharedSearch {
        query: by_hand(EVERYTHING_HALF),
        model_id: Some("somebody-elses".to_owned()),
        name: None,
    };
    let whole = whole.to_fragment();
    let cases = [
        (whole[..whole.len() - 4].to_owned(), "damaged"),
        (whole.replace("like=1", "like=7"), "version"),
        (whole, "another network"),
    ];
    for (fragment, expected) in cases {
        let search = SearchPage::open(&site, &format!("#{fragment}"), Screen::Desktop);
        let words = search.page.text_of(ids::LINK_TROUBLE);
        println!("{words}");
        assert!(words.contains(expected), "{words}");
        assert!(search.ids().is_empty());
        search.wait("the first view", FIRST_VIEW);
    }
}

#[test]
fn the_list_is_saved_as_playlist_table_and_json() {
    let site = Site::serve();
    let search = SearchPage::by_hand(&site, Screen::Desktop);
    search.take();
    search.page.click(ids::ONLY_PREVIEWS);
    let ids = search.ids();
    let (name, playlist) = search.saved(ids::SAVE_PLAYLIST);
    assert_eq!(name, "similar-songs.m3u8");
    let previews = ids.iter().filter(|id| track(id).preview.is_some()).count();
    assert!(previews > 0, "a list without previews shows nothing here");
    assert!(playlist.starts_with("#EXTM3U\n"), "{playlist}");
    assert_eq!(playlist.matches("#EXTINF:").count(), previews);
    assert_eq!(
        playlist.matches("/previews/").count(),
        previews,
        "{playlist}"
    );
    let (name, links) = search.saved(ids::SAVE_LINKS);
    assert_eq!(name, "similar-songs.html");
    let with_links = ids.iter().filter(|id| track(id).url.is_some()).count();
    assert_eq!(links.matches("<a href=").count(), with_links, "{links}");
    assert_eq!(links.matches("<li>").count(), ids.len());
    let (name, table) = search.saved(ids::SAVE_TABLE);
    assert_eq!(name, "similar-songs.csv");
    assert!(table.contains(&track(&ids[0]).title), "{table}");
    assert!(table.starts_with("rank,score,"), "{table}");
    let (name, text) = search.saved(ids::SAVE_JSON);
    assert_eq!(name, "similar-songs.json");
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let saved: Vec<_> = report["recommendations"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["track"]["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(saved, ids);
}
