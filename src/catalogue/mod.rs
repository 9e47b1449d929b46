//! L5: songs with known prominences, and which of them are like a given one.
//!
//! A catalogue is made through one network, and compares only with prominences from the same: separated stems give
//! other values than clean ones, and one network's other than another's. So it carries a version and the model's id,
//! and reading it refuses any other.
//!
//! A search starts from ingredients ([`blend`]), ranks a [`Pool`] of songs ([`rank_all`]) and refines what is shown
//! ([`select`]); a catalogue too large for that is searched as a [`SplitCatalogue`] first. [`compare`] explains a song's
//! place, [`SharedSearch`] and [`Row`] take searches and lists elsewhere, and [`SongMap`] shows all songs at once.

mod comparison;
mod evaluation;
mod explanation;
mod export;
mod file;
mod link;
mod map;
mod measures;
mod pool;
mod ranking;
mod recipe;
mod selection;
mod similarity;
mod split;
mod statistics;
#[cfg(test)]
mod tests;

pub use comparison::{Change, Difference, MergeError, Merged, merge};
pub use evaluation::{Agreement, Evaluation, SAME_SCORE, TOP, evaluate, mean_rank_correlation};
pub use explanation::{Comparison, Pair, compare};
pub use export::{Report, Row, playlist, table};
pub use file::{Catalogue, CatalogueError, FORMAT, Track, VERSION};
pub use link::{LinkError, SharedSearch};
pub use map::{Colour, Hands, Palette, Picture, Projection, SongMap, Spot, Viewport, parse_colour};
pub use measures::{Measure, Spreading, cosine};
pub use pool::{Pool, Shelf};
pub use ranking::{Recommendation, rank, rank_all};
pub use recipe::{Ingredient, Origin, Role, blend, name};
pub use selection::{Filter, Limit, Order, Refinement, loosenings, select};
pub use similarity::{Query, distance, mean_difference, similarity};
pub use split::{SPLIT_FORMAT, SPLIT_VERSION, Split, SplitCatalogue, SplitError, SplitHead};
pub use statistics::{QUANTILES, Spread, Statistics};
