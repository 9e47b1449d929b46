//! Finding songs: by hand, from others, from links; refined, explained, saved, and on the map. The list is always
//! compared with what the library selects.

use deepmelody::catalogue::{Ingredient, Track};
use deepmelody::catalogue::{Limit, Order, Query, Refinement, Role, SharedSearch, blend};
use deepmelody::source::{PerSource, Source};
use serde_json::json;

use crate::browser::Screen;
use crate::finder::{Finder, catalogue, expected};
use crate::server::{Instead, Site};

const EVERYTHING_HALF: PerSource<f32> = PerSource([0.5; Source::COUNT]);

fn track(id: &str) -> Track {
    let tracks = catalogue().tracks;
    tracks
        .into_iter()
        .find(|track| track.id == id)
        .expect("a song of the catalogue")
}

#[test]
fn a_search_by_hand_needs_no_file() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    assert_eq!(
        finder.ids(),
        expected(&Query::all(EVERYTHING_HALF), &Refinement::default())
    );
    let wanted = [
        ("guitar", 100),
        ("piano", 0),
        ("bass", 60),
        ("drums", 80),
        ("other", 20),
    ];
    for (source, percent) in wanted {
        finder.set(&format!("share-{source}"), &percent.to_string());
    }
    let mut query = Query::all(PerSource(wanted.map(|(_, percent)| percent as f32 / 100.0)));
    assert_eq!(finder.ids(), expected(&query, &Refinement::default()));

    finder.refine();
    finder.set("weight-guitar", "2");
    finder.set("weight-drums", "0.25");
    query.weights = PerSource([2.0, 1.0, 1.0, 0.25, 1.0]);
    assert_eq!(finder.ids(), expected(&query, &Refinement::default()));
    finder.page.click("equal-weights");

    for source in ["piano", "bass", "drums", "other"] {
        finder.page.click(&format!("switch-{source}"));
    }
    let guitar = Query::only(query.prominence, &[Source::Guitar]);
    assert_eq!(finder.ids(), expected(&guitar, &Refinement::default()));
    let how = finder.page.text_of("how");
    assert!(how.contains("how close the shares are"), "{how}");

    finder.page.click("leave-search");
    finder.wait(
        "the first view",
        "return !!document.getElementById('dropzone')",
    );
}

#[test]
fn lists_are_refined_and_an_empty_one_says_what_to_loosen() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    let query = Query::all(EVERYTHING_HALF);
    finder.refine();
    finder.choose("limit", "the best 25");
    finder.choose("per-artist", "one");
    finder.choose("order", "by title");
    let mut refinement = Refinement {
        limit: Limit::Best(25),
        max_per_artist: Some(1),
        order: Order::Title,
        ..Refinement::default()
    };
    let shown = finder.ids();
    assert_eq!(shown, expected(&query, &refinement));
    assert!(!shown.is_empty());

    let licence = catalogue().tracks[0].licence.clone().expect("a licence");
    finder.choose("licence", &licence);
    finder.set("max-minutes", "3");
    refinement.licence = Some(licence);
    refinement.max_duration_secs = Some(180.0);
    assert_eq!(finder.ids(), expected(&query, &refinement));

    finder.set("words", "no song is called so");
    assert!(finder.ids().is_empty());
    let words = finder.page.text_of("nothing");
    println!("{words}");
    assert!(words.contains("“no song is called so”: "), "{words}");
    let buttons = finder.texts("#nothing [data-filter]");
    assert_eq!(
        buttons.len(),
        1,
        "only the words stand in the way: {buttons:?}"
    );
    finder.run("document.querySelector('[data-filter=Text]').click()", &[]);
    assert_eq!(finder.ids(), expected(&query, &refinement));
    finder.set("words", "nothing of the kind");
    finder.page.click("start-over");
    assert_eq!(finder.ids(), expected(&query, &Refinement::default()));

    finder.choose("limit", "all from 99 % alike");
    let all = Refinement {
        limit: Limit::AtLeast(0.99),
        ..Refinement::default()
    };
    assert_eq!(finder.ids(), expected(&query, &all));
}

#[test]
fn songs_explain_themselves_and_lead_to_others() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    let first = track(&finder.ids()[0]);
    let reasons = finder.why(0);
    println!("{reasons}");
    let percent = format!("{:.0} %", first.prominence[Source::Guitar] * 100.0);
    assert!(
        reasons.contains("Agrees in") || reasons.contains("Nothing comes within"),
        "{reasons}"
    );
    assert!(reasons.contains(&percent), "{percent} in {reasons}");

    finder.act(0, "alike");
    let ids = finder.ids();
    assert!(!ids.contains(&first.id), "the song itself is hidden");
    let like = Query::all(first.prominence);
    let mut list = expected(
        &like,
        &Refinement {
            limit: Limit::Best(11),
            ..Refinement::default()
        },
    );
    list.retain(|id| *id != first.id);
    assert_eq!(ids, list[..10]);
    assert_eq!(finder.texts("#asked .asked__item").len(), 1);

    let (second, third) = (track(&ids[3]), track(&ids[5]));
    finder.act(3, "add");
    finder.act(
        finder
            .ids()
            .iter()
            .position(|id| *id == third.id)
            .expect("still there"),
        "take",
    );
    let asked = [
        Ingredient::of_track(&first, Role::Like),
        Ingredient::of_track(&second, Role::Like),
        Ingredient::of_track(&third, Role::Unlike),
    ];
    let query = Query::all(blend(&asked).expect("two to be like"));
    let mut list = expected(
        &query,
        &Refinement {
            limit: Limit::Best(13),
            ..Refinement::default()
        },
    );
    list.retain(|id| ![&first.id, &second.id, &third.id].contains(&id));
    assert_eq!(finder.ids(), list[..10]);
    assert_eq!(finder.texts("#asked .asked__item").len(), 3);
    finder.run(
        "document.querySelector('.asked__item--unlike button').click()",
        &[],
    );
    assert_eq!(finder.texts("#asked .asked__item").len(), 2);
}

#[test]
fn a_link_brings_the_same_list_and_no_name_unless_wanted() {
    let site = Site::serve();
    let (link, ids) = {
        let finder = Finder::by_hand(&site, Screen::Desktop);
        finder.act(0, "alike");
        finder.refine();
        finder.page.click("switch-other");
        finder.set("weight-bass", "1.5");
        let name = &finder.texts("#asked .asked__item span:nth-of-type(3)")[0];
        let link = finder.link();
        assert!(!link.contains("name="), "{link}");
        finder.page.click("keep-name");
        let named = finder.link();
        let fragment = named.split_once('#').expect("a fragment").1;
        let shared = SharedSearch::from_fragment(fragment)
            .expect("whole")
            .expect("ours");
        assert_eq!(shared.name.as_ref(), Some(name));
        finder.page.click("copy-link");
        finder.wait(
            "words on the copy",
            "return document.getElementById('copied').innerText || null",
        );
        let hash = finder.run("return location.hash", &[]);
        assert_eq!(hash, json!(format!("#{fragment}")));
        (link, finder.ids())
    };
    let fragment = &link[link.find('#').expect("a fragment")..];
    let finder = Finder::open(&site, fragment, Screen::Desktop);
    // The link knows no song, so the song that it came from is in its list.
    let arrived: Vec<_> = finder
        .ids()
        .into_iter()
        .filter(|id| ids.contains(id))
        .collect();
    assert_eq!(arrived, ids[..arrived.len()]);
    assert!(arrived.len() >= 9, "{arrived:?} {ids:?}");
    let pressed = finder.run(
        "return document.getElementById('switch-other').ariaPressed",
        &[],
    );
    assert_eq!(pressed, "false");
    assert_eq!(finder.page.browser.outside.attempts(), Vec::<String>::new());
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
        finder.wait(
            "the first view",
            "return !!document.getElementById('dropzone')",
        );
    }
}

#[test]
fn the_list_is_saved_as_playlist_table_and_json() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    finder.refine();
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

/// The catalogue in which every song's preview is the demo song.
fn with_previews(bytes: Vec<u8>) -> Vec<u8> {
    let text = String::from_utf8(bytes).expect("JSON is text");
    let mut catalogue: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    for track in catalogue["tracks"].as_array_mut().expect("tracks") {
        track["preview"] = json!("demo.ogg");
    }
    catalogue.to_string().into_bytes()
}

#[test]
fn previews_play_where_there_are_any() {
    let site = Site::serve();
    site.replace("catalogue.json", Instead::Changed(with_previews));
    let finder = Finder::by_hand(&site, Screen::Phone);
    site.take_requests();
    finder.run("document.querySelector('.song__play').click()", &[]);
    finder.wait(
        "the sound",
        "return document.querySelector('.song__play').ariaPressed === 'true'",
    );
    while !site
        .take_requests()
        .iter()
        .any(|line| line.ends_with("/demo.ogg"))
    {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    finder.run("document.querySelector('.song__play').click()", &[]);
    finder.wait(
        "silence",
        "return document.querySelector('.song__play').ariaPressed === 'false'",
    );
    site.replace("demo.ogg", Instead::Missing);
    finder.run("document.querySelectorAll('.song__play')[1].click()", &[]);
    finder.wait(
        "words on it",
        "return !!document.getElementById('preview-notice')",
    );
}

#[test]
fn the_map_shows_moves_and_opens_songs() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Desktop);
    finder.refine();
    finder.page.click("show-map");
    // How many of the picture's pixels have another colour than its corner.
    let painted = "const map = document.getElementById('map');
        if (!map || map.width < 400) return null;
        const {data} = map.getContext('2d').getImageData(0, 0, map.width, map.height);
        let painted = 0;
        for (let at = 0; at < data.length; at += 4)
            if (data[at] !== data[0] || data[at + 1] !== data[1] || data[at + 2] !== data[2]) painted += 1;
        return painted || null";
    let all = finder.wait("the map", painted).as_i64().expect("a number");
    assert!(all > 1000, "{all} pixels painted");
    // A sweep of the pointer finds a song, and a click takes it.
    let sweep = "const done = arguments[arguments.length - 1];
        const map = document.getElementById('map');
        const {left, top, width, height} = map.getBoundingClientRect();
        const turn = () => new Promise(next => {
            const channel = new MessageChannel();
            channel.port1.onmessage = next;
            channel.port2.postMessage(null);
        });
        (async () => {
            for (let y = height / 3; y < height; y += 4)
                for (let x = width / 3; x < width; x += 4) {
                    const at = {clientX: left + x, clientY: top + y, pointerId: 1, bubbles: true};
                    map.dispatchEvent(new PointerEvent('pointermove', at));
                    await turn();
                    const tip = document.getElementById('map-tip')?.innerText;
                    if (tip) {
                        map.dispatchEvent(new PointerEvent('pointerdown', at));
                        map.dispatchEvent(new PointerEvent('pointerup', at));
                        return done(tip);
                    }
                }
            done(null);
        })();";
    let tip = finder.page.browser.session.run_async(sweep);
    let tip = tip.as_str().expect("a song under the pointer");
    let card = finder.page.text_of("map-card");
    assert!(
        card.contains(tip.split(" · ").next().expect("a title")),
        "{tip} {card}"
    );
    let middle = "document.querySelector('#map-middle summary').click()";
    finder.run(middle, &[]);
    finder.wait(
        "the list",
        "return document.querySelectorAll('#map-middle li').length === 12",
    );
    let listed = finder.texts("#map-middle li");
    finder.run(
        "document.querySelector('#map-middle li button').click()",
        &[],
    );
    let card = finder.page.text_of("map-card");
    println!("pointed at {tip:?}; listed {listed:?}; chosen {card:?}");
    let title = listed[0].split(" · ").next().expect("a title");
    assert!(card.contains(title), "{card}");
    // Keys move the map, and the list with it.
    finder.page.click("map-closer");
    let keys = "const map = document.getElementById('map');
        for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp'])
            map.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));";
    finder.run(keys, &[]);
    let last = format!(
        "return document.querySelector('#map-middle li:last-child').innerText !== {}",
        json!(listed[11])
    );
    finder.wait("another list", &last);
    finder.run(
        "document.querySelector('#map-card [data-act=alike]').click()",
        &[],
    );
    assert_eq!(finder.texts("#asked .asked__item").len(), 1);
}

#[test]
fn the_search_fits_a_phone() {
    let site = Site::serve();
    let finder = Finder::by_hand(&site, Screen::Phone);
    assert_eq!(finder.page.overflow_pixels(), 0, "the search is too wide");
    finder.refine();
    finder.why(0);
    finder.page.click("show-map");
    finder.wait(
        "the map",
        "return document.getElementById('map')?.width > 300",
    );
    assert_eq!(
        finder.page.overflow_pixels(),
        0,
        "refined and explained it is too wide"
    );
}
