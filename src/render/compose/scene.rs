//! The context in which a part is composed: a section, its chords and its scale.

use super::form::Section;
use super::harmony::Key;

/// A section with its key and metre: the context in which parts are composed.
pub struct Scene<'a> {
    /// The section.
    pub section: &'a Section,
    /// The song's key.
    pub key: &'a Key,
    /// Quarter notes a bar.
    pub beats: usize,
}

impl Scene<'_> {
    /// First beat of the section's `bar`-th bar.
    pub(super) fn bar_beat(&self, bar: usize) -> f64 {
        ((self.section.start_bar + bar) * self.beats) as f64
    }

    /// A velocity at the section's intensity.
    pub(super) fn velocity(&self, full: f64) -> f64 {
        full * (0.7 + 0.3 * self.section.intensity)
    }

    /// The scale's key nearest below or at `key`.
    pub(super) fn snap(&self, key: i32) -> i32 {
        let tonic = key - (key - self.key.tonic).rem_euclid(12);
        (0..7)
            .map(|step| self.key.step(tonic, step))
            .take_while(|scale| *scale <= key)
            .last()
            .unwrap_or(tonic)
    }

    /// `steps` scale steps from `key`.
    pub(super) fn move_steps(&self, key: i32, steps: i32) -> i32 {
        let tonic = key - (key - self.key.tonic).rem_euclid(12);
        let position = (0..7)
            .take_while(|step| self.key.step(tonic, *step) <= key)
            .last()
            .unwrap_or(0);
        self.key.step(tonic, position + steps)
    }

    /// The tone of the bar's chord nearest to `key`.
    pub(super) fn chord_tone_near(&self, bar: usize, key: i32) -> i32 {
        let chord = &self.section.chords[bar % self.section.chords.len()];
        (0..12)
            .flat_map(|distance| [key - distance, key + distance])
            .find(|key| chord.contains(*key))
            .unwrap_or(key)
    }
}
