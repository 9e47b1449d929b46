//! What the visitor's own library keeps: saved and added again, of other versions, without room, and a lot of it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::browser::Screen;
use crate::page::{Page, ids};
use crate::server::Site;
use crate::songs::{self, Songs};
use crate::words;

/// Notes what the page saves.
pub const CATCH: &str = "const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = blob => { window.caught = blob.text(); return make(blob); }";

#[test]
fn saved_and_added_again_it_is_the_same_and_other_files_are_refused() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.add_to_library(&songs.tunes(2, 3.0));
    page.library_says(&words::added(2, 0, 0));
    page.browser.session.run(CATCH, &[]);
    page.click(ids::LIBRARY_EXPORT);
    // What was practised is read from the store first.
    page.wait("the saved library", "return !!window.caught");
    let saved = page
        .browser
        .session
        .run_async("const done = arguments[0]; caught.then(done)");
    let saved = saved.as_str().expect("a text").to_owned();
    page.click(ids::LIBRARY_DELETE_ALL);
    page.click(ids::LIBRARY_DELETE_SURE);
    page.library_is_empty();

    let of_later = saved.replace("\"version\":1", "\"version\":99");
    let catalogue: Value = serde_json::from_str(&saved).expect("JSON");
    let of_others = saved.replace(
        catalogue["model_id"].as_str().expect("an id"),
        "somebody-elses",
    );
    for (text, expected) in [
        (of_later, "version 99"),
        (of_others, "somebody-elses"),
        ("{".to_owned(), "damaged or incomplete"),
    ] {
        page.import(&songs.file("other.json", text.as_bytes()));
        let notice = page.library_notice(expected);
        println!("{notice}");
        page.library_is_empty();
    }
    page.import(&songs.file("library.json", saved.as_bytes()));
    page.library_says("2 added from library.json.");
    page.reload();
    page.library_holds(2);
}

/// Puts a text under a key among the kept songs.
const PUT: &str = "const [key, text, done] = arguments;
    indexedDB.databases().then(([{name}]) => {
        indexedDB.open(name).onsuccess = ({target: {result: database}}) => {
            const transaction = database.transaction('songs', 'readwrite');
            transaction.objectStore('songs').put(text, key);
            transaction.oncomplete = () => { database.close(); done('put'); };
        };
    })";

#[test]
fn what_is_of_another_version_is_left_alone_and_said() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.add_to_library(&songs.tunes(1, 3.0));
    page.library_says(&words::added(1, 0, 0));
    let later = json!({"format": "deepmelody-catalogue", "version": 2, "tracks": []}).to_string();
    page.browser
        .session
        .run_async_with(PUT, &[json!("later"), json!(later)]);
    page.reload();
    page.library_notice("another version");
    page.library_holds(1);
    let raise = "const done = arguments[0]; indexedDB.databases().then(([{name}]) => {
        const request = indexedDB.open(name, 1000);
        request.onsuccess = () => { request.result.close(); done('raised'); };
    })";
    page.browser.session.run_async(raise);
    page.reload();
    page.library_notice("newer version");
}

#[test]
fn denied_and_full_storage_are_said() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    let origin = page.browser.session.run("return location.origin", &[]);
    page.browser.session.command_chromium(
        "Storage.overrideQuotaForOrigin",
        &json!({"origin": origin, "quotaSize": 1}),
    );
    page.add_to_library(&songs.tunes(1, 3.0));
    page.library_notice("no room");

    let source =
        "Object.defineProperty(window, 'indexedDB', {get() { throw new Error('not here'); }})";
    page.browser.session.command_chromium(
        "Page.addScriptToEvaluateOnNewDocument",
        &json!({"source": source}),
    );
    page.reload();
    page.library_notice("does not let the page store anything");
    page.drop_file(&songs.wav("heard.wav", 1, &songs::tune(3.0)));
    page.outcome("heard.wav");
}

const MANY: usize = 5_000;

/// A song like no other.
fn track(index: usize) -> Value {
    let shares = [37, 91, 53, 71, 13].map(|step| ((index * step) % 1_000) as f64 / 1_000.0);
    json!({
        "id": format!("song-{index}"), "title": format!("Title {index}"), "artist": format!("Artist {}", index % 97),
        "duration_secs": 200.0, "prominence": shares
    })
}

#[test]
fn five_thousand_songs_stay_quick() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    let model_id = page.browser.session.run_async(
        "const done = arguments[0]; fetch('model-weights/deepmelody.json').then(card => card.json()).then(card => done(card.id))",
    );
    let tracks: Vec<Value> = (0..MANY).map(track).collect();
    let sources = ["guitar", "piano", "bass", "drums", "other"];
    let library = json!({
        "format": "deepmelody-catalogue", "version": 1, "model_id": model_id, "sources": sources, "tracks": tracks
    });
    let file = songs.file("many.json", library.to_string().as_bytes());
    page.watch_long_tasks();
    let began = Instant::now();
    page.import(&file);
    page.library_says("5000 added from many.json.");
    let imported = began.elapsed();
    page.reload();
    let began = Instant::now();
    page.library_holds(MANY);
    let loaded = began.elapsed();
    page.watch_long_tasks();
    page.browser
        .session
        .run("document.getElementById(LIBRARY_ALL).open = true", &[]);
    let script =
        "const done = arguments[0]; const search = document.getElementById(LIBRARY_SEARCH);
        const began = performance.now();
        search.value = 'title 4999'; search.dispatchEvent(new Event('input', {bubbles: true}));
        const look = () => document.querySelectorAll(LIBRARY_ROWS).length === 1
            ? done(performance.now() - began) : setTimeout(look);
        look()";
    let searched_millis = page
        .browser
        .session
        .run_async(script)
        .as_f64()
        .expect("milliseconds");
    println!(
        "{MANY} songs: added in {imported:.1?}, shown {loaded:.1?} after loading, searched in {searched_millis:.0} ms, \
         long tasks {:.0?} ms",
        page.long_tasks()
    );
    assert!(loaded < Duration::from_secs(5), "{loaded:?}");
    assert!(searched_millis < 200.0, "{searched_millis}");
}
