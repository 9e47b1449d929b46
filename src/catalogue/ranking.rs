//! L5: the best matches among songs, best first.

use std::cmp::Ordering;

use super::{Catalogue, Query, Track, distance, similarity};

/// A song, and how well it matches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recommendation {
    /// Position among the songs compared.
    pub index: usize,
    /// [`similarity`] to the query, in [0, 1].
    pub score: f32,
    /// [`distance`] from the query, which orders equal scores.
    pub distance: f32,
}

impl Recommendation {
    /// What orders the list, in [0, 1], 1 for the best: the similarity, or for a query on a single source, by which
    /// all similarities are 1, how near the two shares are.
    pub fn likeness(&self, query: &Query) -> f32 {
        match query.chosen_count() {
            1 => (1.0 - self.distance).clamp(0.0, 1.0),
            _ => self.score,
        }
    }
}

/// The `top` songs most like the query: by similarity, then by distance, then as they stand in the catalogue.
///
/// With a single source chosen every cosine is 1, so distance alone decides. With none there is nothing to compare,
/// and nothing is recommended.
pub fn rank(catalogue: &Catalogue, query: &Query, top: usize) -> Vec<Recommendation> {
    let mut ranking = rank_all(&catalogue.tracks, query);
    ranking.truncate(top);
    ranking
}

/// All of these songs in the order of [`rank`]; [`Recommendation::index`] counts them as they come.
pub fn rank_all<'a>(
    tracks: impl IntoIterator<Item = &'a Track>,
    query: &Query,
) -> Vec<Recommendation> {
    let by_similarity = |a: &Recommendation, b: &Recommendation| b.score.total_cmp(&a.score);
    let by_distance = |a: &Recommendation, b: &Recommendation| a.distance.total_cmp(&b.distance);
    let order: &dyn Fn(&Recommendation, &Recommendation) -> Ordering = match query.chosen_count() {
        0 => return Vec::new(),
        1 => &by_distance,
        _ => &|a, b| by_similarity(a, b).then(by_distance(a, b)),
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
