//! The beat grid of a song: beats, which of them begin bars, and how a listener may correct them.

use serde::{Deserialize, Serialize};

/// Slowest and fastest beat that a grid may have, beats a minute.
pub const BPM_LIMITS: [f64; 2] = [20.0, 400.0];
/// Moments this close are one: what rounding to samples does.
const SAME_SECS: f64 = 1e-3;

/// The beats of a song, at least two of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BeatGrid {
    /// Median tempo, beats a minute.
    pub bpm: f64,
    /// Beats a bar.
    pub beats_per_bar: usize,
    /// Position of the first beat that begins a bar, below [`Self::beats_per_bar`].
    pub first_downbeat: usize,
    /// Where the beats are, seconds, rising.
    pub beats_secs: Vec<f64>,
}

/// Why beats make no grid.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum GridError {
    /// Too few taps.
    #[error("{got} beats: at least two are needed for a tempo")]
    TooFew {
        /// How many there were.
        got: usize,
    },
    /// A tempo that nothing has.
    #[error("{got:.0} beats a minute: expected {:.0} to {:.0}", BPM_LIMITS[0], BPM_LIMITS[1])]
    Tempo {
        /// Beats a minute.
        got: f64,
    },
}

impl BeatGrid {
    /// A grid of beats in rising order.
    ///
    /// # Errors
    /// With fewer than two beats, or when their median tempo is beyond [`BPM_LIMITS`].
    pub fn new(
        beats_secs: Vec<f64>,
        beats_per_bar: usize,
        first_downbeat: usize,
    ) -> Result<Self, GridError> {
        if beats_secs.len() < 2 {
            return Err(GridError::TooFew {
                got: beats_secs.len(),
            });
        }
        let mut intervals: Vec<f64> = beats_secs
            .windows(2)
            .map(|pair| pair[1] - pair[0])
            .collect();
        intervals.sort_by(f64::total_cmp);
        let bpm = 60.0 / intervals[intervals.len() / 2];
        check(bpm)?;
        let beats_per_bar = beats_per_bar.max(1);
        Ok(Self {
            bpm,
            beats_per_bar,
            first_downbeat: first_downbeat % beats_per_bar,
            beats_secs,
        })
    }

    /// A grid of even beats at a typed tempo, one of them (the start of a bar) at `anchor_secs`.
    ///
    /// # Errors
    /// When the tempo is beyond [`BPM_LIMITS`], or the song has no two such beats.
    pub fn even(bpm: f64, anchor_secs: f64, duration_secs: f64) -> Result<Self, GridError> {
        check(bpm)?;
        let period = 60.0 / bpm;
        let before = (anchor_secs / period).floor().max(0.0) as usize;
        let first = anchor_secs - before as f64 * period;
        let count = ((duration_secs - first) / period).ceil().max(0.0) as usize;
        let beats = (0..count).map(|beat| first + beat as f64 * period);
        Self::new(beats.collect(), 4, before % 4)
    }

    /// A grid of even beats at the tempo of some taps, with a beat where they are on average.
    ///
    /// # Errors
    /// As [`Self::even`], and with fewer than two taps.
    pub fn tapped(taps_secs: &[f64], duration_secs: f64) -> Result<Self, GridError> {
        let [first, .., last] = taps_secs else {
            return Err(GridError::TooFew {
                got: taps_secs.len(),
            });
        };
        let period = (last - first) / (taps_secs.len() - 1) as f64;
        let starts = taps_secs.iter().enumerate();
        let sum: f64 = starts.map(|(tap, at)| at - tap as f64 * period).sum();
        Self::even(60.0 / period, sum / taps_secs.len() as f64, duration_secs)
    }

    /// Twice as many beats.
    ///
    /// # Errors
    /// When that is too fast.
    pub fn doubled(&self) -> Result<Self, GridError> {
        let mut beats = Vec::with_capacity(2 * self.beats_secs.len());
        for pair in self.beats_secs.windows(2) {
            beats.extend([pair[0], (pair[0] + pair[1]) / 2.0]);
        }
        beats.extend(self.beats_secs.last());
        Self::new(beats, self.beats_per_bar, 2 * self.first_downbeat)
    }

    /// Every other beat: those that begin bars, where bars are of an even number of beats.
    ///
    /// # Errors
    /// When that is too slow, or leaves fewer than two.
    pub fn halved(&self) -> Result<Self, GridError> {
        let first = self.first_downbeat % 2;
        let beats = self.beats_secs[first..].iter().step_by(2);
        let downbeat = (self.first_downbeat - first) / 2;
        Self::new(beats.copied().collect(), self.beats_per_bar, downbeat)
    }

    /// The same beats with bars that begin `beats` later (earlier where negative).
    #[must_use]
    pub fn shifted_bars(&self, beats: isize) -> Self {
        let bar = self.beats_per_bar as isize;
        let first = (self.first_downbeat as isize + beats).rem_euclid(bar);
        Self {
            first_downbeat: first as usize,
            ..self.clone()
        }
    }

    /// The same beats in bars of another number of them.
    #[must_use]
    pub fn with_beats_per_bar(&self, beats_per_bar: usize) -> Self {
        let beats_per_bar = beats_per_bar.max(1);
        Self {
            beats_per_bar,
            first_downbeat: self.first_downbeat % beats_per_bar,
            ..self.clone()
        }
    }

    /// The same beats with bars such that the beat nearest to a time begins one.
    #[must_use]
    pub fn with_bar_at(&self, secs: f64) -> Self {
        let nearest_secs = self.nearest_beat_secs(secs);
        let beat = self.beats_secs.partition_point(|&at| at < nearest_secs);
        Self {
            first_downbeat: beat % self.beats_per_bar,
            ..self.clone()
        }
    }

    /// Whether the beat at this position begins a bar.
    pub fn is_downbeat(&self, beat: usize) -> bool {
        beat % self.beats_per_bar == self.first_downbeat
    }

    /// The times at which bars begin.
    pub fn bars_secs(&self) -> impl Iterator<Item = f64> + '_ {
        let beats = self.beats_secs.iter().skip(self.first_downbeat);
        beats.step_by(self.beats_per_bar).copied()
    }

    /// The beat nearest to a time.
    pub fn nearest_beat_secs(&self, secs: f64) -> f64 {
        nearest(self.beats_secs.iter().copied(), secs)
    }

    /// The start of a bar nearest to a time.
    pub fn nearest_bar_secs(&self, secs: f64) -> f64 {
        nearest(self.bars_secs(), secs)
    }

    /// `bars` starts of bars after a time (before it, where negative), counted from the one nearest to it; at most the
    /// first or last of the song.
    pub fn bars_from_secs(&self, secs: f64, bars: isize) -> f64 {
        let starts: Vec<f64> = self.bars_secs().collect();
        let here = nearest(starts.iter().copied(), secs);
        let position = starts.iter().position(|&at| at == here).unwrap_or(0);
        let last = starts.len().saturating_sub(1) as isize;
        let target = (position as isize + bars).clamp(0, last) as usize;
        starts.get(target).copied().unwrap_or(secs)
    }

    /// `beats` beats after a time (before it, where negative), counted from the one nearest to it; at most the first or
    /// last of the song.
    pub fn beats_from_secs(&self, secs: f64, beats: isize) -> f64 {
        let after = self
            .beats_secs
            .partition_point(|&at| at < self.nearest_beat_secs(secs));
        let last = self.beats_secs.len() as isize - 1;
        self.beats_secs[(after as isize + beats).clamp(0, last) as usize]
    }

    /// The beats in `from_secs..to_secs`, each with whether it begins a bar.
    pub fn between(&self, from_secs: f64, to_secs: f64) -> impl Iterator<Item = (f64, bool)> + '_ {
        let first = self.beats_secs.partition_point(|&at| at < from_secs);
        let beats = self.beats_secs.iter().enumerate().skip(first);
        beats
            .take_while(move |(_, at)| **at < to_secs)
            .map(|(beat, &at)| (at, self.is_downbeat(beat)))
    }

    /// Times of the clicks that count in `bars` bars before the first beat at or after `start_secs`, at the tempo there
    /// and relative to `start_secs`, each with whether it begins a bar. They lead up to that beat as the beats of a song
    /// that had begun earlier would.
    pub fn count_in(&self, start_secs: f64, bars: usize) -> Vec<(f64, bool)> {
        let period = self.period_secs(start_secs);
        let next = self
            .beats_secs
            .partition_point(|&at| at < start_secs - SAME_SECS);
        let next = next.min(self.beats_secs.len() - 1);
        let wait_secs = (self.beats_secs[next] - start_secs).max(0.0);
        // Where the song begins long before its first beat, from a beat before that one.
        let early = (wait_secs / period).floor();
        let beat = next as isize - early as isize;
        let bar = self.beats_per_bar as isize;
        let click = |before: isize| {
            let place = (beat - before).rem_euclid(bar);
            (
                wait_secs - (early + before as f64) * period,
                place == self.first_downbeat as isize,
            )
        };
        (1..=bars as isize * bar).rev().map(click).collect()
    }

    /// From one beat to the next around a time.
    pub fn period_secs(&self, secs: f64) -> f64 {
        let after = self.beats_secs.partition_point(|&at| at <= secs);
        let after = after.clamp(1, self.beats_secs.len() - 1);
        self.beats_secs[after] - self.beats_secs[after - 1]
    }
}

fn check(bpm: f64) -> Result<(), GridError> {
    match (BPM_LIMITS[0]..=BPM_LIMITS[1]).contains(&bpm) {
        true => Ok(()),
        false => Err(GridError::Tempo { got: bpm }),
    }
}

fn nearest(times: impl Iterator<Item = f64>, secs: f64) -> f64 {
    let nearer = |a: f64, b: f64| {
        if (b - secs).abs() < (a - secs).abs() {
            b
        } else {
            a
        }
    };
    times.reduce(nearer).unwrap_or(secs)
}

#[cfg(test)]
mod tests;
