//! A speed that rises with each repeat of the loop, up to a goal.

/// How it rises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ramp {
    /// By how much with each repeat, in percent of the song's own speed.
    pub step_percent: u32,
    /// Up to which speed, in percent of the song's own.
    pub goal_percent: u32,
}

impl Default for Ramp {
    fn default() -> Self {
        Self {
            step_percent: 5,
            goal_percent: super::NORMAL_PERCENT,
        }
    }
}

impl Ramp {
    /// The speed of the round after one at this speed: never lower, and never beyond the goal.
    pub fn after(self, percent: u32) -> u32 {
        percent.max(self.goal_percent.min(percent + self.step_percent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_become_faster_up_to_the_goal() {
        let ramp = Ramp {
            step_percent: 8,
            goal_percent: 100,
        };
        let mut speeds = vec![80];
        for _ in 0..4 {
            speeds.extend(speeds.last().map(|speed| ramp.after(*speed)));
        }
        assert_eq!(speeds, [80, 88, 96, 100, 100]);
        assert_eq!(ramp.after(125), 125, "a faster song stays as fast");
    }
}
