//! Similarity of instrumental composition: weighted cosine and distance over chosen sources.

use crate::source::{PerSource, Source};

/// Similarities and distances are rounded to this, so that mathematically equal ones tie.
const STEP: f64 = 1e-6;

/// The criterion of a ranking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RankBy {
    /// The proportions of the sources to one another: the paper's cosine, then the distance.
    #[default]
    Proportions,
    /// How much of the time each source plays: the distance alone.
    Amounts,
}

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
    /// The criterion of the ranking.
    pub rank_by: RankBy,
}

impl Query {
    /// A query on all sources with equal weights.
    pub fn all(prominence: PerSource<f32>) -> Self {
        Self {
            prominence,
            weights: PerSource([1.0; Source::COUNT]),
            rank_by: RankBy::default(),
        }
    }

    /// A query on the given sources with equal weights.
    pub fn only(prominence: PerSource<f32>, sources: &[Source]) -> Self {
        let weights =
            PerSource::from_fn(|source| if sources.contains(&source) { 1.0 } else { 0.0 });
        Self {
            prominence,
            weights,
            rank_by: RankBy::default(),
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
            rank_by: RankBy::default(),
        };
        if query.chosen_count() == 1 {
            query.weights = query
                .weights
                .map(|weight| if weight > 0.0 { 1.0 } else { 0.0 });
        }
        query
    }

    /// The same, ranked by another measure.
    pub fn ranked_by(self, rank_by: RankBy) -> Self {
        Self { rank_by, ..self }
    }

    /// Whether the distance alone orders songs: it is asked for, or one source is chosen, whose cosine is always 1.
    pub fn is_by_distance(&self) -> bool {
        self.rank_by == RankBy::Amounts || self.chosen_count() == 1
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

/// Weighted Euclidean distance over the chosen sources. The cosine compares proportions only; this compares amounts.
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

/// How near the chosen shares are, from 0 (one song has all of what the other lacks) to 1 (the same): 1 minus the
/// weighted root mean square of their differences, which is [`distance`] over the square root of the weights' sum.
pub fn closeness(query: &Query, distance: f32) -> f32 {
    let weights: f32 = query.weights.0.iter().filter(|weight| **weight > 0.0).sum();
    if weights > 0.0 {
        (1.0 - distance / weights.sqrt()).clamp(0.0, 1.0)
    } else {
        1.0
    }
}

fn rounded(value: f64) -> f32 {
    ((value / STEP).round() * STEP) as f32
}
