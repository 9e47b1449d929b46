//! The main road in Firefox, which has no WebGPU here and other decoders, workers and storage than Chromium. Not the
//! sound: without a sound card its clock stands still.

use crate::companion;
use crate::page::{Page, ids};
use crate::server::Site;
use crate::songs;

#[test]
fn firefox_gives_the_companions_answers() {
    let song = songs::demo();
    let site = Site::serve();
    let page = Page::open_in_firefox(&site);
    let engine = page.engine_ready();
    page.drop_file(&song);
    page.outcome("demo.ogg");
    // As the companion, which knows no previews.
    page.click(ids::ANY_PREVIEW);
    let outcome = page.shown();

    println!("{engine}");
    companion::agrees(&song, &outcome);
    assert!(page.text_of(ids::MACHINE).contains("CPU"));
}
