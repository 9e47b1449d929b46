//! A catalogue too large to be loaded: searched by its vectors, its rows fetched as they are shown.

use deepmelody::catalogue::{Query, RankBy, SharedSearch};
use deepmelody::source::{PerSource, Source};

use crate::browser::Screen;
use crate::large::LargeSite;
use crate::page::{Page, ids};
use crate::search::SearchPage;
use crate::server::Instead;

const SONGS: usize = 20_000;
const SHARD_SONGS: usize = 100;

/// A search by sliders.
fn by_hand(shares: PerSource<f32>) -> Query {
    Query::all(shares).ranked_by(RankBy::Amounts)
}

fn shards_asked_for(large: &LargeSite) -> usize {
    let requests = large.site.take_requests();
    let is_shard =
        |request: &&String| request.contains("/catalogue-") && request.ends_with(".json");
    requests.iter().filter(is_shard).count()
}

#[test]
fn a_split_catalogue_recommends_as_the_whole_one_would() {
    let large = LargeSite::serve(SONGS, SHARD_SONGS);
    let search = SearchPage::by_hand(&large.site, Screen::Desktop);
    let mut shares = PerSource([0.5; Source::COUNT]);
    large.shows(&search, &by_hand(shares));
    let how = search.page.text_of(ids::HOW);
    assert!(how.contains("20000 songs"), "{how}");
    search.set(ids::SHARE_GUITAR, "100");
    shares[Source::Guitar] = 1.0;
    large.shows(&search, &by_hand(shares));
    for source in ["piano", "bass", "drums", "other"] {
        search.page.click(&ids::of(ids::SWITCH, source));
    }
    large.shows(&search, &Query::only(shares, &[Source::Guitar]));
    let asked = shards_asked_for(&large);
    assert!(
        asked > 0 && asked < large.shards,
        "{asked} of {} shards",
        large.shards
    );
}

#[test]
fn without_its_rows_a_split_catalogue_says_so_and_goes_on() {
    let large = LargeSite::serve(2_000, SHARD_SONGS);
    large.site.replace("00.json", Instead::Missing);
    large
        .site
        .replace("1.json", Instead::Changed(|bytes| bytes[1..].to_vec()));
    let search = SearchPage::by_hand(&large.site, Screen::Desktop);
    let notice = "return document.getElementById(SHARDS_NOTICE)?.innerText || null";
    let words = search.wait("words on what is missing", notice);
    assert!(
        words
            .as_str()
            .is_some_and(|words| words.starts_with(crate::words::SONGS_MISSING)),
        "{words}"
    );
    large.site.heal();
    search.set(ids::SHARE_GUITAR, "0");
    let shares = PerSource([0.0, 0.5, 0.5, 0.5, 0.5]);
    large.shows(&search, &by_hand(shares));
}

#[test]
fn without_its_vectors_a_split_catalogue_is_said_to_be_incomplete() {
    let large = LargeSite::serve(200, SHARD_SONGS);
    large.site.replace("vectors.bin", Instead::Missing);
    let search = SharedSearch {
        query: Query::all(PerSource([0.5; Source::COUNT])),
        model_id: None,
        name: None,
    };
    let fragment = format!("#{}", search.to_fragment());
    let page = Page::open(&large.site, &fragment, Screen::Desktop);
    let search = SearchPage { page };
    let notice = "return document.getElementById(CATALOGUE_NOTICE)?.innerText || null";
    let words = search.wait("words on the catalogue", notice);
    assert!(
        words
            .as_str()
            .is_some_and(|words| words.contains(crate::words::PART_MISSING)),
        "{words}"
    );
}
