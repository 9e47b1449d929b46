//! L7: finding songs: what is asked for (`state`), the list of what is like it, and everything that refines it.
//!
//! What needs no browser (ranking, filters, links, files, the map's geometry and paint) is in [`crate::catalogue`];
//! here are signals and components.

mod filters;
mod map;
mod map_view;
mod neighbours;
mod nothing;
mod refine;
mod search;
mod similar;
mod slider;
mod song;
mod songs;
mod state;
mod take;
mod wanted;
mod weights;

pub use search::{Invitation, LinkTrouble, Search};
pub use similar::Similar;
pub use state::Discovery;
