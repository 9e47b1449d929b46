//! Snaps the ends of loops to beats or to the beginnings of bars.

use std::sync::Arc;

use super::LoopRegion;
use crate::music::BeatGrid;

/// What the ends of a loop snap to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// The beginning of a bar.
    #[default]
    Bar,
    /// A beat.
    Beat,
}

/// A grid, and what of it loops snap to.
#[derive(Clone, Debug)]
pub struct Snap {
    /// The song's beats.
    pub grid: Arc<BeatGrid>,
    /// What loops snap to.
    pub unit: Unit,
}

impl Snap {
    /// The beat or bar nearest to a moment.
    pub fn nearest_secs(&self, at_secs: f64) -> f64 {
        match self.unit {
            Unit::Bar => self.grid.nearest_bar_secs(at_secs),
            Unit::Beat => self.grid.nearest_beat_secs(at_secs),
        }
    }

    /// The region with both ends on the nearest beat or bar, and at least one of them long where the song allows.
    pub fn region(&self, region: LoopRegion) -> LoopRegion {
        let from_secs = self.nearest_secs(region.from_secs);
        let to_secs = self.nearest_secs(region.to_secs);
        let to_secs = match to_secs > from_secs {
            true => to_secs,
            false => self.stepped_secs(from_secs, 1),
        };
        LoopRegion::between(from_secs, to_secs).unwrap_or(region)
    }

    /// So many beats or bars after a moment, before it where negative; those at the song's ends are the last.
    pub fn stepped_secs(&self, at_secs: f64, steps: isize) -> f64 {
        match self.unit {
            Unit::Bar => self.grid.bars_from_secs(at_secs, steps),
            Unit::Beat => self.grid.beats_from_secs(at_secs, steps),
        }
    }
}

/// The region with an end that is this many bars later (earlier where negative); `None` if nothing is left of it, or if
/// the song ends before.
pub fn lengthened(grid: &BeatGrid, region: LoopRegion, bars: isize) -> Option<LoopRegion> {
    let to_secs = grid.bars_from_secs(region.to_secs, bars);
    let is_moved = (to_secs > region.to_secs) == (bars > 0) && to_secs != region.to_secs;
    let moved = LoopRegion::between(region.from_secs, to_secs);
    moved.filter(|_| is_moved && to_secs > region.from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beats every half second from 1 s on, bars of four of them, up to 20 s.
    fn snap(unit: Unit) -> Snap {
        let beats = (0..39).map(|beat| 1.0 + f64::from(beat) * 0.5).collect();
        let grid = Arc::new(BeatGrid::new(beats, 4, 0).expect("a grid"));
        Snap { grid, unit }
    }

    fn region(from_secs: f64, to_secs: f64) -> LoopRegion {
        LoopRegion { from_secs, to_secs }
    }

    #[test]
    fn both_ends_fall_on_bars_or_beats() {
        let rough = region(3.3, 6.8);
        assert_eq!(snap(Unit::Bar).region(rough), region(3.0, 7.0));
        assert_eq!(snap(Unit::Beat).region(rough), region(3.5, 7.0));
    }

    #[test]
    fn what_is_shorter_than_a_bar_is_a_bar() {
        assert_eq!(snap(Unit::Bar).region(region(3.1, 3.4)), region(3.0, 5.0));
        assert_eq!(snap(Unit::Beat).region(region(3.1, 3.2)), region(3.0, 3.5));
    }

    #[test]
    fn a_loop_gets_a_bar_more_or_less_until_nothing_is_left() {
        let grid = snap(Unit::Bar).grid;
        let two_bars = region(3.0, 7.0);
        assert_eq!(lengthened(&grid, two_bars, 1), Some(region(3.0, 9.0)));
        assert_eq!(lengthened(&grid, two_bars, -1), Some(region(3.0, 5.0)));
        assert_eq!(lengthened(&grid, region(3.0, 5.0), -1), None);
        assert_eq!(lengthened(&grid, region(3.0, 19.0), 1), None, "the end");
    }
}
