//! L5: songs with known prominences, and which of them are like a given one.
//!
//! A catalogue is made through one network, and compares only with prominences from the same: separated stems give
//! other values than clean ones, and one network's other than another's. So it carries a version and the model's id,
//! and reading it refuses any other.

mod comparison;
mod evaluation;
mod file;
mod measures;
mod ranking;
mod similarity;
mod statistics;
#[cfg(test)]
mod tests;

pub use comparison::{Change, Difference, MergeError, Merged, merge};
pub use evaluation::{Agreement, Evaluation, SAME_SCORE, TOP, evaluate};
pub use file::{Catalogue, CatalogueError, FORMAT, Track, VERSION};
pub use measures::{Measure, Spreading};
pub use ranking::{Recommendation, rank};
pub use similarity::{Query, distance, similarity};
pub use statistics::{QUANTILES, Spread, Statistics};
