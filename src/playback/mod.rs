//! Playing the stems of a song: the gain of each, the passages to jump to, what is repeated, and where the playhead is.
//!
//! Arithmetic alone, so that it is tested without a browser; the page's player applies it to its audio graph.

mod loops;
mod mix_name;
mod mixer;
mod passages;
mod schedule;
mod speed;
mod window;

pub use loops::{LoopRegion, MIN_LOOP_SECS};
pub use mix_name::{file_stem, mix_name};
pub use mixer::{Fader, gains};
pub use passages::{next_start, passage_at, passages, previous_start};
pub use schedule::{Schedule, SongLength};
pub use speed::{NORMAL_PERCENT, SPEEDS_PERCENT, faster, slower};
pub use window::TimeWindow;
