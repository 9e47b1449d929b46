//! Filters by tempo and key.

use crate::music::Key;

/// Songs near a tempo. Half and twice the tempo are near too: one taps along just as well.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TempoFilter {
    /// Beats a minute.
    pub bpm: f32,
    /// Largest difference as a share of the tempo.
    pub within: f32,
}

impl TempoFilter {
    /// Whether a song of this tempo passes.
    pub fn accepts(&self, bpm: f32) -> bool {
        let is_near = |bpm: f32| (bpm / self.bpm - 1.0).abs() <= self.within;
        [0.5, 1.0, 2.0]
            .into_iter()
            .any(|times| is_near(bpm * times))
    }
}

/// Songs whose notes are those of a key, or of one that a capo leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyFilter {
    /// The key; its relative has the same notes.
    pub key: Key,
    /// Keys up to this many frets higher, for a guitar with a capo; 0 for the same key only.
    pub capo_frets: u8,
}

impl KeyFilter {
    /// Whether a song in this key passes.
    pub fn accepts(&self, key: Key) -> bool {
        let frets = self.key.semitones_to(key).rem_euclid(12);
        frets <= i32::from(self.capo_frets)
    }
}
