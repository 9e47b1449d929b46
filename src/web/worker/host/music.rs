//! Beats, key, chords and sections of a song, found once the page has its result.

use crate::{
    analysis::{Analysis, Rhythm},
    audio::Waveform,
    music::Music,
};

/// Longer songs are left as they are: it would take the engine too long, and too much memory.
const LONGEST_SECS: f32 = 1_200.0;

/// What they are estimated from.
pub(super) struct MusicInputs {
    pub(super) song: Waveform,
    pub(super) rhythm: Rhythm,
    pub(super) analysis: Analysis,
}

impl MusicInputs {
    /// Finds them, in a song that is not too long; in the meantime the worker answers nothing.
    pub(super) fn find(&self) -> Option<Box<Music>> {
        let is_short = self.analysis.duration_secs <= LONGEST_SECS;
        is_short.then(|| Box::new(self.rhythm.describe(&self.song, &self.analysis)))
    }
}
