//! The visitor's own library: what goes in stays in, whatever happens in between.

use std::path::PathBuf;

use deepmelody::source::Source;
use serde_json::{Value, json};

use crate::browser::Screen;
use crate::page::{PATIENCE, Page, ids};
use crate::server::Site;
use crate::songs::{self, Songs};
use crate::words;

#[test]
fn songs_go_in_once_and_broken_files_are_named() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    let mut files = songs.tunes(2, 3.0);
    let again = std::fs::read(&files[0]).expect("the file just written");
    files.push(songs.file("The same under another name.wav", &again));
    files.push(songs.file("broken.flac", &[b"fLaC".as_slice(), &[7; 500]].concat()));
    page.add_to_library(&files);
    page.library_says(&words::added(2, 1, 1));
    let skipped = page.text_of(ids::LIBRARY_SKIPPED);
    assert!(
        skipped.contains("broken.flac") && skipped.contains("damaged"),
        "{skipped}"
    );

    page.reload();
    page.library_holds(2);
    let rows = page.library_rows();
    assert!(
        rows.iter()
            .any(|row| row.contains("Tune 1") && row.contains("Somebody")),
        "{rows:?}"
    );
    page.browser
        .session
        .run("document.querySelector(LIBRARY_DELETE).click()", &[]);
    page.library_holds(1);
    page.reload();
    page.library_holds(1);
    page.click(ids::LIBRARY_DELETE_ALL);
    page.click(ids::LIBRARY_DELETE_SURE);
    page.library_is_empty();
    page.reload();
    page.library_is_empty();
}

#[test]
fn tags_are_read_from_real_files() {
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    let audio = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/audio"));
    let songs = Songs::new();
    let m4a = std::fs::read(audio.join("stereo.m4a")).expect("a song");
    let long = songs.file("long.m4a", &lengthened(&m4a));
    page.add_to_library(&[audio.join("stereo.mp3"), audio.join("stereo.flac"), long]);
    page.library_says(&words::added(3, 0, 0));
    let rows = page.library_rows();
    assert_eq!(rows.len(), 3, "{rows:?}");
    for row in &rows {
        for said in ["A chord", "DeepMelody"] {
            assert!(row.contains(said), "{row} does not say {said}");
        }
    }
}

/// An MP4 file with so much padding before its index, which holds the tags, that the two ends read of it do not touch.
fn lengthened(m4a: &[u8]) -> Vec<u8> {
    const PADDING_BYTES: u32 = 3 << 20;
    let index = m4a.windows(4).position(|name| name == b"moov");
    let (before, index) = m4a.split_at(index.expect("an index") - size_of::<u32>());
    let mut padding = vec![0; PADDING_BYTES as usize];
    padding[..4].copy_from_slice(&PADDING_BYTES.to_be_bytes());
    padding[4..8].copy_from_slice(b"free");
    [before, &padding, index].concat()
}

#[test]
fn the_song_on_the_page_joins_without_being_analysed_again() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    let tune = songs.tunes(1, 5.0).remove(0);
    page.drop_file(&tune);
    let name = tune.file_name().and_then(|name| name.to_str());
    let name = name.expect("a name");
    let prominence = page.outcome(name).prominence;
    page.click(ids::LIBRARY_KEEP);
    page.library_says(&format!("{name} added."));
    page.reload();
    page.library_holds(1);
    let row = page.library_rows().remove(0);
    for (source, share) in Source::ALL.into_iter().zip(prominence) {
        let shown = format!("{:.0} %", share * 100.0);
        assert!(row.contains(&shown), "{source}: {shown} in {row}");
    }

    // The same file is the same song, whichever way it comes in.
    page.add_to_library(&[tune]);
    page.library_says(&words::added(0, 1, 0));
}

#[test]
fn the_library_gives_way_to_a_song_and_goes_on_after_it() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    page.add_to_library(&songs.tunes(3, 25.0));
    page.browser.wait_for(
        "the library's work",
        "return !!document.getElementById(LIBRARY_WORK)",
        PATIENCE,
    );
    page.drop_file(&songs.wav("heard.wav", 1, &songs::tune(5.0)));
    assert_eq!(page.outcome("heard.wav").prominence.len(), 5);
    page.click(ids::LIBRARY_PAUSE);
    let line = "return document.getElementById(LIBRARY_LINE)?.innerText.startsWith('{}')";
    let line = line.replace("{}", words::PAUSED);
    page.browser.wait_for("the pause", &line, PATIENCE);
    page.click(ids::LIBRARY_PAUSE);
    page.library_says(&words::added(3, 0, 0));
    page.library_holds(3);
}

/// Stands in for the browser's folder dialog, which no test can click: a real folder of the page's own, whose handles
/// are kept and found again like any.
const STAND_IN: &str = "const [files, done] = arguments;
    (async () => {
        const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('Music', {create: true});
        for (const [name, base64] of files) {
            const writer = await (await folder.getFileHandle(name, {create: true})).createWritable();
            await writer.write(Uint8Array.from(atob(base64), letter => letter.charCodeAt(0)));
            await writer.close();
        }
        window.showDirectoryPicker = async () => folder;
        done('ready');
    })()";

#[test]
fn after_closing_in_the_middle_nothing_is_lost_or_doubled() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    let files: Vec<Value> = songs
        .tunes(4, 14.0)
        .iter()
        .map(|path| {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .expect("a name");
            json!([name, base64(&std::fs::read(path).expect("a tune"))])
        })
        .collect();
    page.browser
        .session
        .run_async_with(STAND_IN, &[json!(files)]);
    page.click(ids::LIBRARY_ADD_FOLDER);
    page.library_holds_at_least(1);
    page.reload();
    let left = page.text_of(ids::LIBRARY_LEFT);
    assert!(left.contains(words::FROM_LAST_VISIT), "{left}");
    page.engine_ready();
    page.click(ids::LIBRARY_RESUME);
    page.library_holds(4);
    page.reload();
    page.library_holds(4);
    assert_eq!(
        page.browser
            .session
            .run("return document.getElementById(LIBRARY_LEFT)", &[]),
        Value::Null
    );
}

#[test]
fn files_that_the_browser_cannot_find_again_are_asked_for() {
    let songs = Songs::new();
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    let files = songs.tunes(2, 25.0);
    page.add_to_library(&files);
    page.browser.wait_for(
        "the library's work",
        "return !!document.getElementById(LIBRARY_WORK)",
        PATIENCE,
    );
    page.reload();
    let left = page.text_of(ids::LIBRARY_LEFT);
    assert!(left.contains(words::NOT_FOUND_AGAIN), "{left}");
    page.add_to_library(&files);
    page.library_says(&words::added(2, 0, 0));
    page.reload();
    page.library_holds(2);
    assert_eq!(
        page.browser
            .session
            .run("return document.getElementById(LIBRARY_LEFT)", &[]),
        Value::Null
    );
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let group = |bytes: &[u8]| {
        let packed = (0..3).fold(0_u32, |packed, at| {
            (packed << 8) | u32::from(*bytes.get(at).unwrap_or(&0))
        });
        let letter = |at: usize| match at <= bytes.len() {
            true => char::from(LETTERS[(packed >> (18 - 6 * at)) as usize & 63]),
            false => '=',
        };
        (0..4).map(letter).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}
