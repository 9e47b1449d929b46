//! Catalogues of songs with their prominences, and the search for similar songs.
//!
//! Prominences from separated stems differ from those of clean ones, and those of one model from those of another. A
//! catalogue therefore names the model that measured it, and is rejected where another model is in use.
//!
//! A search combines its query songs ([`blend`]), ranks a [`Pool`] of songs ([`rank_all`]) and filters and sorts the
//! list ([`select`]); very large catalogues are searched as a [`SplitCatalogue`] first. [`compare`] explains a
//! recommendation, [`SharedSearch`] and [`ExportRow`] export searches and lists, and [`SongMap`] shows all songs at once.

mod browsing;
mod comparison;
mod evaluation;
mod explanation;
mod export;
mod file;
mod link;
mod links_page;
mod map;
mod measures;
mod music_filters;
mod names;
mod order;
mod pool;
mod query_by_example;
mod ranking;
mod selection;
mod similarity;
mod split;
mod statistics;
#[cfg(test)]
mod tests;
mod tolerance;

pub use browsing::{CollectionOrder, browse, without_accents};
pub use comparison::{Change, Difference, MergeError, Merged, merge};
pub use evaluation::{Agreement, Evaluation, SAME_SCORE, TOP, evaluate, mean_rank_correlation};
pub use explanation::{Comparison, Pair, compare};
pub use export::{ExportRow, RecommendationReport, plain_text, playlist, table};
pub use file::{Catalogue, CatalogueError, FORMAT, Track, VERSION};
pub use link::{LinkError, SharedSearch};
pub use links_page::links_page;
pub use map::{
    Colour, Gesture, MapPoint, Palette, Picture, Projection, SongMap, Viewport, parse_colour,
};
pub use measures::{Covariance, Measure, cosine};
pub use music_filters::{KeyFilter, TempoFilter};
pub use names::names_of_file;
pub use order::{Interval, ListOrder, OrderAgreement, OrderScores, evaluate_orders};
pub use pool::{Pool, SearchScope};
pub use query_by_example::{ExampleOrigin, Preference, QueryExample, blend, name, rank_by};
pub use ranking::{Recommendation, rank, rank_all, rank_all_within};
pub use selection::{Filter, Limit, Order, Previews, Refinement, relaxations, select};
pub use similarity::{Query, RankBy, closeness, distance, mean_difference, similarity};
pub use split::{SPLIT_FORMAT, SPLIT_VERSION, Split, SplitCatalogue, SplitError, SplitHead};
pub use statistics::{Distribution, QUANTILES, Statistics};
pub use tolerance::score_tolerance;
