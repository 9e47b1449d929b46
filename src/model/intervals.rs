//! How far the true prominence may lie from the estimate: prediction intervals, measured on the validation songs.

use serde::{Deserialize, Serialize};

use crate::source::{PerSource, Source};

/// An interval in which the true prominence of a source lies in most songs; `[from, to]` in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f32; 2]", into = "[f32; 2]")]
pub struct Interval {
    /// Its lower end, in [0, 1].
    pub from: f32,
    /// Its upper end, in [0, 1].
    pub to: f32,
}

/// How much an estimate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The truth is near: the estimate can stand alone.
    Sure,
    /// The truth is somewhere about.
    Likely,
    /// The truth may be nearly anything.
    Unsure,
}

/// The widest interval of an estimate that can stand alone.
const SURE_WIDTH: f32 = 0.2;
/// The widest interval of an estimate that is not called unsure.
const LIKELY_WIDTH: f32 = 0.5;

impl Interval {
    /// How much an estimate with this interval says.
    pub fn certainty(self) -> Certainty {
        match self.to - self.from {
            width if width <= SURE_WIDTH => Certainty::Sure,
            width if width <= LIKELY_WIDTH => Certainty::Likely,
            _ => Certainty::Unsure,
        }
    }

    /// "likely 40–75 %" or "unsure: 20–80 %"; `None` where the estimate can stand alone.
    pub fn words(self) -> Option<String> {
        let word = self.certainty().word()?;
        Some(format!("{word} {}", self.percent()))
    }

    /// "40–75 %".
    pub fn percent(self) -> String {
        let [from, to] = [self.from, self.to].map(|share| (share * 100.0).round());
        format!("{from}–{to} %")
    }
}

impl Certainty {
    /// What stands before the interval; `None` where the estimate can stand alone.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Sure => None,
            Self::Likely => Some("likely"),
            Self::Unsure => Some("unsure:"),
        }
    }
}

impl From<[f32; 2]> for Interval {
    fn from([from, to]: [f32; 2]) -> Self {
        Self { from, to }
    }
}

impl From<Interval> for [f32; 2] {
    fn from(Interval { from, to }: Interval) -> Self {
        [from, to]
    }
}

/// The intervals of every source at every estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PredictionIntervals {
    /// Share of the songs in which the truth lies within the interval, percent.
    pub coverage_percent: f32,
    /// Of each source, the intervals at evenly spaced estimates from 0 to 1; between them they are interpolated.
    pub at_estimates: PerSource<Vec<Interval>>,
}

impl PredictionIntervals {
    /// The interval around an estimated prominence, which lies within it.
    pub fn around(&self, source: Source, estimate: f32) -> Interval {
        let intervals = &self.at_estimates[source];
        let last = intervals.len() - 1;
        let place = estimate.clamp(0.0, 1.0) * last as f32;
        let before = (place as usize).min(last.saturating_sub(1));
        let (one, other) = (intervals[before], intervals[(before + 1).min(last)]);
        let between = |one: f32, other: f32| one + (other - one) * (place - before as f32);
        Interval {
            from: between(one.from, other.from).min(estimate),
            to: between(one.to, other.to).max(estimate),
        }
    }

    /// What is wrong with them, if anything.
    pub(super) fn problem(&self) -> Option<String> {
        let is_sound = |interval: &Interval| {
            0.0 <= interval.from && interval.from <= interval.to && interval.to <= 1.0
        };
        let unsound = self
            .at_estimates
            .iter()
            .find(|(_, intervals)| intervals.is_empty() || !intervals.iter().all(is_sound));
        unsound.map(|(source, _)| format!("impossible prediction intervals of {source}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(from: f32, to: f32) -> Interval {
        Interval { from, to }
    }

    fn intervals(guitar: &[[f32; 2]]) -> PredictionIntervals {
        let mut at_estimates = PerSource::from_fn(|_| vec![interval(0.0, 1.0)]);
        at_estimates[Source::Guitar] = guitar.iter().map(|&ends| ends.into()).collect();
        PredictionIntervals {
            coverage_percent: 80.0,
            at_estimates,
        }
    }

    #[track_caller]
    fn near(found: Interval, from: f32, to: f32) {
        let differences = [found.from - from, found.to - to];
        assert!(differences.iter().all(|by| by.abs() < 1e-6), "{found:?}");
    }

    #[test]
    fn intervals_are_interpolated_between_estimates() {
        let known = intervals(&[[0.0, 0.2], [0.3, 0.6], [0.9, 1.0]]);
        near(known.around(Source::Guitar, 0.0), 0.0, 0.2);
        near(known.around(Source::Guitar, 0.25), 0.15, 0.4);
        near(known.around(Source::Guitar, 0.5), 0.3, 0.6);
        near(known.around(Source::Guitar, 1.0), 0.9, 1.0);
        near(known.around(Source::Piano, 0.3), 0.0, 1.0);
    }

    #[test]
    fn an_estimate_lies_within_its_interval() {
        let known = intervals(&[[0.5, 0.6], [0.5, 0.6]]);
        near(known.around(Source::Guitar, 0.1), 0.1, 0.6);
        near(known.around(Source::Guitar, 0.9), 0.5, 0.9);
    }

    #[test]
    fn the_wider_the_interval_the_less_is_claimed() {
        assert_eq!(interval(0.9, 1.0).words(), None);
        assert_eq!(
            interval(0.4, 0.754).words().as_deref(),
            Some("likely 40–75 %")
        );
        assert_eq!(
            interval(0.0, 0.57).words().as_deref(),
            Some("unsure: 0–57 %")
        );
    }

    #[test]
    fn intervals_outside_of_all_shares_are_a_problem() {
        assert_eq!(intervals(&[[0.0, 1.0]]).problem(), None);
        for unsound in [
            &[][..],
            &[[0.5, 0.4]],
            &[[-0.1, 0.4]],
            &[[0.5, 1.1]],
            &[[f32::NAN, 1.0]],
        ] {
            let problem = intervals(unsound).problem().expect("a problem");
            assert!(problem.contains("guitar"), "{problem}");
        }
    }
}
