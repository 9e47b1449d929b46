//! Nearest neighbours of a query among the vectors of a split catalogue.

use std::collections::BinaryHeap;

use super::{SplitCatalogue, WHOLE};
use crate::catalogue::Query;
use crate::source::{PerSource, Source};

/// A query prepared for comparison with many vectors in 32-bit floats. Results are ranked again by their exact shares,
/// so rounding does not matter here.
struct Comparison {
    weights: [f32; Source::COUNT],
    /// Shares times weights.
    weighted: [f32; Source::COUNT],
    shares: [f32; Source::COUNT],
    /// Weighted square of the query's length.
    square: f32,
    is_by_distance: bool,
}

impl SplitCatalogue {
    /// Positions of the `count` songs most similar to the query, the most similar first: by weighted cosine, then by
    /// distance, then by position; by distance alone where [`Query::is_by_distance`]. Without a chosen source there are
    /// none.
    pub fn nearest(&self, query: &Query, count: usize) -> Vec<usize> {
        if query.chosen_count() == 0 || count == 0 {
            return Vec::new();
        }
        let comparison = Comparison::new(query);
        // A heap with the worst of the best on top.
        let mut best = BinaryHeap::with_capacity(count + 1);
        let mut bar = u64::MAX;
        for (index, vector) in self.vectors.iter().enumerate() {
            let key = comparison.key(vector);
            if best.len() < count || key < bar {
                best.push((key, index));
                if best.len() > count {
                    best.pop();
                }
                bar = best.peek().map_or(bar, |&(worst, _)| worst);
            }
        }
        let best = best.into_sorted_vec();
        best.into_iter().map(|(_, index)| index).collect()
    }
}

impl Comparison {
    fn new(query: &Query) -> Self {
        let weights = query.weights.0.map(|weight| weight.max(0.0));
        let shares = query.prominence.0.map(|share| share * WHOLE);
        let weighted = std::array::from_fn(|source| shares[source] * weights[source]);
        Self {
            weights,
            weighted,
            shares,
            square: dot(&weighted, &shares),
            is_by_distance: query.is_by_distance(),
        }
    }

    /// Sort key of a vector, smallest for the most similar.
    fn key(&self, vector: &PerSource<u8>) -> u64 {
        let other = vector.0.map(f32::from);
        let apart: [f32; Source::COUNT] =
            std::array::from_fn(|source| (other[source] - self.shares[source]).powi(2));
        let distance = dot(&self.weights, &apart);
        if self.is_by_distance {
            return u64::from(distance.to_bits());
        }
        let square = dot(&self.weights, &other.map(|share| share * share));
        let product = dot(&self.weighted, &other);
        let similarity = match (self.square > 0.0, square > 0.0) {
            (true, true) => (product / (self.square * square).sqrt()).clamp(0.0, 1.0),
            (false, false) => 1.0,
            _ => 0.0,
        };
        // The bits of non-negative floats sort as the floats do.
        let difference = u64::from((1.0 - similarity).to_bits());
        difference << 32 | u64::from(distance.to_bits())
    }
}

fn dot(a: &[f32; Source::COUNT], b: &[f32; Source::COUNT]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
