//! The results of a search, for the components that show, explain, draw or export them.

use leptos::prelude::*;

use crate::catalogue::{Pool, Recommendation, Refinement};

/// Id of the list's title: the keyboard focus goes there when the list answers another search.
pub const TITLE_ID: &str = "similar-title";

/// The songs that are shown, and those that they were chosen from.
#[derive(Clone, Copy)]
pub struct Results {
    /// The songs chosen from.
    pub pool: Signal<Pool>,
    /// The filters, with the choice of songs with previews resolved.
    pub refinement: Memo<Refinement>,
    /// The songs shown.
    pub shown: Memo<Vec<Recommendation>>,
    /// How many songs the catalogue has, where the pool holds only those nearest to the search.
    pub all: Option<usize>,
}
