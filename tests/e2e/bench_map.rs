//! Not a test but a measurement, for `make bench-page`: a catalogue of fifty thousand songs, its list and its map.

use std::time::Instant;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::browser::Screen;
use crate::page::ids;
use crate::search::SearchPage;
use crate::server::Site;

const SONGS: usize = 50_000;
/// Frames watched in each kind of movement.
const FRAMES: usize = 120;

/// What is done to the map in every frame (`turn` counts them).
const MOVEMENTS: [(&str, &str); 3] = [
    (
        "hovering",
        "send(PointerEvent, 'pointermove', width / 4 + turn * 3, height / 2);",
    ),
    (
        "zooming",
        "send(WheelEvent, 'wheel', width / 2, height / 2, {deltaY: turn % 60 < 30 ? -40 : 40});",
    ),
    (
        "dragging",
        "if (turn === 1) send(PointerEvent, 'pointerdown', width / 2, height / 2);
         send(PointerEvent, 'pointermove', width / 2 + 100 * Math.sin(turn / 10), height / 2);
         if (turn > 115) send(PointerEvent, 'pointerup', width / 2, height / 2);",
    ),
];

/// The shipped songs again and again, each a little different.
fn fifty_thousand(bytes: Vec<u8>) -> Vec<u8> {
    let mut random = ChaCha8Rng::seed_from_u64(50_000);
    let mut catalogue: Value = serde_json::from_slice(&bytes).expect("JSON");
    let shipped = catalogue["tracks"].as_array().expect("tracks").clone();
    let mut vary = |number: usize| {
        let mut track = shipped[number % shipped.len()].clone();
        track["id"] = json!(number.to_string());
        track["title"] = json!(format!("Song {number}"));
        for share in track["prominence"].as_array_mut().expect("five shares") {
            let varied = share.as_f64().expect("a share") + random.random_range(-0.15..0.15);
            *share = json!(varied.clamp(0.0, 1.0) as f32);
        }
        track
    };
    catalogue["tracks"] = (0..SONGS).map(&mut vary).collect();
    catalogue.to_string().into_bytes()
}

/// Does something to the map in every frame; milliseconds between frames, and of the slowest handling in between.
fn frames(search: &SearchPage, doing: &str) -> (Vec<f64>, f64) {
    let script = format!(
        "const done = arguments[arguments.length - 1];
        const map = document.getElementById(MAP);
        map.focus();
        const {{left, top, width, height}} = map.getBoundingClientRect();
        const send = (Kind, kind, x, y, more) => map.dispatchEvent(new Kind(kind,
            {{clientX: left + x, clientY: top + y, pointerId: 1, bubbles: true, cancelable: true, ...more}}));
        const times = [];
        let handled = 0;
        const step = now => {{
            times.push(now);
            const started = performance.now();
            const turn = times.length;
            {doing}
            handled = Math.max(handled, performance.now() - started);
            if (turn <= {FRAMES}) requestAnimationFrame(step);
            else done({{gaps: times.slice(1).map((time, at) => time - times[at]), handled}});
        }};
        requestAnimationFrame(step);"
    );
    let measured = search.page.browser.session.run_async(&script);
    let gaps = measured["gaps"].as_array().expect("times").iter();
    let mut gaps: Vec<f64> = gaps.filter_map(Value::as_f64).collect();
    gaps.sort_by(f64::total_cmp);
    (gaps, measured["handled"].as_f64().expect("a time"))
}

#[test]
#[ignore = "a measurement, for make bench-page"]
fn fifty_thousand_songs() {
    let site = Site::serve();
    site.replace_catalogue(fifty_thousand);
    let search = SearchPage::open(&site, "", Screen::Desktop);
    let started = Instant::now();
    search.page.click(ids::BY_HAND);
    search.wait("a list", "return !!document.querySelector(SONGS)");
    println!(
        "{SONGS} songs: first list after {:.1} s",
        started.elapsed().as_secs_f64()
    );
    let slide = "const started = performance.now();
        const input = document.getElementById(SHARE_GUITAR);
        input.value = '90';
        input.dispatchEvent(new Event('input', {bubbles: true}));
        return new Promise(done => setTimeout(() => done(performance.now() - started)))";
    println!(
        "  a slider's move, to the new list: {:.0} ms",
        search.run(slide, &[]).as_f64().expect("a time")
    );
    let started = Instant::now();
    search.page.click(ids::SHOW_MAP);
    search.wait(
        "the map",
        "return document.getElementById(MAP)?.width > 400",
    );
    println!(
        "  the map, from the click: {:.0} ms",
        started.elapsed().as_secs_f64() * 1e3
    );
    for (kind, doing) in MOVEMENTS {
        let (gaps, handled) = frames(&search, doing);
        let (median, slow) = (gaps[gaps.len() / 2], gaps[gaps.len() * 95 / 100]);
        println!(
            "  {kind}: frame {median:.1} ms (95 % within {slow:.1} ms), slowest handler {handled:.1} ms"
        );
    }
}
