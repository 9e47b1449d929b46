//! Practice settings: click, count-in, pitch, rising speed.

use std::sync::Arc;

use super::{Pitch, Ramp};
use crate::music::BeatGrid;

/// Settings of one song's practising.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PracticeSettings {
    /// The song's beats, where they are known.
    pub grid: Option<Arc<BeatGrid>>,
    /// Whether they are clicked along.
    pub clicks: bool,
    /// Bars that are counted before the song begins, where its beats are known.
    pub count_in_bars: usize,
    /// Transposition.
    pub pitch: Pitch,
    /// How the speed rises with each repeat.
    pub ramp: Option<Ramp>,
}

impl PracticeSettings {
    /// The same visitor at another song: the song's own settings go.
    #[must_use]
    pub fn for_another_song(&self) -> Self {
        Self {
            clicks: self.clicks,
            count_in_bars: self.count_in_bars,
            ..Self::default()
        }
    }

    /// Whether what is scheduled ahead is still right with `other`.
    pub fn is_audibly_same(&self, other: &Self) -> bool {
        let same_clicks = match self.clicks {
            true => other.clicks && self.grid == other.grid,
            false => !other.clicks,
        };
        same_clicks && self.pitch == other.pitch && self.ramp == other.ramp
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_in_and_a_silent_grid_change_nothing_that_sounds() {
        let grid = BeatGrid::even(120.0, 0.0, 10.0).expect("a grid");
        let silent = PracticeSettings::default();
        let known = PracticeSettings {
            grid: Some(Arc::new(grid)),
            count_in_bars: 2,
            ..PracticeSettings::default()
        };
        assert!(silent.is_audibly_same(&known) && known.is_audibly_same(&silent));
        let clicked = PracticeSettings {
            clicks: true,
            ..known.clone()
        };
        assert!(!clicked.is_audibly_same(&known) && !known.is_audibly_same(&clicked));
        let again = clicked.for_another_song();
        assert!(again.clicks && again.count_in_bars == 2 && again.grid.is_none());
    }
}
