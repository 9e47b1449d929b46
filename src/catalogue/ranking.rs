//! L5: the best matches of a catalogue, best first.

use std::cmp::Ordering;

use super::{Catalogue, Query, distance, similarity};

/// A song of the catalogue, and how well it matches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recommendation {
    /// Position in [`Catalogue::tracks`].
    pub index: usize,
    /// [`similarity`] to the query, in [0, 1].
    pub score: f32,
    /// [`distance`] from the query, which orders equal scores.
    pub distance: f32,
}

/// The `top` songs most like the query: by similarity, then by distance, then as they stand in the catalogue.
///
/// With a single source chosen every cosine is 1, so distance alone decides. With none there is nothing to compare,
/// and nothing is recommended.
pub fn rank(catalogue: &Catalogue, query: &Query, top: usize) -> Vec<Recommendation> {
    let by_similarity = |a: &Recommendation, b: &Recommendation| b.score.total_cmp(&a.score);
    let by_distance = |a: &Recommendation, b: &Recommendation| a.distance.total_cmp(&b.distance);
    let order: &dyn Fn(&Recommendation, &Recommendation) -> Ordering = match query.chosen_count() {
        0 => return Vec::new(),
        1 => &by_distance,
        _ => &|a, b| by_similarity(a, b).then(by_distance(a, b)),
    };
    let mut ranking: Vec<Recommendation> = catalogue
        .tracks
        .iter()
        .enumerate()
        .map(|(index, track)| Recommendation {
            index,
            score: similarity(query, &track.prominence),
            distance: distance(query, &track.prominence),
        })
        .collect();
    ranking.sort_by(order);
    ranking.truncate(top);
    ranking
}
