//! L5: how alike two songs are in composition: cosine and distance over the sources that matter.

use crate::source::{PerSource, Source};

/// Similarities and distances are rounded to this, so that those equal on paper are equal here too.
const STEP: f64 = 1e-6;

/// The song to find others like, and how much each source matters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Query {
    /// Share of the song in which each source plays.
    pub prominence: PerSource<f32>,
    /// How much each source counts, relative to the others; 0 or less switches it off.
    pub weights: PerSource<f32>,
}

impl Query {
    /// Compares all sources alike.
    pub fn all(prominence: PerSource<f32>) -> Self {
        Self {
            prominence,
            weights: PerSource([1.0; Source::COUNT]),
        }
    }

    /// Compares the given sources alike, and no others.
    pub fn only(prominence: PerSource<f32>, sources: &[Source]) -> Self {
        let weights =
            PerSource::from_fn(|source| if sources.contains(&source) { 1.0 } else { 0.0 });
        Self {
            prominence,
            weights,
        }
    }

    /// Compares the chosen sources by their weights. A source alone counts 1: there is nothing to weigh it against.
    pub fn weighted(
        prominence: PerSource<f32>,
        chosen: PerSource<bool>,
        weights: PerSource<f32>,
    ) -> Self {
        let mut query = Self {
            prominence,
            weights: PerSource::from_fn(
                |source| if chosen[source] { weights[source] } else { 0.0 },
            ),
        };
        if query.chosen_count() == 1 {
            query.weights = query
                .weights
                .map(|weight| if weight > 0.0 { 1.0 } else { 0.0 });
        }
        query
    }

    /// How many sources are switched on.
    pub fn chosen_count(&self) -> usize {
        self.weights
            .0
            .iter()
            .filter(|weight| **weight > 0.0)
            .count()
    }

    /// Weight, own prominence and the other song's, for each source switched on.
    fn pairs<'a>(
        &'a self,
        other: &'a PerSource<f32>,
    ) -> impl Iterator<Item = (f64, f64, f64)> + 'a {
        let values = self.weights.0.iter().zip(&self.prominence.0).zip(&other.0);
        values
            .filter(|((weight, _), _)| **weight > 0.0)
            .map(|((weight, own), other)| (f64::from(*weight), f64::from(*own), f64::from(*other)))
    }
}

/// Weighted cosine over the chosen sources, in [0, 1]. A song in which none of them plays is similar (1) only to
/// another such, and to no other song (0).
pub fn similarity(query: &Query, other: &PerSource<f32>) -> f32 {
    let (mut product, mut own_square, mut other_square) = (0.0, 0.0, 0.0);
    for (weight, own, other) in query.pairs(other) {
        product += weight * own * other;
        own_square += weight * own * own;
        other_square += weight * other * other;
    }
    match (own_square > 0.0, other_square > 0.0) {
        (true, true) => rounded((product / (own_square * other_square).sqrt()).clamp(0.0, 1.0)),
        (false, false) => 1.0,
        _ => 0.0,
    }
}

/// Weighted Euclidean distance over the chosen sources. The cosine hears only proportions; this tells apart how much
/// of the time they last.
pub fn distance(query: &Query, other: &PerSource<f32>) -> f32 {
    let squares = query
        .pairs(other)
        .map(|(weight, own, other)| weight * (own - other).powi(2));
    rounded(squares.sum::<f64>().sqrt())
}

/// How far apart the chosen shares are on average, in [0, 1]; each source counts by its weight.
pub fn mean_difference(query: &Query, other: &PerSource<f32>) -> f32 {
    let (mut difference, mut weights) = (0.0, 0.0);
    for (weight, own, other) in query.pairs(other) {
        difference += weight * (own - other).abs();
        weights += weight;
    }
    match weights > 0.0 {
        true => rounded(difference / weights),
        false => 0.0,
    }
}

fn rounded(value: f64) -> f32 {
    ((value / STEP).round() * STEP) as f32
}
