//! Finding songs: by hand, from others, from links; refined, explained, saved, and on the map. The list is always
//! compared with what the library selects.

mod links;
mod map;
mod split;

use deepmelody::catalogue::{
    Limit, Order, Preference, Previews, Query, QueryExample, RankBy, Refinement, Track, blend,
    closeness, distance,
};
use deepmelody::source::{PerSource, Source};

use crate::browser::Screen;
use crate::page::ids;
use crate::search::{SearchPage, catalogue, expected, expected_beside};
use crate::server::Site;
use crate::words;

const EVERYTHING_HALF: PerSource<f32> = PerSource([0.5; Source::COUNT]);

/// A search by sliders.
fn by_hand(shares: PerSource<f32>) -> Query {
    Query::all(shares).ranked_by(RankBy::Amounts)
}

const FIRST_VIEW: &str = "return !!document.getElementById(DROPZONE)";

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
    let search = SearchPage::by_hand(&site, Screen::Desktop);
    assert_eq!(
        search.ids(),
        expected(&by_hand(EVERYTHING_HALF), &Refinement::default())
    );
    let wanted = [
        ("guitar", 100),
        ("piano", 0),
        ("bass", 60),
        ("drums", 80),
        ("other", 20),
    ];
    for (source, percent) in wanted {
        search.set(&ids::of(ids::SHARE, source), &percent.to_string());
    }
    let mut query = by_hand(PerSource(wanted.map(|(_, percent)| percent as f32 / 100.0)));
    assert_eq!(search.ids(), expected(&query, &Refinement::default()));

    search.refine();
    search.set(ids::WEIGHT_GUITAR, "2");
    search.set(ids::WEIGHT_DRUMS, "0.25");
    query.weights = PerSource([2.0, 1.0, 1.0, 0.25, 1.0]);
    assert_eq!(search.ids(), expected(&query, &Refinement::default()));
    search.page.click(ids::EQUAL_WEIGHTS);

    for source in ["piano", "bass", "drums", "other"] {
        search.page.click(&ids::of(ids::SWITCH, source));
    }
    let guitar = Query::only(query.prominence, &[Source::Guitar]).ranked_by(RankBy::Amounts);
    assert_eq!(search.ids(), expected(&guitar, &Refinement::default()));
    let how = search.page.text_of(ids::HOW);
    assert!(how.contains(words::HOW_BY_ONE), "{how}");
    search.page.click(ids::LEAVE_SEARCH);
    search.wait("the first view", FIRST_VIEW);
}

#[test]
fn how_much_is_asked_for_matters() {
    let site = Site::serve();
    let search = SearchPage::by_hand(&site, Screen::Desktop);
    let ask = |percent: &str| {
        for source in Source::ALL {
            search.set(&ids::of(ids::SHARE, source), percent);
        }
        search.ids()
    };
    let (little, much) = (ask("10"), ask("100"));
    assert_eq!(
        little,
        expected(&by_hand(PerSource([0.1; 5])), &Refinement::default())
    );
    assert!(
        little.iter().all(|id| !much.contains(id)),
        "{little:?} {much:?}"
    );
}

#[test]
fn lists_are_refined() {
    let site = Site::serve();
    let search = SearchPage::by_hand(&site, Screen::Desktop);
    let query = by_hand(EVERYTHING_HALF);
    search.refine();
    search.choose(ids::LIMIT, &format!("{} 25", words::BEST));
    search.choose(ids::PER_ARTIST, words::ONE_EACH);
    search.choose(ids::ORDER, words::BY_TITLE);
    let mut refinement = Refinement {
        limit: Limit::Best(25),
        max_per_artist: Some(1),
        order: Order::Title,
        ..Refinement::default()
    };
    let shown = search.ids();
    assert_eq!(shown, expected(&query, &refinement));
    assert!(!shown.is_empty());

    let licence = catalogue().tracks[0].licence.clone().expect("a licence");
    search.choose(ids::LICENCE, &licence);
    search.set(ids::MAX_MINUTES, "3");
    refinement.licence = Some(licence);
    refinement.max_duration_secs = Some(180.0);
    assert_eq!(search.ids(), expected(&query, &refinement));

    search.choose(ids::LICENCE, words::ANY_LICENCE);
    search.set(ids::MAX_MINUTES, "");
    search.choose(ids::PER_ARTIST, words::ANY_NUMBER);
    search.choose(ids::ORDER, words::BY_LIKENESS);
    search.choose(ids::LIMIT, &format!("{} 80 % alike", words::AT_LEAST));
    let all = Refinement {
        limit: Limit::AtLeast(0.8),
        ..Refinement::default()
    };
    assert_eq!(search.ids(), expected(&query, &all));

    search.choose(ids::LIMIT, &format!("{} 25", words::BEST));
    search.page.click(ids::ONLY_PREVIEWS);
    let heard = Refinement {
        limit: Limit::Best(25),
        previews: Previews::Only,
        ..Refinement::default()
    };
    let shown = search.ids();
    assert_eq!(shown, expected(&query, &heard));
    assert!(!shown.is_empty());
    assert!(shown.iter().all(|id| track(id).preview.is_some()));
}

#[test]
fn an_empty_list_says_what_to_loosen() {
    let site = Site::serve();
    let search = SearchPage::by_hand(&site, Screen::Desktop);
    let query = by_hand(EVERYTHING_HALF);
    search.refine();
    search.set(ids::MAX_MINUTES, "3");
    let short = Refinement {
        max_duration_secs: Some(180.0),
        ..Refinement::default()
    };
    search.set(ids::WORDS, "no song is called so");
    assert!(search.ids().is_empty());
    let words = search.page.text_of(ids::NOTHING);
    println!("{words}");
    assert!(words.contains("“no song is called so”: "), "{words}");
    let ways = search.texts(ids::LOOSENINGS);
    assert_eq!(ways.len(), 1, "only the words stand in the way: {ways:?}");
    search.run("document.querySelector(LOOSEN_WORDS).click()", &[]);
    assert_eq!(search.ids(), expected(&query, &short));
    search.set(ids::WORDS, "nothing of the kind");
    search.page.click(ids::START_OVER);
    assert_eq!(search.ids(), expected(&query, &Refinement::default()));
}

#[test]
fn songs_explain_themselves() {
    let site = Site::serve();
    let search = SearchPage::by_hand(&site, Screen::Desktop);
    let first = track(&search.ids()[0]);
    let reasons = search.why(0);
    println!("{reasons}");
    let percent = format!("{:.0} %", first.prominence[Source::Guitar] * 100.0);
    assert!(
        reasons.contains("Agrees in") || reasons.contains("No share is within"),
        "{reasons}"
    );
    assert!(reasons.contains(&percent), "{percent} in {reasons}");
    let shown: Vec<f32> = search
        .texts(ids::SCORES)
        .iter()
        .filter_map(|text| text.trim_end_matches([' ', '%']).parse().ok())
        .collect();
    let query = by_hand(EVERYTHING_HALF);
    let alike = closeness(&query, distance(&query, &first.prominence));
    assert_eq!(shown.first(), Some(&(alike * 100.0).floor()));
    assert_eq!(shown.len(), 10);
    assert!(shown.is_sorted_by(|a, b| a >= b), "{shown:?}");
}

#[test]
fn songs_lead_to_others() {
    let site = Site::serve();
    let search = SearchPage::by_hand(&site, Screen::Desktop);
    let first = track(&search.ids()[0]);
    search.act(0, "alike");
    let ids = search.ids();
    assert!(!ids.contains(&first.id), "the song itself is hidden");
    let like = Query::all(first.prominence);
    let asked = [QueryExample::of_track(&first, Preference::Like)];
    let list = expected_beside(&asked, &like, &Refinement::default());
    assert_eq!(ids, list);
    assert_eq!(ids.len(), 10);
    assert_eq!(search.texts(ids::EXAMPLES).len(), 1);
}

#[test]
fn several_songs_are_asked_for_together() {
    let site = Site::serve();
    let search = SearchPage::by_hand(&site, Screen::Desktop);
    let first = track(&search.ids()[0]);
    search.act(0, "alike");
    let second = track(&search.ids()[3]);
    search.act(3, "add");
    let third = track(&search.ids()[5]);
    search.act(5, "take");
    let asked = [
        QueryExample::of_track(&first, Preference::Like),
        QueryExample::of_track(&second, Preference::Like),
        QueryExample::of_track(&third, Preference::Unlike),
    ];
    let query = Query::all(blend(&asked).expect("two to be like"));
    let list = expected_beside(&asked, &query, &Refinement::default());
    assert_eq!(search.ids(), list);
    assert_eq!(list.len(), 10);
    assert_eq!(search.texts(ids::EXAMPLES).len(), 3);
    search.run("document.querySelector(REMOVE_UNLIKE).click()", &[]);
    assert_eq!(search.texts(ids::EXAMPLES).len(), 2);
}
