//! The map of all songs, the sounds that some bring along, and all of it on a phone.

use serde_json::json;

use crate::browser::Screen;
use crate::page::ids;
use crate::search::SearchPage;
use crate::server::{Instead, Site};

/// How many of the picture's pixels have another colour than its corner.
const PAINTED: &str = "const map = document.getElementById(MAP);
    if (!map || map.width < 400) return null;
    const {data} = map.getContext('2d').getImageData(0, 0, map.width, map.height);
    let painted = 0;
    for (let at = 0; at < data.length; at += 4)
        if (data[at] !== data[0] || data[at + 1] !== data[1] || data[at + 2] !== data[2]) painted += 1;
    return painted || null";

/// Moves the pointer over the map until it names a song, and clicks there.
const SWEEP: &str = "const done = arguments[arguments.length - 1];
    const map = document.getElementById(MAP);
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
                const tip = document.getElementById(MAP_TIP)?.innerText;
                if (tip) {
                    map.dispatchEvent(new PointerEvent('pointerdown', at));
                    map.dispatchEvent(new PointerEvent('pointerup', at));
                    return done(tip);
                }
            }
        done(null);
    })();";

fn open_map(site: &Site) -> SearchPage {
    let search = SearchPage::by_hand(site, Screen::Desktop);
    search.page.click(ids::SHOW_MAP);
    let painted = search.wait("the map", PAINTED).as_i64().expect("a number");
    assert!(painted > 1000, "{painted} pixels painted");
    search
}

#[test]
fn the_map_opens_the_song_pointed_at() {
    let site = Site::serve();
    let search = open_map(&site);
    let tip = search.page.browser.session.run_async(SWEEP);
    let tip = tip.as_str().expect("a song under the pointer");
    let card = search.page.text_of(ids::MAP_CARD);
    println!("pointed at {tip:?}, chosen {card:?}");
    assert!(
        card.contains(tip.split(" · ").next().expect("a title")),
        "{tip} {card}"
    );
    search.run("document.querySelector(MAP_ALIKE).click()", &[]);
    assert_eq!(search.texts(ids::EXAMPLES).len(), 1);
}

#[test]
fn the_map_moves_by_keys_and_lists_its_middle() {
    let site = Site::serve();
    let search = open_map(&site);
    search.run("document.querySelector(MAP_LIST_SUMMARY).click()", &[]);
    search.wait(
        "the list",
        "return document.querySelectorAll(MAP_LIST).length === 12",
    );
    let listed = search.texts(ids::MAP_LIST);
    search.run("document.querySelector(MAP_LIST_BUTTONS).click()", &[]);
    let card = search.page.text_of(ids::MAP_CARD);
    let title = listed[0].split(" · ").next().expect("a title");
    assert!(card.contains(title), "{card}");
    search.page.click(ids::MAP_CLOSER);
    let keys = "const map = document.getElementById(MAP);
        for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp'])
            map.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));";
    search.run(keys, &[]);
    let moved = format!(
        "return document.querySelector(MAP_LIST_LAST).innerText !== {}",
        json!(listed[11])
    );
    search.wait("another list", &moved);
}

/// Puts two fingers down beside a song, pulls them apart to twice their distance, and points at where the song then has
/// to be.
const PINCH: &str = "const [x, y] = arguments;
    const map = document.getElementById(MAP);
    const {left, top} = map.getBoundingClientRect();
    const touch = (kind, pointerId, x) => map.dispatchEvent(new PointerEvent(kind,
        {clientX: left + x, clientY: top + y, pointerId, pointerType: 'touch', bubbles: true}));
    const middle = x - 40;
    for (const [id, side] of [[11, -1], [12, 1]]) touch('pointerdown', id, middle + side * 30);
    for (const [id, side] of [[11, -1], [12, 1]]) touch('pointermove', id, middle + side * 60);
    for (const [id, side] of [[11, -1], [12, 1]]) touch('pointerup', id, middle + side * 60);
    touch('pointermove', 13, middle + 2 * 40);";

#[test]
fn two_fingers_pull_the_map_larger() {
    let site = Site::serve();
    let search = open_map(&site);
    let tip = search.page.browser.session.run_async(SWEEP);
    let place = "const {left, top} = document.getElementById(MAP_TIP).style;
        return [parseFloat(left), parseFloat(top)]";
    let place = search.run(place, &[]);
    let place = place.as_array().expect("a place");
    search.run(PINCH, place);
    let moved = format!(
        "const tip = document.getElementById(MAP_TIP);
        return tip?.innerText === {tip} && Math.abs(parseFloat(tip.style.left) - {} - 40) <= 2",
        place[0]
    );
    search.wait("the same song, further to the right", &moved);
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
    site.replace_catalogue(with_previews);
    let search = SearchPage::by_hand(&site, Screen::Phone);
    site.take_requests();
    search.run("document.querySelector(PREVIEWS).click()", &[]);
    search.wait(
        "the sound",
        "return document.querySelector(PREVIEWS).ariaPressed === 'true'",
    );
    while !site
        .take_requests()
        .iter()
        .any(|line| line.ends_with("/demo.ogg"))
    {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    search.run("document.querySelector(PREVIEWS).click()", &[]);
    search.wait(
        "silence",
        "return document.querySelector(PREVIEWS).ariaPressed === 'false'",
    );
    site.replace("demo.ogg", Instead::Missing);
    search.run("document.querySelectorAll(PREVIEWS)[1].click()", &[]);
    search.wait(
        "words on it",
        "return !!document.getElementById(PREVIEW_NOTICE)",
    );
}

#[test]
fn the_search_fits_a_phone() {
    let site = Site::serve();
    let search = SearchPage::by_hand(&site, Screen::Phone);
    assert_eq!(search.page.overflow_pixels(), 0, "the search is too wide");
    search.refine();
    search.take();
    search.why(0);
    search.page.click(ids::SHOW_MAP);
    search.wait(
        "the map",
        "return document.getElementById(MAP)?.width > 300",
    );
    assert_eq!(
        search.page.overflow_pixels(),
        0,
        "refined and explained it is too wide"
    );
}
