//! The playback clock: which samples of the song come next, and which of them sounds at a given time.
//!
//! Samples are read ahead, stretched to the speed, and scheduled on the audio context's clock. So the playhead is found
//! in two steps: from the clock to the number of samples that have sounded, and from there to the reading that they
//! come from, and (by its speed) to a place in the song. Beats take the same way back.

use std::{collections::VecDeque, ops::Range};

use super::LoopRegion;
use crate::music::BeatGrid;

/// A beat this little before a stretch of the song is its first: what rounding to samples does.
const SAME_SECS: f64 = 1e-3;

/// A song's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SongLength {
    /// Samples a channel.
    pub samples: usize,
    /// In Hz.
    pub sample_rate: u32,
}

impl SongLength {
    /// The sample that sounds at this moment.
    pub(super) fn sample_at(self, secs: f64) -> usize {
        ((secs * f64::from(self.sample_rate)).round() as usize).min(self.samples)
    }
}

/// `length` samples that sound from `at_secs` of the context's clock on, after `before` others.
#[derive(Clone, Copy, Debug)]
struct Block {
    at_secs: f64,
    before: usize,
    length: usize,
}

/// `length` samples of the song, read from `start` on, that sound after `before` others.
#[derive(Clone, Copy, Debug)]
struct Reading {
    before: f64,
    start: usize,
    length: usize,
    /// Seconds of the song per second of the clock.
    speed: f64,
}

impl Reading {
    /// The song's sample that is heard after this many others.
    fn place_of(&self, sounded: f64) -> f64 {
        self.start as f64 + (sounded - self.before) * self.speed
    }

    /// How many samples sound before the one after its last.
    fn end(&self) -> f64 {
        self.before + self.length as f64 / self.speed
    }
}

/// What was read and scheduled since playback began.
#[derive(Clone, Debug)]
pub struct Schedule {
    song: SongLength,
    /// First sample, and the one after the last, of what is repeated.
    looped: Option<[usize; 2]>,
    /// Seconds of the song per second of the clock, for what is read next.
    speed: f64,
    /// The next sample to read.
    next: usize,
    /// How many samples what was read makes.
    made: f64,
    readings: VecDeque<Reading>,
    /// How many samples were scheduled.
    scheduled: usize,
    blocks: VecDeque<Block>,
}

impl Schedule {
    /// Plays from `from_secs` (from the beginning, if that is the end), at `speed` times the song's own.
    pub fn new(song: SongLength, from_secs: f64, looped: Option<LoopRegion>, speed: f64) -> Self {
        let next = song.sample_at(from_secs);
        let looped = looped
            .map(|region| [region.from_secs, region.to_secs].map(|secs| song.sample_at(secs)));
        Self {
            song,
            looped: looped.filter(|[from, to]| from < to),
            speed,
            next: if next < song.samples { next } else { 0 },
            made: 0.0,
            readings: VecDeque::new(),
            scheduled: 0,
            blocks: VecDeque::new(),
        }
    }

    /// Whether the whole song has been read.
    pub fn is_read(&self) -> bool {
        self.next >= self.song.samples
    }

    /// The samples to read next: at most this many seconds of the song, and none beyond the loop's end.
    pub fn next_range(&self, most_secs: f64) -> Range<usize> {
        let limit = match self.looped {
            Some([_, to]) if self.next < to => to,
            _ => self.song.samples,
        };
        let most = (most_secs * f64::from(self.song.sample_rate)) as usize;
        self.next..limit.min(self.next + most)
    }

    /// Notes that the samples of [`Self::next_range`] were read; at the loop's end the loop's beginning comes next, and
    /// the answer is true.
    pub fn mark_read(&mut self, range: Range<usize>) -> bool {
        let reading = Reading {
            before: self.made,
            start: range.start,
            length: range.len(),
            speed: self.speed,
        };
        self.made = reading.end();
        self.readings.push_back(reading);
        let again = self.looped.filter(|[_, to]| range.end == *to);
        self.next = again.map_or(range.end, |[from, _]| from);
        again.is_some()
    }

    /// Sets the speed of what is read from now on.
    pub fn set_speed(&mut self, speed: f64) {
        self.speed = speed;
    }

    /// How many of the samples that what was read makes are not scheduled yet.
    pub fn due(&self) -> usize {
        (self.made.round() as usize).saturating_sub(self.scheduled)
    }

    /// The beats that sound in the `length` samples that are scheduled next: how many samples of these come before each,
    /// and whether a bar begins.
    pub fn beats(&self, grid: &BeatGrid, length: usize) -> Vec<(usize, bool)> {
        let rate = f64::from(self.song.sample_rate);
        let (first, end) = (self.scheduled as f64, (self.scheduled + length) as f64);
        let mut beats = Vec::new();
        for reading in &self.readings {
            let (from, to) = (first.max(reading.before), end.min(reading.end()));
            if from >= to {
                continue;
            }
            let secs = |sounded: f64| reading.place_of(sounded) / rate - SAME_SECS;
            for (at_secs, is_first) in grid.between(secs(from), secs(to)) {
                let after = (at_secs * rate - reading.start as f64) / reading.speed;
                let at = (reading.before + after - first).round().max(0.0) as usize;
                beats.push((at, is_first));
            }
        }
        beats
    }

    /// Records that this many samples will sound from `at_secs` of the context's clock on.
    pub fn mark_scheduled(&mut self, at_secs: f64, length: usize) {
        self.blocks.push_back(Block {
            at_secs,
            before: self.scheduled,
            length,
        });
        self.scheduled += length;
    }

    /// Where in the song the playhead is at `now_secs` of the context's clock.
    pub fn position_secs(&self, now_secs: f64) -> f64 {
        let sounded = self.sounded(now_secs).unwrap_or(0.0);
        let reading = self.reading_at(sounded);
        let place = reading.map_or(self.next as f64, |reading| reading.place_of(sounded));
        place / f64::from(self.song.sample_rate)
    }

    /// The speed at `now_secs` of the context's clock.
    pub fn speed(&self, now_secs: f64) -> f64 {
        let reading = self.reading_at(self.sounded(now_secs).unwrap_or(0.0));
        reading.map_or(self.speed, |reading| reading.speed)
    }

    /// Forgets what has sounded by then.
    pub fn forget_before(&mut self, now_secs: f64) {
        while self
            .blocks
            .get(1)
            .is_some_and(|next| next.at_secs <= now_secs)
        {
            self.blocks.pop_front();
        }
        let sounded = self.sounded(now_secs).unwrap_or(0.0);
        while self
            .readings
            .get(1)
            .is_some_and(|next| next.before <= sounded)
        {
            self.readings.pop_front();
        }
    }

    /// How many samples have sounded.
    fn sounded(&self, now_secs: f64) -> Option<f64> {
        let begun = self.blocks.iter().rfind(|block| block.at_secs <= now_secs);
        let block = begun.or(self.blocks.front())?;
        let since_secs = (now_secs - block.at_secs).max(0.0);
        let since = since_secs * f64::from(self.song.sample_rate);
        Some(block.before as f64 + since.min(block.length as f64))
    }

    /// The reading that is heard after this many samples.
    fn reading_at(&self, sounded: f64) -> Option<&Reading> {
        self.readings
            .iter()
            .rfind(|reading| reading.before <= sounded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONG: SongLength = SongLength {
        samples: 1_000,
        sample_rate: 100,
    };

    /// Reads and schedules a second at a time without a gap, from second 5 of the clock on.
    fn play(schedule: &mut Schedule, seconds: usize) {
        for second in 0..seconds {
            let range = schedule.next_range(1.0);
            let length = (range.len() as f64 / schedule.speed) as usize;
            schedule.mark_read(range);
            schedule.mark_scheduled(5.0 + second as f64 / schedule.speed, length);
        }
    }

    #[test]
    fn the_playhead_follows_the_clock_from_where_playback_began() {
        let mut schedule = Schedule::new(SONG, 2.0, None, 1.0);
        assert_eq!(schedule.position_secs(0.0), 2.0, "nothing is scheduled yet");
        play(&mut schedule, 3);
        assert_eq!(schedule.position_secs(4.0), 2.0, "before the first sample");
        assert_eq!(schedule.position_secs(6.5), 3.5);
        schedule.forget_before(6.5);
        assert_eq!(
            schedule.position_secs(6.5),
            3.5,
            "forgetting changes nothing"
        );
        assert_eq!(
            schedule.position_secs(9.0),
            5.0,
            "no further than what is scheduled"
        );
    }

    #[test]
    fn at_half_speed_a_second_takes_two() {
        let mut schedule = Schedule::new(SONG, 0.0, None, 0.5);
        play(&mut schedule, 4);
        assert_eq!(schedule.position_secs(8.0), 1.5);
    }

    #[test]
    fn a_loop_goes_back_to_its_beginning() {
        let region = LoopRegion::between(1.0, 2.5);
        let mut schedule = Schedule::new(SONG, 1.0, region, 1.0);
        let mut starts = Vec::new();
        for _ in 0..4 {
            let range = schedule.next_range(1.0);
            starts.push((range.start, range.end));
            let at_secs = 5.0 + schedule.scheduled as f64 / 100.0;
            let length = range.len();
            schedule.mark_read(range);
            schedule.mark_scheduled(at_secs, length);
        }
        assert_eq!(starts, [(100, 200), (200, 250), (100, 200), (200, 250)]);
        let is_at =
            |now_secs: f64, secs: f64| (schedule.position_secs(now_secs) - secs).abs() < 1e-9;
        assert!(is_at(6.4, 2.4));
        assert!(is_at(6.6, 1.1), "the second round");
        schedule.forget_before(6.6);
        assert!((schedule.position_secs(7.9) - 2.4).abs() < 1e-9);
    }

    #[test]
    fn each_round_of_a_loop_may_go_faster() {
        let region = LoopRegion::between(1.0, 2.0);
        let mut schedule = Schedule::new(SONG, 1.0, region, 0.5);
        let mut is_again = false;
        for at_secs in [5.0, 7.0] {
            let range = schedule.next_range(5.0);
            let length = (range.len() as f64 / schedule.speed) as usize;
            is_again = schedule.mark_read(range);
            schedule.mark_scheduled(at_secs, length);
            schedule.set_speed(1.0);
        }
        assert!(is_again);
        assert_eq!(
            [6.0, 7.25].map(|now| schedule.position_secs(now)),
            [1.5, 1.25]
        );
        assert_eq!([6.0, 7.25].map(|now| schedule.speed(now)), [0.5, 1.0]);
    }

    #[test]
    fn beats_fall_on_their_samples_in_every_round_once() {
        // Beats at 0, 0.5, 1 s and so on; bars of four from 0 s on.
        let grid = BeatGrid::even(120.0, 0.0, 10.0).expect("a grid");
        let mut schedule = Schedule::new(SONG, 1.0, LoopRegion::between(1.0, 2.0), 0.5);
        let mut beats = Vec::new();
        for _ in 0..4 {
            let range = schedule.next_range(0.7);
            schedule.mark_read(range);
            // Stretched music comes late, here by 30 samples.
            let ready = schedule.made as usize - schedule.scheduled - 30;
            let before = schedule.scheduled;
            let found = schedule.beats(&grid, ready);
            beats.extend(found.iter().map(|(at, is_first)| (before + at, *is_first)));
            schedule.mark_scheduled(5.0 + before as f64 / 100.0, ready);
        }
        assert_eq!(
            beats,
            [(0, false), (100, false), (200, false), (300, false)]
        );
        let mut schedule = Schedule::new(SONG, 0.0, None, 1.0);
        schedule.mark_read(0..1_000);
        let downbeats = schedule.beats(&grid, 1_000);
        let downbeats = downbeats.iter().filter(|beat| beat.1).map(|beat| beat.0);
        assert_eq!(downbeats.collect::<Vec<_>>(), [0, 200, 400, 600, 800]);
    }

    #[test]
    fn behind_the_loop_the_song_goes_on_to_its_end() {
        let region = LoopRegion::between(1.0, 2.0);
        let mut schedule = Schedule::new(SONG, 3.0, region, 1.0);
        play(&mut schedule, 7);
        assert!(schedule.is_read());
        assert_eq!(schedule.next_range(1.0), 1_000..1_000);
    }

    #[test]
    fn at_the_end_playback_starts_over() {
        let schedule = Schedule::new(SONG, 10.0, None, 1.0);
        assert_eq!(schedule.next_range(1.0), 0..100);
    }
}
