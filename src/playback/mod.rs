//! Playing the stems of a song: the gain of each, the passages to jump to, what is repeated, where the playhead is, and
//! what helps to practise: click, pitch, rising speed, loops on bars.
//!
//! Arithmetic alone, so that it is tested without a browser; the page's player applies it to its audio graph.

mod click;
mod effects;
mod looping;
mod loops;
mod mix_name;
mod mixer;
mod passages;
mod practice_file;
mod practice_settings;
mod ramp;
mod saved_practice;
mod schedule;
mod snap;
mod speed;
mod timestamp;
mod window;

pub use click::ClickTrack;
pub use effects::{Pitch, PlaybackEffects, Stems};
pub use looping::{LoopRenderer, LoopSound};
pub use loops::{LoopRegion, MIN_LOOP_SECS};
pub use mix_name::{file_stem, loop_name, mix_name};
pub use mixer::{Fader, gains};
pub use passages::{next_start, passage_at, passages, previous_start};
pub use practice_file::{PracticeTexts, practice_in, with_practice};
pub use practice_settings::PracticeSettings;
pub use ramp::Ramp;
pub use saved_practice::{NamedLoop, SavedPractice};
pub use schedule::{Schedule, SongLength};
pub use snap::{Snap, Unit, lengthened};
pub use speed::{NORMAL_PERCENT, SPEEDS_PERCENT, faster, slower};
pub use timestamp::{parse_timestamp, timestamp};
pub use window::TimeWindow;
