//! The loop region: the stretch of the song that is repeated.

use serde::{Deserialize, Serialize};

/// Regions shorter than this are slips of the hand.
pub const MIN_LOOP_SECS: f64 = 0.05;

/// A stretch of the song, in seconds from its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LoopRegion {
    /// Where it begins.
    pub from_secs: f64,
    /// Where it ends.
    pub to_secs: f64,
}

impl LoopRegion {
    /// The region between two moments in either order; `None` if it is shorter than [`MIN_LOOP_SECS`].
    pub fn between(one_secs: f64, other_secs: f64) -> Option<Self> {
        let (from_secs, to_secs) = (one_secs.min(other_secs), one_secs.max(other_secs));
        (to_secs - from_secs > MIN_LOOP_SECS).then_some(Self { from_secs, to_secs })
    }

    /// Whether this moment is inside.
    pub fn contains(&self, at_secs: f64) -> bool {
        (self.from_secs..self.to_secs).contains(&at_secs)
    }

    /// The region from now to the end of `former`, or to the song's end where there is none or it ended before.
    pub fn starting_at(now_secs: f64, former: Option<Self>, song_secs: f64) -> Option<Self> {
        let to_secs = former.map(|former| former.to_secs);
        let to_secs = to_secs.filter(|to| *to > now_secs);
        Self::between(now_secs, to_secs.unwrap_or(song_secs))
    }

    /// The region from the beginning of `former` to now, or from the song's beginning.
    pub fn ending_at(now_secs: f64, former: Option<Self>) -> Option<Self> {
        let from_secs = former.map(|former| former.from_secs);
        let from_secs = from_secs.filter(|from| *from < now_secs);
        Self::between(from_secs.unwrap_or(0.0), now_secs)
    }

    /// The same region with its nearer end moved to this moment.
    pub fn with_nearer_end_at(&self, at_secs: f64) -> Option<Self> {
        let is_start = (at_secs - self.from_secs).abs() < (at_secs - self.to_secs).abs();
        if is_start {
            Self::between(at_secs, self.to_secs)
        } else {
            Self::between(self.from_secs, at_secs)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region(from_secs: f64, to_secs: f64) -> Option<LoopRegion> {
        Some(LoopRegion { from_secs, to_secs })
    }

    #[test]
    fn a_region_is_the_same_from_either_side_and_not_too_short() {
        assert_eq!(LoopRegion::between(4.0, 2.0), region(2.0, 4.0));
        assert_eq!(LoopRegion::between(4.0, 4.04), None);
    }

    #[test]
    fn its_ends_are_set_one_by_one() {
        assert_eq!(LoopRegion::starting_at(3.0, None, 60.0), region(3.0, 60.0));
        let former = region(10.0, 20.0);
        assert_eq!(
            LoopRegion::starting_at(3.0, former, 60.0),
            region(3.0, 20.0)
        );
        assert_eq!(
            LoopRegion::starting_at(30.0, former, 60.0),
            region(30.0, 60.0)
        );
        assert_eq!(LoopRegion::ending_at(30.0, former), region(10.0, 30.0));
        assert_eq!(LoopRegion::ending_at(5.0, former), region(0.0, 5.0));
        assert_eq!(LoopRegion::ending_at(0.0, None), None);
    }

    #[test]
    fn the_nearer_end_moves() {
        let former = LoopRegion::between(10.0, 20.0).expect("a region");
        assert_eq!(former.with_nearer_end_at(12.0), region(12.0, 20.0));
        assert_eq!(former.with_nearer_end_at(25.0), region(10.0, 25.0));
        assert!(former.contains(10.0) && !former.contains(20.0));
    }
}
