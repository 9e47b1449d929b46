//! The time range that the lanes show: the whole song, or less when zoomed in.

/// Zooming in ends here.
const MIN_WINDOW_SECS: f64 = 2.0;

/// A stretch of the song, in seconds from its beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimeWindow {
    /// Where it begins.
    pub from_secs: f64,
    /// Where it ends.
    pub to_secs: f64,
}

impl TimeWindow {
    /// All of a song of this length.
    pub fn whole(song_secs: f64) -> Self {
        Self {
            from_secs: 0.0,
            to_secs: song_secs.max(1e-3),
        }
    }

    /// Its length in seconds.
    pub fn length_secs(&self) -> f64 {
        self.to_secs - self.from_secs
    }

    /// Whether this moment is inside.
    pub fn contains(&self, at_secs: f64) -> bool {
        (self.from_secs..=self.to_secs).contains(&at_secs)
    }

    /// Where a moment lies, from 0 at the left edge to 1 at the right one; beyond them outside.
    pub fn share_of(&self, at_secs: f64) -> f64 {
        (at_secs - self.from_secs) / self.length_secs()
    }

    /// The moment at this share of the width.
    pub fn secs_at(&self, share: f64) -> f64 {
        self.from_secs + share.clamp(0.0, 1.0) * self.length_secs()
    }

    /// `factor` times closer, around a moment that stays where it is as far as the song's ends allow.
    pub fn zoomed(&self, factor: f64, around_secs: f64, song_secs: f64) -> Self {
        let shortest = MIN_WINDOW_SECS.min(song_secs);
        let length = (self.length_secs() / factor).clamp(shortest, song_secs.max(shortest));
        let around = around_secs.clamp(self.from_secs, self.to_secs);
        Self::starting_at(around - self.share_of(around) * length, length, song_secs)
    }

    /// The window of the same length that shows this moment: turned like a page, so that lanes do not scroll all the time.
    pub fn showing(&self, at_secs: f64, song_secs: f64) -> Self {
        if self.contains(at_secs) {
            return *self;
        }
        let length = self.length_secs();
        // A little of what went before stays in sight.
        Self::starting_at(at_secs - 0.05 * length, length, song_secs)
    }

    fn starting_at(from_secs: f64, length: f64, song_secs: f64) -> Self {
        let from_secs = from_secs.clamp(0.0, (song_secs - length).max(0.0));
        Self {
            from_secs,
            to_secs: from_secs + length,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONG_SECS: f64 = 100.0;

    fn window(from_secs: f64, to_secs: f64) -> TimeWindow {
        TimeWindow { from_secs, to_secs }
    }

    #[test]
    fn zooming_keeps_a_moment_in_its_place_within_the_song() {
        let whole = TimeWindow::whole(SONG_SECS);
        assert_eq!(whole.zoomed(2.0, 50.0, SONG_SECS), window(25.0, 75.0));
        assert_eq!(whole.zoomed(2.0, 0.0, SONG_SECS), window(0.0, 50.0));
        assert_eq!(whole.zoomed(4.0, 100.0, SONG_SECS), window(75.0, 100.0));
        assert_eq!(window(25.0, 75.0).zoomed(0.1, 50.0, SONG_SECS), whole);
        assert_eq!(
            whole.zoomed(1e6, 10.0, SONG_SECS).length_secs(),
            MIN_WINDOW_SECS
        );
    }

    #[test]
    fn songs_shorter_than_the_closest_zoom_stay_whole() {
        let whole = TimeWindow::whole(1.0);
        assert_eq!(whole.zoomed(8.0, 0.5, 1.0), whole);
    }

    #[test]
    fn the_window_turns_to_what_is_played() {
        let view = window(20.0, 40.0);
        assert_eq!(view.showing(30.0, SONG_SECS), view);
        assert_eq!(view.showing(40.5, SONG_SECS), window(39.5, 59.5));
        assert_eq!(view.showing(99.0, SONG_SECS), window(80.0, 100.0));
        assert_eq!(view.showing(0.5, SONG_SECS), window(0.0, 20.0));
    }

    #[test]
    fn places_and_moments_are_each_others_inverse() {
        let view = window(20.0, 40.0);
        assert_eq!(view.share_of(25.0), 0.25);
        assert_eq!(view.secs_at(0.25), 25.0);
        assert!(view.share_of(50.0) > 1.0);
    }
}
