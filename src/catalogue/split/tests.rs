//! A split catalogue has all songs and gives the results of the whole one.

use std::collections::HashSet;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;
use crate::catalogue::{Query, RankBy, Recommendation, Track, rank_all};

const MODEL: &str = "m";

/// Songs of random composition, with shares that a byte holds exactly.
fn catalogue(songs: usize) -> Catalogue {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let mut share = || f32::from(random.random_range(0..=255_u8)) / WHOLE;
    let track = |index: usize| Track {
        id: format!("{index:06}"),
        title: format!("Song {index}"),
        duration_secs: 60.0,
        prominence: PerSource::from_fn(|_| share()),
        ..Track::default()
    };
    Catalogue {
        tracks: (0..songs).map(track).collect(),
        ..Catalogue::new(MODEL)
    }
}

fn split(songs: usize, shard_songs: usize) -> Split {
    Split::new(&catalogue(songs), shard_songs).expect("a sound catalogue")
}

fn opened(split: &Split) -> SplitCatalogue {
    SplitCatalogue::new(split.head.clone(), &split.vectors).expect("its own vectors")
}

fn query(shares: [f32; 5], weights: [f32; 5]) -> Query {
    Query {
        prominence: PerSource(shares),
        weights: PerSource(weights),
        rank_by: RankBy::default(),
    }
}

fn queries() -> [Query; 5] {
    [
        query([0.8, 0.1, 0.5, 0.6, 0.2], [1.0; 5]).ranked_by(RankBy::Amounts),
        query([0.8, 0.1, 0.5, 0.6, 0.2], [1.0; 5]),
        query([0.8, 0.1, 0.5, 0.6, 0.2], [2.0, 0.5, 0.0, 1.0, 0.0]),
        query([0.3, 0.7, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0, 0.0]),
        query([0.0; 5], [1.0; 5]),
    ]
}

#[test]
fn every_song_is_in_one_shard_and_beside_its_vector() {
    let whole = catalogue(103);
    let split = Split::new(&whole, 10).expect("a sound catalogue");
    assert_eq!((split.head.songs, split.shards.len()), (103, 11));
    let opened = opened(&split);
    let shards: Vec<Catalogue> = (0..11)
        .map(|shard| {
            let read = split.head.read_shard(shard, &split.shards[shard]);
            read.expect("an undamaged shard")
        })
        .collect();
    for index in 0..opened.len() {
        let (shard, position) = opened.place(index);
        let track = &shards[shard].tracks[position];
        assert_eq!(
            opened.vectors[index].map(|byte| f32::from(byte) / WHOLE),
            track.prominence
        );
        assert!(whole.tracks.contains(track));
    }
    let tracks = shards.iter().flat_map(|shard| &shard.tracks);
    let ids: HashSet<&str> = tracks.map(|track| track.id.as_str()).collect();
    assert_eq!(ids.len(), 103);
}

#[test]
fn the_nearest_are_those_of_the_whole_ranking() {
    let split = split(5_000, 100);
    let opened = opened(&split);
    let tracks: Vec<Track> = (0..split.shards.len())
        .flat_map(|shard| {
            let read = split.head.read_shard(shard, &split.shards[shard]);
            read.expect("an undamaged shard").tracks
        })
        .collect();
    for query in queries() {
        let ranking = rank_all(&tracks, &query);
        let ordered_by = |found: &Recommendation| match query.is_by_distance() {
            true => -found.distance,
            false => found.score,
        };
        let values: Vec<f32> = {
            let mut all = vec![0.0; tracks.len()];
            for found in &ranking {
                all[found.index] = ordered_by(found);
            }
            all
        };
        let nearest = opened.nearest(&query, 50);
        assert_eq!(nearest.len(), 50);
        for (place, &index) in nearest.iter().enumerate() {
            let expected = ordered_by(&ranking[place]);
            assert!(
                (values[index] - expected).abs() < 1e-5,
                "{query:?}, place {place}: {} for {expected}",
                values[index]
            );
        }
    }
}

#[test]
fn what_is_alike_lies_in_few_shards() {
    let split = split(20_000, 100);
    let opened = opened(&split);
    for query in &queries()[..1] {
        let nearest = opened.nearest(query, 100);
        let shards: HashSet<usize> = nearest.iter().map(|&index| opened.place(index).0).collect();
        // Left in any order, 100 songs would lie in some 79 of the 200 shards.
        assert!(shards.len() < 40, "{} shards", shards.len());
    }
}

#[test]
fn searches_for_nothing_or_among_nothing_find_nothing() {
    let [asked, ..] = queries();
    assert!(opened(&split(0, 10)).nearest(&asked, 10).is_empty());
    let few = opened(&split(3, 10));
    assert_eq!(few.nearest(&asked, 10).len(), 3);
    assert!(few.nearest(&asked, 0).is_empty());
    assert!(few.nearest(&query([0.5; 5], [0.0; 5]), 10).is_empty());
}

#[test]
fn the_same_catalogue_splits_the_same_and_another_goes_elsewhere() {
    let mut songs = catalogue(50);
    let first = Split::new(&songs, 20).expect("a sound catalogue");
    songs.tracks.reverse();
    let again = Split::new(&songs, 20).expect("a sound catalogue");
    assert_eq!(first.head, again.head);
    songs.tracks[0].title.push('!');
    let changed = Split::new(&songs, 20).expect("a sound catalogue");
    assert_ne!(first.head.folder, changed.head.folder);
}

#[test]
fn damage_and_strangers_are_refused_in_words() {
    let split = split(30, 10);
    let json = |change: &dyn Fn(&mut SplitHead)| {
        let mut head = split.head.clone();
        change(&mut head);
        serde_json::to_string(&head).expect("JSON")
    };
    let taken_for_a_catalogue = Catalogue::from_json(&json(&|_| ()), MODEL);
    assert!(
        matches!(taken_for_a_catalogue, Err(CatalogueError::Format { got }) if got == SPLIT_FORMAT)
    );
    assert!(SplitHead::from_json(&json(&|_| ()), MODEL).is_ok());
    type Change = fn(&mut SplitHead);
    let changes: [(Change, &str); 5] = [
        (|head| head.version = 2, "version 2"),
        (|head| head.model_id = "n".to_owned(), "model \"n\""),
        (|head| head.folder = "../up".to_owned(), "../up"),
        (|head| head.songs = 31, "31 songs"),
        (|head| head.sources.swap(0, 1), "piano"),
    ];
    for (change, word) in changes {
        let error = SplitHead::from_json(&json(&change), MODEL).expect_err("refused");
        assert!(error.to_string().contains(word), "{error}");
    }
    let plain = catalogue(1).to_json().expect("a catalogue");
    assert!(SplitHead::from_json(&plain, MODEL).is_err());
    let shard = split.head.read_shard(0, &split.shards[1]);
    assert!(
        shard
            .expect_err("refused")
            .to_string()
            .contains("00000.json")
    );
    let cut = SplitCatalogue::new(split.head.clone(), &split.vectors[1..]);
    assert!(
        cut.expect_err("refused")
            .to_string()
            .contains("vectors.bin")
    );
}
