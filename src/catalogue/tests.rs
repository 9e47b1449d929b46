//! Similarity and ranking on simple examples, and their properties on random ones.

use proptest::{prelude::*, test_runner::RngSeed};

use super::*;
use crate::source::{PerSource, Source};

const ZERO: [f32; 5] = [0.0; 5];

fn catalogue(prominences: &[[f32; 5]]) -> Catalogue {
    let track = |(number, prominence): (usize, &[f32; 5])| Track {
        id: number.to_string(),
        duration_secs: 60.0,
        prominence: PerSource(*prominence),
        ..Track::default()
    };
    let tracks = prominences.iter().enumerate().map(track).collect();
    Catalogue {
        tracks,
        ..Catalogue::new("net-1")
    }
}

fn query(prominence: [f32; 5]) -> Query {
    Query::all(PerSource(prominence))
}

fn order(prominences: &[[f32; 5]], query: &Query) -> Vec<usize> {
    rank(&catalogue(prominences), query, usize::MAX)
        .into_iter()
        .map(|found| found.index)
        .collect()
}

#[test]
fn similarity_is_the_cosine() {
    let of = |a, b| similarity(&query(a), &PerSource(b));
    assert_eq!(
        of([0.2, 0.0, 0.4, 0.0, 0.0], [0.1, 0.0, 0.2, 0.0, 0.0]),
        1.0
    );
    assert_eq!(
        of([1.0, 0.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]),
        0.0
    );
    assert_eq!(
        of([1.0, 0.0, 0.0, 0.0, 0.0], [0.75, 1.0, 0.0, 0.0, 0.0]),
        0.6
    );
    assert_eq!(
        of([0.6, 0.8, 0.0, 0.0, 0.0], [0.8, 0.6, 0.0, 0.0, 0.0]),
        0.96
    );
}

#[test]
fn a_zero_vector_is_similar_to_a_zero_vector_only() {
    let some = [0.3, 0.0, 0.1, 0.0, 0.0];
    assert_eq!(similarity(&query(ZERO), &PerSource(ZERO)), 1.0);
    assert_eq!(similarity(&query(ZERO), &PerSource(some)), 0.0);
    assert_eq!(similarity(&query(some), &PerSource(ZERO)), 0.0);
    assert_eq!(order(&[some, ZERO, some], &query(ZERO)), [1, 0, 2]);
    // Zero over the chosen sources is zero, whatever the others do.
    let drums = Query::only(PerSource(some), &[Source::Drums, Source::Piano]);
    assert_eq!(
        similarity(&drums, &PerSource([0.0, 0.0, 1.0, 0.0, 1.0])),
        1.0
    );
    assert_eq!(
        similarity(&drums, &PerSource([0.0, 0.0, 0.0, 0.5, 0.0])),
        0.0
    );
}

#[test]
fn equal_proportions_are_ordered_by_distance() {
    let songs = [0.1, 0.9, 0.5, 0.35, 0.4].map(|share| [share, share / 2.0, 0.0, 0.0, share]);
    let found = rank(&catalogue(&songs), &query(songs[4]), 5);
    assert!(found.iter().all(|found| found.score == 1.0), "{found:?}");
    assert_eq!(
        found.iter().map(|found| found.index).collect::<Vec<_>>(),
        [4, 3, 2, 0, 1]
    );
    assert_eq!(found[0].distance, 0.0);
}

#[test]
fn one_source_is_ordered_by_distance() {
    let guitars = [0.9, 0.0, 0.55, 0.3, 0.5].map(|guitar| [guitar, 1.0 - guitar, 0.3, 0.9, guitar]);
    let guitar = Query::only(PerSource([0.5, 0.1, 0.2, 0.3, 0.4]), &[Source::Guitar]);
    assert_eq!(order(&guitars, &guitar), [4, 2, 3, 0, 1]);
    // Even where the query's or a song's is 0, for which the cosine would say 0 or 1.
    let none = Query::only(PerSource(ZERO), &[Source::Guitar]);
    assert_eq!(order(&guitars, &none), [1, 3, 4, 2, 0]);
    let little = Query::only(PerSource([0.05, 0.0, 0.0, 0.0, 0.0]), &[Source::Guitar]);
    assert_eq!(order(&guitars, &little)[0], 1);
}

#[test]
fn weights_shift_what_matters() {
    let songs = [[0.9, 0.2, 0.0, 0.0, 0.0], [0.2, 0.9, 0.0, 0.0, 0.0]];
    let song = PerSource([0.6, 0.6, 0.0, 0.0, 0.0]);
    let weighted = |guitar, piano| Query {
        prominence: song,
        weights: PerSource([guitar, piano, 0.0, 0.0, 0.0]),
        rank_by: RankBy::default(),
    };
    assert_eq!(order(&songs, &weighted(2.0, 1.0)), [0, 1]);
    assert_eq!(order(&songs, &weighted(1.0, 2.0)), [1, 0]);
    // By hand: 2*0.6*0.9 + 0.6*0.2 = 1.2; norms sqrt(2*0.36 + 0.36) and sqrt(2*0.81 + 0.04).
    assert_eq!(
        similarity(&weighted(2.0, 1.0), &PerSource(songs[0])),
        0.896_221
    );
    assert_eq!(
        distance(&weighted(2.0, 1.0), &PerSource(songs[0])),
        0.583_095
    );
}

#[test]
fn a_weight_of_nothing_or_less_switches_off() {
    let song = PerSource([0.6, 0.6, 0.1, 0.0, 0.0]);
    for off in [0.0, -1.0, f32::NAN] {
        let query = Query {
            prominence: song,
            weights: PerSource([1.0, off, 1.0, off, off]),
            rank_by: RankBy::default(),
        };
        assert_eq!(query.chosen_count(), 2);
        assert_eq!(
            similarity(&query, &PerSource([0.6, 0.0, 0.1, 1.0, 1.0])),
            1.0
        );
    }
    let nothing = Query::only(song, &[]);
    assert!(rank(&catalogue(&[ZERO, ZERO]), &nothing, 10).is_empty());
}

#[test]
fn switches_and_weights_join_and_a_source_alone_counts_one() {
    let song = PerSource([0.6, 0.6, 0.1, 0.0, 0.0]);
    let weights = PerSource([0.5, 2.0, 0.0, 1.0, 1.0]);
    let some = Query::weighted(song, PerSource([true, true, true, false, false]), weights);
    assert_eq!(some.weights, PerSource([0.5, 2.0, 0.0, 0.0, 0.0]));
    let one = Query::weighted(song, PerSource([true, false, true, false, false]), weights);
    assert_eq!(one, Query::only(song, &[Source::Guitar]));
}

#[test]
fn by_amounts_it_matters_how_much_is_asked_for() {
    let songs = [[0.1; 5], [0.9; 5], [0.5, 0.5, 0.5, 0.5, 0.4]];
    let ask = |share| Query::all(PerSource([share; 5])).ranked_by(RankBy::Amounts);
    assert_eq!(order(&songs, &ask(0.1)), [0, 2, 1]);
    assert_eq!(order(&songs, &ask(1.0)), [1, 2, 0]);
    let proportions = |share| order(&songs, &Query::all(PerSource([share; 5])));
    assert_eq!(
        proportions(0.1)[2],
        2,
        "the proportions of all but the last are the same"
    );
}

#[test]
fn likeness_falls_when_amounts_differ() {
    let songs = [[0.6, 0.6, 0.0, 0.0, 0.0], [0.3, 0.3, 0.0, 0.0, 0.0]];
    let song = PerSource([0.6, 0.6, 0.0, 0.0, 0.0]);
    for query in [Query::all(song), Query::only(song, &[Source::Guitar])] {
        let found = rank(&catalogue(&songs), &query, 2);
        assert_eq!(found[0].likeness(&query), 1.0);
        assert!(found[1].likeness(&query) < 0.9, "{found:?}");
    }
    // By hand: the root of (2 * 0.3^2) / 5 is 0.19.
    let half = rank(&catalogue(&songs), &Query::all(song), 2)[1];
    assert!((half.likeness(&Query::all(song)) - 0.810_26).abs() < 1e-4);
    let songs = [[0.7, 0.2, 0.0, 0.0, 0.0], [0.2, 0.9, 0.0, 0.0, 0.0]];
    let guitar = Query::only(song, &[Source::Guitar]);
    let nearest = rank(&catalogue(&songs), &guitar, 1)[0];
    assert!((nearest.likeness(&guitar) - 0.9).abs() < 1e-6);
}

#[test]
fn equal_songs_keep_the_catalogues_order() {
    let (a, b) = ([0.5, 0.1, 0.0, 0.0, 0.3], [0.1, 0.5, 0.0, 0.2, 0.3]);
    assert_eq!(order(&[b, a, b, a, a, b], &query(a)), [1, 3, 4, 0, 2, 5]);
    // Equally far on either side: equal, though 0.5 - 0.3 and 0.7 - 0.5 differ in floating point.
    let sides = [
        [0.7, 0.0, 0.0, 0.0, 0.0],
        [0.3, 0.0, 0.0, 0.0, 0.0],
        [0.7, 0.0, 0.0, 0.0, 0.0],
    ];
    assert_eq!(order(&sides, &query([0.5, 0.0, 0.0, 0.0, 0.0])), [0, 1, 2]);
}

#[test]
fn no_more_than_asked_for() {
    let songs = catalogue(&[[0.5; 5]; 4]);
    let lengths = [0, 3, 9].map(|top| rank(&songs, &query([0.1; 5]), top).len());
    assert_eq!(lengths, [0, 3, 4]);
    assert!(rank(&Catalogue::new("net-1"), &query([0.1; 5]), 10).is_empty());
}

#[test]
fn scores_within_the_error_are_ordered_by_distance() {
    // The same proportions: the second is as long as the query's, the first half as long; the third differs a little.
    let songs = [
        [0.4, 0.2, 0.3, 0.4, 0.2],
        [0.8, 0.42, 0.6, 0.8, 0.4],
        [0.8, 0.1, 0.0, 0.9, 0.9],
    ];
    let asked = query([0.8, 0.4, 0.6, 0.8, 0.4]);
    let songs = catalogue(&songs);
    let indices = |found: Vec<Recommendation>| -> Vec<usize> {
        found.into_iter().map(|found| found.index).collect()
    };
    let within = |error| {
        indices(rank_all_within(
            &songs.tracks,
            &asked,
            &PerSource([error; 5]),
        ))
    };
    assert_eq!(indices(rank_all(&songs.tracks, &asked)), [0, 1, 2]);
    assert_eq!(within(0.0), [0, 1, 2]);
    assert_eq!(within(0.1), [1, 0, 2]);
    assert!(rank_all_within(&[], &asked, &PerSource([0.1; 5])).is_empty());
}

fn share() -> impl Strategy<Value = f32> {
    prop_oneof![Just(0.0), Just(1.0), 0.0_f32..=1.0]
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn rankings_are_ordered_permutations(
        songs in prop::collection::vec(prop::array::uniform5(share()), 0..30),
        prominence in prop::array::uniform5(share()),
        weights in prop::array::uniform5(prop_oneof![Just(0.0), Just(1.0), 0.1_f32..3.0]),
    ) {
        let query = Query { prominence: PerSource(prominence), weights: PerSource(weights), rank_by: RankBy::default() };
        let found = rank(&catalogue(&songs), &query, usize::MAX);
        let mut indices: Vec<usize> = found.iter().map(|found| found.index).collect();
        for pair in found.windows(2) {
            let key = |found: &Recommendation| (-found.score, found.distance, found.index);
            let single = |found: &Recommendation| (0.0, found.distance, found.index);
            let ordered = if query.chosen_count() == 1 { single(&pair[0]) < single(&pair[1]) } else { key(&pair[0]) < key(&pair[1]) };
            prop_assert!(ordered, "{:?}", pair);
        }
        indices.sort_unstable();
        let expected = if query.chosen_count() == 0 { 0 } else { songs.len() };
        prop_assert!(indices.into_iter().eq(0..expected));
    }

    #[test]
    fn similarity_is_symmetric_bounded_and_blind_to_scale(
        a in prop::array::uniform5(share()),
        b in prop::array::uniform5(share()),
        scale in 0.1_f32..1.0,
    ) {
        let there = similarity(&query(a), &PerSource(b));
        prop_assert_eq!(there, similarity(&query(b), &PerSource(a)));
        prop_assert!((0.0..=1.0).contains(&there));
        prop_assert!((there - similarity(&query(a), &PerSource(b.map(|share| share * scale)))).abs() < 2e-6);
        prop_assert_eq!(similarity(&query(a), &PerSource(a)), 1.0);
        prop_assert_eq!(distance(&query(a), &PerSource(a)), 0.0);
    }

    #[test]
    fn sources_switched_off_do_not_matter(
        song in prop::array::uniform5(share()),
        other in prop::array::uniform5(share()),
        change in prop::array::uniform5(share()),
    ) {
        let chosen = [Source::Guitar, Source::Drums];
        let query = Query::only(PerSource(song), &chosen);
        let changed = PerSource::from_fn(|source| {
            if chosen.contains(&source) { other[source.index()] } else { change[source.index()] }
        });
        prop_assert_eq!(similarity(&query, &PerSource(other)), similarity(&query, &changed));
        prop_assert_eq!(distance(&query, &PerSource(other)), distance(&query, &changed));
    }
}
