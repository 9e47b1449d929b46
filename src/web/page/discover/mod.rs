//! Finding songs: the search ([`state`]), the list of results, and everything that refines it.
//!
//! What needs no browser (ranking, filters, links, files, the map's geometry and paint) is in [`crate::catalogue`];
//! here are signals and components.

mod export;
mod filters;
mod map;
mod map_view;
mod neighbours;
mod no_results;
mod query;
mod refine;
mod results;
mod search;
mod similar;
mod slider;
mod song;
mod songs;
mod state;
mod weights;

pub use search::{Invitation, LinkTrouble, Search};
pub use similar::Similar;
pub use state::Discovery;
