//! Ranks songs by similarity to a query.

use std::cmp::Ordering;

use super::{Catalogue, Query, Track, closeness, distance, score_tolerance, similarity};
use crate::source::PerSource;

/// A song with its scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recommendation {
    /// Index among the compared songs.
    pub index: usize,
    /// [`similarity`] to the query, in [0, 1].
    pub score: f32,
    /// [`distance`] from the query, which breaks ties.
    pub distance: f32,
}

impl Recommendation {
    /// The one number that is shown to people, in [0, 1]: [`closeness`]. Unlike the cosine it falls when one of the songs
    /// has more of everything.
    pub fn likeness(&self, query: &Query) -> f32 {
        closeness(query, self.distance)
    }
}

/// The `top` songs most like the query: by similarity, then by distance, then as they stand in the catalogue; by distance
/// alone where [`Query::is_by_distance`]. With no source chosen there is nothing to compare,
/// and nothing is recommended.
pub fn rank(catalogue: &Catalogue, query: &Query, top: usize) -> Vec<Recommendation> {
    let mut ranking = rank_all(&catalogue.tracks, query);
    ranking.truncate(top);
    ranking
}

/// All of these songs, ranked as by [`rank`]; [`Recommendation::index`] is their position in the iterator.
pub fn rank_all<'a>(
    tracks: impl IntoIterator<Item = &'a Track>,
    query: &Query,
) -> Vec<Recommendation> {
    let by_similarity = |a: &Recommendation, b: &Recommendation| b.score.total_cmp(&a.score);
    let by_distance = |a: &Recommendation, b: &Recommendation| a.distance.total_cmp(&b.distance);
    if query.chosen_count() == 0 {
        return Vec::new();
    }
    let order: &dyn Fn(&Recommendation, &Recommendation) -> Ordering = if query.is_by_distance() {
        &by_distance
    } else {
        &|a, b| by_similarity(a, b).then(by_distance(a, b))
    };
    let mut ranking: Vec<Recommendation> = tracks
        .into_iter()
        .enumerate()
        .map(|(index, track)| Recommendation {
            index,
            score: similarity(query, &track.prominence),
            distance: distance(query, &track.prominence),
        })
        .collect();
    ranking.sort_by(order);
    ranking
}

/// [`rank_all`], with scores counted as equal that differ by less than the prominences' mean absolute errors make of a
/// score ([`score_tolerance`]); equals are ordered by distance.
///
/// From the best song down, each song and all that are equal to it form a group; the next group begins with the first
/// song that is not. Without errors this is the order of [`rank_all`], the paper's.
pub fn rank_all_within<'a>(
    tracks: impl IntoIterator<Item = &'a Track>,
    query: &Query,
    error: &PerSource<f32>,
) -> Vec<Recommendation> {
    let mut ranking = rank_all(tracks, query);
    let mut rest = ranking.as_mut_slice();
    while let Some(best) = rest.first().copied() {
        let tolerance = score_tolerance(query, best.score, error);
        let is_equal = |found: &&Recommendation| best.score - found.score <= tolerance;
        let count = rest.iter().take_while(is_equal).count().max(1);
        let (equals, others) = rest.split_at_mut(count);
        // Single sources are in the order of distance already; the others' ties are, too.
        if tolerance > 0.0 {
            equals.sort_by(|a, b| a.distance.total_cmp(&b.distance));
        }
        rest = others;
    }
    ranking
}
