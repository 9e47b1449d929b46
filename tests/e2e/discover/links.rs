//! Searches and lists that leave the page: links and files.

use deepmelody::catalogue::{Query, SharedSearch};
use serde_json::json;

use super::{EVERYTHING_HALF, FIRST_VIEW, track};
use crate::browser::Screen;
use crate::finder::Finder;
use crate::server::Site;

/// A search for what is like one song, in which one instrument does not count and another counts more.
fn search(site: &Site) -> Finder {
    let finder = Finder::by_hand(site, Screen::Desktop);
    finder.act(0, "alike");
    finder.refine();
    finder.page.click("switch-other");
    finder.set("weight-bass", "1.5");
    finder
}

#[test]
fn a_link_brings_the_same_list() {
    let site = Site::serve();
    let (link, ids) = {
        let finder = search(&site);
        (finder.link(), finder.ids())
    };
    let fragment = &link[link.find('#').expect("a fragment")..];
    let finder = Finder::open(&site, fragment, Screen::Desktop);
    // The link knows no song, so the song that it came from is in its list.
    let arrived = finder.ids();
    let common: Vec<_> = arrived.iter().filter(|id| ids.contains(id)).collect();
    assert!(common.len() >= 9, "{arrived:?} {ids:?}");
    assert!(common.into_iter().eq(&ids[..9]), "{arrived:?} {ids:?}");
    let pressed = "return document.getElementById('switch-other').ariaPressed";
    assert_eq!(finder.run(pressed, &[]), "false");
    assert_eq!(finder.page.browser.outside.attempts(), Vec::<String>::new());
}

#[test]
fn a_link_holds_no_name_unless_wanted() {
    let site = Site::serve();
    let finder = search(&site);
    let link = finder.link();
    assert!(!link.contains("name="), "{link}");
    finder.take();
    finder.page.click("keep-name");
    let named = finder.link();
    let fragment = named.split_once('#').expect("a fragment").1;
    let shared = SharedSearch::from_fragment(fragment)
        .expect("whole")
        .expect("ours");
    let name = &finder.texts("#asked .asked__item span:nth-of-type(3)")[0];
    assert_eq!(shared.name.as_ref(), Some(name));
    finder.page.click("copy-link");
    let copied = "return document.getElementById('copied').innerText || null";
    finder.wait("words on the copy", copied);
    let hash = finder.run("return location.hash", &[]);
    assert_eq!(hash, json!(format!("#{fragment}")));
}

#[test]
fn damaged_links_are_refused_in_words() {
    let site = Site::serve();
    let whole = SharedSearch {
        query: Query::all(EVERYTHING_HALF),
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
        let finder = Finder::open(&site, &format!("#{fragment}"), Screen::Desktop);
        let words = finder.page.text_of("link-trouble");
        println!("{words}");
        assert!(words.contains(expected), "{words}");
        assert!(finder.ids().is_empty());
        finder.wait("the first view", FIRST_VIEW);
    }
}

#[test]
fn the_list_is_saved_as_playlist_table_and_json() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    finder.take();
    let ids = finder.ids();
    let (name, playlist) = finder.saved("save-playlist");
    assert_eq!(name, "songs-built-alike.m3u8");
    let with_links = ids.iter().filter(|id| {
        let track = track(id);
        track.url.is_some() || track.preview.is_some()
    });
    assert!(playlist.starts_with("#EXTM3U\n"), "{playlist}");
    assert_eq!(playlist.matches("#EXTINF:").count(), with_links.count());
    let (name, table) = finder.saved("save-table");
    assert_eq!(name, "songs-built-alike.csv");
    assert!(table.contains(&track(&ids[0]).title), "{table}");
    assert!(table.starts_with("rank,score,"), "{table}");
    let (name, text) = finder.saved("save-json");
    assert_eq!(name, "songs-built-alike.json");
    let report: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let saved: Vec<_> = report["recommendations"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["track"]["id"].as_str().expect("an id").to_owned())
        .collect();
    assert_eq!(saved, ids);
}
