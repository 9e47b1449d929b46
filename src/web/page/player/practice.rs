//! The player's state for those who practise: click, count-in, pitch, rising speed, and loops that snap to bars.

use std::sync::Arc;

use leptos::prelude::*;

use super::PlayerState;
use crate::{
    dsp::MAX_SEMITONES,
    music::BeatGrid,
    playback::{Fader, LoopRegion, PracticeSettings, Snap, Unit, lengthened},
    source::PerSource,
};

impl PlayerState {
    /// Changes the practice settings.
    pub fn change_practice(self, change: impl FnOnce(&mut PracticeSettings)) {
        let mut practising = self.practising.get_untracked();
        change(&mut practising);
        self.write.practising.set(practising.clone());
        self.with_player(|player| player.set_practising(practising));
    }

    /// Sounds so many semitones higher, or lower where negative, as far as that goes.
    pub fn transpose(self, semitones: i32) {
        self.change_practice(|practising| {
            let semitones = practising.pitch.semitones + semitones;
            practising.pitch.semitones = semitones.clamp(-MAX_SEMITONES, MAX_SEMITONES);
        });
    }

    /// Sets all faders.
    pub fn set_faders(self, faders: PerSource<Fader>) {
        self.write.faders.set(faders);
        self.apply_gains();
    }

    /// Where the playhead is, to the sample: [`Self::playback`] is behind by up to a twentieth of a second.
    pub fn exact_secs(self) -> f64 {
        self.inner.get_value().player.position_secs()
    }

    /// The song's beats, where they are known.
    pub fn grid(self) -> Option<Arc<BeatGrid>> {
        self.practising.with(|practising| practising.grid.clone())
    }

    /// [`Self::grid`], for this once.
    pub fn grid_untracked(self) -> Option<Arc<BeatGrid>> {
        untrack(|| self.grid())
    }

    /// The region after a drag: with its ends on beats or bars, where snapping is on.
    pub fn snapped(self, region: LoopRegion) -> LoopRegion {
        self.snap().map_or(region, |snap| snap.region(region))
    }

    /// The next beat or bar in a direction, where loops snap to them.
    pub fn stepped_secs(self, at_secs: f64, steps: isize) -> Option<f64> {
        Some(self.snap()?.stepped_secs(at_secs, steps))
    }

    /// Repeats from here on.
    pub fn loop_from_here(self) {
        let former = self.looped.get_untracked();
        let end_secs = self.duration_secs();
        let region = LoopRegion::starting_at(self.now_secs(), former, end_secs);
        self.set_loop(region.map(|region| self.snapped(region)));
    }

    /// Repeats up to here.
    pub fn loop_to_here(self) {
        let former = self.looped.get_untracked();
        let region = LoopRegion::ending_at(self.now_secs(), former);
        self.set_loop(region.map(|region| self.snapped(region)));
    }

    /// What is repeated gets a bar longer, or shorter where negative.
    pub fn lengthen_loop(self, bars: isize) {
        let region = self.looped.get_untracked();
        let grid = self.grid_untracked();
        if let (Some(region), Some(grid)) = (region, grid)
            && let Some(region) = lengthened(&grid, region, bars)
        {
            self.set_loop(Some(region));
        }
    }

    /// What drags and keys snap to, while that is switched on and the beats are known.
    fn snap(self) -> Option<Snap> {
        let unit: Option<Unit> = self.snaps_to.get_untracked();
        let grid = self.grid_untracked();
        Some(Snap {
            grid: grid?,
            unit: unit?,
        })
    }
}
