//! Similarity of instrumental composition: weighted cosine and distance over chosen sources.

use crate::source::{PerSource, Source};

/// Similarities and distances are rounded to this, so that mathematically equal ones tie.
const STEP: f64 = 1e-6;

/// A query: prominences to search for, and the weight of each source.
///
/// ```
/// use deepmelody::catalogue::{Catalogue, Query, Track, rank};
/// use deepmelody::source::{PerSource, Source};
///
/// let mut catalogue = Catalogue::new("model-1");
/// for guitar in [0.2, 0.9] {
///     catalogue.tracks.push(Track {
///         prominence: PerSource([guitar, 0.5, 0.5, 0.5, 0.5]),
///         ..Track::default()
///     });
/// }
/// let song = PerSource([0.8, 0.0, 0.6, 0.9, 0.3]);
/// let found = rank(&catalogue, &Query::only(song, &[Source::Guitar]), 1);
/// assert_eq!(found[0].index, 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Query {
    /// Share of the song in which each source plays.
    pub prominence: PerSource<f32>,
    /// Relative weight of each source; 0 or less excludes it.
    pub weights: PerSource<f32>,
}

impl Query {
    /// A query on all sources with equal weights.
    pub fn all(prominence: PerSource<f32>) -> Self {
        Self {
            prominence,
            weights: PerSource([1.0; Source::COUNT]),
        }
    }

    /// A query on the given sources with equal weights.
    pub fn only(prominence: PerSource<f32>, sources: &[Source]) -> Self {
        let weights =
            PerSource::from_fn(|source| if sources.contains(&source) { 1.0 } else { 0.0 });
        Self {
            prominence,
            weights,
        }
    }

    /// A query on the chosen sources with their weights; a single source has weight 1.
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

    /// Number of included sources.
    pub fn chosen_count(&self) -> usize {
        self.weights
            .0
            .iter()
            .filter(|weight| **weight > 0.0)
            .count()
    }

    /// Weight, query prominence and the other song's, for each included source.
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

/// Weighted cosine over the chosen sources, in [0, 1]. A zero vector has similarity 1 to a zero vector and 0 to any
/// other.
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

/// Weighted Euclidean distance over the chosen sources. Unlike the cosine, it depends on amounts as well as
/// proportions.
pub fn distance(query: &Query, other: &PerSource<f32>) -> f32 {
    let squares = query
        .pairs(other)
        .map(|(weight, own, other)| weight * (own - other).powi(2));
    rounded(squares.sum::<f64>().sqrt())
}

/// Weighted mean absolute difference over the chosen sources, in [0, 1].
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
