//! Playing the stems of a song: the gain of each, the passages to jump to, what is repeated, where the playhead is, and
//! what helps to practise: click, pitch, rising speed, loops on bars.
//!
//! Arithmetic alone, so that it is tested without a browser; the page's player applies it to its audio graph.

mod click;
mod kept;
mod loops;
mod mix_name;
mod mixer;
mod moment;
mod passages;
mod practising;
mod ramp;
mod schedule;
mod snap;
mod speed;
mod variation;
mod window;

pub use click::ClickTrack;
pub use kept::{KeptPractice, NamedLoop};
pub use loops::{LoopRegion, MIN_LOOP_SECS};
pub use mix_name::{file_stem, mix_name};
pub use mixer::{Fader, gains};
pub use moment::{moment, parse_moment};
pub use passages::{next_start, passage_at, passages, previous_start};
pub use practising::Practising;
pub use ramp::Ramp;
pub use schedule::{Schedule, SongLength};
pub use snap::{Snap, Unit, lengthened};
pub use speed::{NORMAL_PERCENT, SPEEDS_PERCENT, faster, slower};
pub use variation::{Pitch, Stems, Variation};
pub use window::TimeWindow;
