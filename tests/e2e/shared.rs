//! A song that another program shares with the installed page.

use serde_json::json;

use crate::browser::Screen;
use crate::page::{Page, ids};
use crate::server::Site;
use crate::songs::{self, Songs};

/// What the system does with a shared file (Web Share Target, section 4.2), by a page of another origin.
fn sharing_page(site: &Site) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><form method=post enctype=multipart/form-data action='{}shared'>
        <input type=file name=song id=song><button id=share>Share</button></form>",
        site.url()
    )
}

#[test]
fn a_shared_song_is_analysed_as_if_it_had_been_dropped() {
    let songs = Songs::new();
    let song = songs.wav("Größe & co.wav", 2, &songs::tune(5.0));
    let site = Site::serve();
    let page = Page::open(&site, "device=cpu", Screen::Desktop);
    page.engine_ready();
    page.kept();
    let manifest = page.browser.session.run_async(
        "const done = arguments[0];
        fetch(document.querySelector('link[rel=manifest]').href).then(answer => answer.json()).then(done)",
    );
    let target = &manifest["share_target"];
    assert_eq!(target["action"], "./shared");
    assert_eq!(target["method"], "POST");
    assert_eq!(target["enctype"], "multipart/form-data");
    assert_eq!(target["params"]["files"][0]["name"], "song");

    let form = songs.file("share.html", sharing_page(&site).as_bytes());
    site.take_requests();
    let session = &page.browser.session;
    session.open(&format!("file://{}", form.display()));
    session.send_keys("song", &song.display().to_string());
    session.click("share");
    page.outcome("Größe & co.wav");
    let asked = site.take_requests();
    assert!(
        asked.iter().all(|line| line.starts_with("GET ")),
        "the song stays on this machine: {asked:?}"
    );
    let left = page.browser.session.run_async(
        "const done = arguments[0];
        caches.keys().then(names => Promise.all(names.filter(name => name.includes('shared'))
            .map(async name => (await (await caches.open(name)).keys()).length))).then(done)",
    );
    assert_eq!(left, json!([0]), "nothing of it stays behind");
    assert_eq!(page.ask("return location.search"), json!(""));
    page.leave_result();
    page.reload();
    assert_eq!(
        page.ask("return !!document.getElementById(STAGE)"),
        json!(false)
    );
    page.click(ids::DEMO);
    page.outcome("Demo song");
}
