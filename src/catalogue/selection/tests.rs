//! Every filter and sort order, on a pool in which each song differs in one respect.

mod previews;

use std::sync::Arc;

use super::*;
use crate::catalogue::{Catalogue, ExampleOrigin, Preference, SearchScope};
use crate::source::{PerSource, Source};

const ASKED: [f32; 5] = [0.8, 0.4, 0.0, 0.0, 0.0];

fn track(id: &str, title: &str, artist: &str, guitar: f32) -> Track {
    Track {
        id: id.to_owned(),
        title: title.to_owned(),
        artist: artist.to_owned(),
        duration_secs: 100.0,
        prominence: PerSource([guitar, 0.4, 0.0, 0.0, 0.0]),
        ..Track::default()
    }
}

/// From the most alike to the least: a to f.
fn tracks() -> Vec<Track> {
    let mut tracks = vec![
        track("a", "Dawn", "Ann", 0.8),
        track("b", "Noon", "Ann", 0.7),
        track("c", "Dusk", "Ann", 0.6),
        track("d", "dawn!", "ANN", 0.5),
        track("e", "Night", "Bob", 0.4),
        track("f", "Rain", "", 0.3),
    ];
    tracks[1].licence = Some("CC0-1.0".to_owned());
    tracks[2].album = Some("Evening Songs".to_owned());
    tracks[3].preview = Some("previews/d.ogg".to_owned());
    tracks[4].duration_secs = 300.0;
    tracks
}

fn pool() -> Pool {
    let catalogue = Catalogue {
        tracks: tracks(),
        ..Catalogue::new("net-1")
    };
    Pool::new(Arc::new(catalogue), Arc::default(), SearchScope::Catalogue)
}

fn everything() -> Refinement {
    Refinement {
        hide_query: false,
        hide_doubles: false,
        ..Refinement::default()
    }
}

fn ids(refinement: &Refinement, examples: &[QueryExample]) -> String {
    let query = Query::all(PerSource(ASKED));
    let shown = select(&pool(), &query, examples, refinement);
    let ids = shown
        .iter()
        .map(|found| pool().get(found.index).expect("a song").id.clone());
    ids.collect()
}

#[test]
fn without_wishes_the_list_is_the_ranking() {
    assert_eq!(ids(&everything(), &[]), "abcdef");
    let best = |count| Refinement {
        limit: Limit::Best(count),
        ..everything()
    };
    assert_eq!(ids(&best(2), &[]), "ab");
    assert_eq!(ids(&best(0), &[]), "");
}

#[test]
fn a_least_likeness_cuts_the_list() {
    let at_least = |least| Refinement {
        limit: Limit::AtLeast(least),
        ..everything()
    };
    assert_eq!(ids(&at_least(0.0), &[]), "abcdef");
    // 1 - 0.2 / sqrt(5) = 0.911; with 0.5 in place of 0.6 it is 0.866.
    assert_eq!(ids(&at_least(0.9), &[]), "abc");
    assert_eq!(ids(&at_least(1.0), &[]), "a");
}

#[test]
fn by_one_source_the_least_likeness_is_a_distance() {
    let query = Query::only(PerSource(ASKED), &[Source::Guitar]);
    let refinement = Refinement {
        limit: Limit::AtLeast(0.75),
        ..everything()
    };
    let shown = select(&pool(), &query, &[], &refinement);
    assert_eq!(
        shown.len(),
        3,
        "0.8, 0.7 and 0.6 are within 0.25 of 0.8: {shown:?}"
    );
    assert!(shown.iter().all(|found| found.score == 1.0));
}

#[test]
fn the_songs_asked_for_are_hidden() {
    let example = QueryExample {
        name: "Noon".to_owned(),
        origin: ExampleOrigin::Track("b".to_owned()),
        prominence: PerSource([0.7, 0.4, 0.0, 0.0, 0.0]),
        duration_secs: Some(100.0),
        preference: Preference::Like,
    };
    let hiding = Refinement {
        hide_query: true,
        ..everything()
    };
    assert_eq!(ids(&hiding, std::slice::from_ref(&example)), "acdef");
    assert_eq!(ids(&everything(), std::slice::from_ref(&example)), "abcdef");
    // With its doubles, where these are hidden too.
    let dawn = QueryExample::of_track(&tracks()[0], Preference::Like);
    assert_eq!(ids(&Refinement::default(), &[dawn]), "bcef");
}

#[test]
fn doubles_and_crowds_are_thinned() {
    let once = Refinement {
        hide_doubles: true,
        ..everything()
    };
    assert_eq!(ids(&once, &[]), "abcef", "dawn! by ANN is Dawn by Ann");
    let two = Refinement {
        max_per_artist: Some(2),
        ..everything()
    };
    assert_eq!(
        ids(&two, &[]),
        "abef",
        "songs without an artist are nobody's"
    );
}

#[test]
fn the_same_sound_under_another_name_is_a_double() {
    let mut catalogue = Catalogue {
        tracks: tracks(),
        ..Catalogue::new("net-1")
    };
    catalogue.tracks.push(Track {
        id: "g".to_owned(),
        ..track("g", "Untitled", "Unknown", 0.3)
    });
    let pool = Pool::new(Arc::new(catalogue), Arc::default(), SearchScope::Catalogue);
    let query = Query::all(PerSource(ASKED));
    let shown = |hide_doubles| {
        let refinement = Refinement {
            hide_doubles,
            max_per_artist: None,
            ..everything()
        };
        select(&pool, &query, &[], &refinement).len()
    };
    assert_eq!((shown(false), shown(true)), (7, 5));
}

#[test]
fn filters_ask_for_words_licence_and_length() {
    let with_text = |text: &str| Refinement {
        text: text.to_owned(),
        ..everything()
    };
    assert_eq!(ids(&with_text("  ANN evening "), &[]), "c");
    assert_eq!(ids(&with_text("ann bob"), &[]), "");
    let licence = Refinement {
        licence: Some("CC0-1.0".to_owned()),
        ..everything()
    };
    assert_eq!(ids(&licence, &[]), "b");
    let long = Refinement {
        min_duration_secs: Some(200.0),
        ..everything()
    };
    assert_eq!(ids(&long, &[]), "e");
    let short = Refinement {
        max_duration_secs: Some(100.0),
        ..everything()
    };
    assert_eq!(ids(&short, &[]), "abcdf");
    let heard = Refinement {
        previews: Previews::Only,
        ..everything()
    };
    assert_eq!(ids(&heard, &[]), "d");
}

#[test]
fn lists_are_sorted_as_wished() {
    let by = |order| Refinement {
        order,
        ..everything()
    };
    assert_eq!(ids(&by(Order::Title), &[]), "adcebf");
    assert_eq!(ids(&by(Order::Artist), &[]), "fabcde");
    assert_eq!(ids(&by(Order::Longest), &[]), "eabcdf");
    assert_eq!(ids(&by(Order::Shortest), &[]), "abcdfe");
    // The best three, sorted: not the first three titles of all.
    let three = Refinement {
        limit: Limit::Best(3),
        ..by(Order::Title)
    };
    assert_eq!(ids(&three, &[]), "acb");
}

#[test]
fn an_empty_list_says_what_to_loosen() {
    let query = Query::all(PerSource(ASKED));
    let loosen = |refinement: &Refinement| relaxations(&pool(), &query, &[], refinement);
    let refinement = Refinement {
        text: "ann".to_owned(),
        min_duration_secs: Some(200.0),
        ..everything()
    };
    assert_eq!(ids(&refinement, &[]), "");
    assert_eq!(
        loosen(&refinement),
        [(Filter::Duration, 4), (Filter::Text, 1)]
    );
    let hopeless = Refinement {
        licence: Some("none such".to_owned()),
        ..refinement
    };
    assert_eq!(loosen(&hopeless), []);
    let strict = Refinement {
        limit: Limit::AtLeast(1.1),
        ..everything()
    };
    assert_eq!(loosen(&strict), [(Filter::Likeness, 6)]);
}

#[test]
fn two_collections_are_counted_through() {
    let catalogue = Arc::new(Catalogue {
        tracks: tracks(),
        ..Catalogue::new("net-1")
    });
    let mine = Arc::new(vec![track("mine", "Mine", "Me", 0.8)]);
    let of = |scope| Pool::new(Arc::clone(&catalogue), Arc::clone(&mine), scope);
    assert_eq!(
        [SearchScope::Catalogue, SearchScope::Mine, SearchScope::Both].map(|scope| of(scope).len()),
        [6, 1, 7]
    );
    let both = of(SearchScope::Both);
    assert_eq!(both.get(6).map(|track| track.id.as_str()), Some("mine"));
    assert!(both.get(7).is_none());
    assert_eq!(both.iter().filter(|track| track.id == "a").count(), 1);
    assert_eq!(
        [0, 5, 6].map(|index| both.is_mine(index)),
        [false, false, true]
    );
    assert!(of(SearchScope::Mine).is_mine(0));
    assert_eq!(both.licences(), ["CC0-1.0"]);
}

#[test]
fn tempo_and_key_filter_and_sort() {
    let mut catalogue = Catalogue::new("m");
    for (id, bpm, key) in [
        ("a", Some(121.0), Some("A minor")),
        ("b", Some(60.5), Some("D major")),
        ("c", Some(95.0), Some("C major")),
        ("d", None, None),
    ] {
        catalogue.tracks.push(Track {
            tempo_bpm: bpm,
            key: key.map(|key| key.parse().expect("a key")),
            ..track(id, id, id, 0.8)
        });
    }
    let pool = Pool::new(Arc::new(catalogue), Arc::default(), SearchScope::Catalogue);
    let ids = |refinement: &Refinement| -> String {
        let shown = select(&pool, &Query::all(PerSource(ASKED)), &[], refinement);
        let ids = shown.iter().filter_map(|found| pool.get(found.index));
        ids.map(|track| track.id.as_str()).collect()
    };
    let everything = Refinement {
        hide_doubles: false,
        ..everything()
    };
    let near = Refinement {
        tempo: Some(TempoFilter {
            bpm: 120.0,
            within: 0.05,
        }),
        ..everything.clone()
    };
    assert_eq!(ids(&near), "ab", "half the tempo is near too");
    let key = |capo_frets| Refinement {
        key: Some(KeyFilter {
            key: "C major".parse().expect("a key"),
            capo_frets,
        }),
        ..everything.clone()
    };
    assert_eq!(ids(&key(0)), "ac", "relatives have the same notes");
    assert_eq!(ids(&key(2)), "abc");
    let by = |order| Refinement {
        order,
        ..everything.clone()
    };
    assert_eq!(ids(&by(Order::Slowest)), "bcad");
    assert_eq!(ids(&by(Order::Fastest)), "acbd");
    assert_eq!(ids(&near.without(Filter::Tempo)), "abcd");
}

#[test]
fn the_papers_order_is_there_by_name() {
    let mut catalogue = Catalogue::new("m");
    catalogue.tracks = vec![
        track("half", "half", "x", 0.4),
        track("like", "like", "y", 0.79),
    ];
    catalogue.tracks[0].prominence = PerSource([0.4, 0.2, 0.0, 0.0, 0.0]);
    catalogue.tracks[1].prominence = PerSource([0.79, 0.4, 0.0, 0.0, 0.0]);
    let pool = Pool::new(Arc::new(catalogue), Arc::default(), SearchScope::Catalogue)
        .with_error(PerSource([0.1; 5]));
    let first = |order| {
        let refinement = Refinement {
            order,
            ..everything()
        };
        let shown = select(&pool, &Query::all(PerSource(ASKED)), &[], &refinement);
        pool.get(shown[0].index).expect("a song").id.clone()
    };
    assert_eq!(first(Order::Likeness), "like");
    assert_eq!(first(Order::Paper), "half");
}
