//! Not a test but a measurement, for `make bench-page`: a million songs, split.

use std::time::Instant;

use deepmelody::catalogue::{Query, RankBy};
use deepmelody::source::{PerSource, Source};

use crate::browser::Screen;
use crate::large::{self, LargeSite};
use crate::page::ids;
use crate::search::SearchPage;

const SONGS: usize = 1_000_000;
const SHARD_SONGS: usize = 500;

#[test]
#[ignore = "a measurement, for make bench-page"]
fn a_million_songs() {
    let large = LargeSite::serve(SONGS, SHARD_SONGS);
    let mut query = Query::all(PerSource([0.5; Source::COUNT])).ranked_by(RankBy::Amounts);
    let list = large.list(&query);
    let started = Instant::now();
    let search = SearchPage::by_hand(&large.site, Screen::Desktop);
    large::shows(&search, &list);
    println!("{SONGS} songs, {} bytes of vectors", SONGS * Source::COUNT);
    println!("  from nothing to the first list: {}", millis(started));
    println!("  files of the catalogue fetched: {}", files(&large));
    search.page.watch_long_tasks();
    for share in [90, 20, 70] {
        query.prominence[Source::Guitar] = share as f32 / 100.0;
        let list = large.list(&query);
        let started = Instant::now();
        search.set(ids::SHARE_GUITAR, &share.to_string());
        large::shows(&search, &list);
        println!(
            "  a slider's move, to the whole list: {}, {} files",
            millis(started),
            files(&large)
        );
    }
    println!(
        "  main-thread tasks over 50 ms: {:.0?}",
        search.page.long_tasks()
    );
    println!(
        "  peak memory of the page's process: {} MiB",
        search.page.browser.peak_memory_mib()[0]
    );
}

fn millis(started: Instant) -> String {
    format!("{:.0} ms", started.elapsed().as_secs_f64() * 1e3)
}

fn files(large: &LargeSite) -> usize {
    let requests = large.site.take_requests();
    let is_part = |request: &&String| request.contains("/catalogue-");
    requests.iter().filter(is_part).count()
}
