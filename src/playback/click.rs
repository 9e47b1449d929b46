//! The click of a metronome: a short tone on every beat, a higher one where a bar begins.
//!
//! It is written into a track of its own, sample by sample beside the stems, so that it cannot drift against them.

use std::f32::consts::TAU;

use crate::music::BeatGrid;

/// Frequency of an ordinary click and of one that begins a bar, Hz.
const HERTZ: [f32; 2] = [1_000.0, 1_600.0];
/// Peak of the two, of full scale.
const PEAKS: [f32; 2] = [0.4, 0.6];
/// A click falls to 1/e in this time.
const DECAY_SECS: f32 = 0.008;
/// Its attack: short enough to be exact, long enough not to crack.
const ATTACK_SECS: f32 = 0.001;
/// After this long it is inaudible: 50 dB below its peak.
const LENGTH_SECS: f32 = 0.05;

/// Writes clicks block by block.
#[derive(Clone, Debug)]
pub struct ClickTrack {
    /// An ordinary click, and one that begins a bar.
    sounds: [Vec<f32>; 2],
    /// The rest of earlier clicks, which continues in the next block.
    tail: Vec<f32>,
    sample_rate: u32,
}

impl ClickTrack {
    /// A track at this rate, in Hz.
    pub fn new(sample_rate: u32) -> Self {
        let rate = sample_rate as f32;
        let sound = |accent: usize| {
            let sample = |n: usize| {
                let secs = n as f32 / rate;
                let level = (secs / ATTACK_SECS).min(1.0) * (-secs / DECAY_SECS).exp();
                PEAKS[accent] * level * (TAU * HERTZ[accent] * secs).sin()
            };
            (0..(LENGTH_SECS * rate) as usize).map(sample).collect()
        };
        Self {
            sounds: [sound(0), sound(1)],
            tail: Vec::new(),
            sample_rate,
        }
    }

    /// The clicks of so many bars before the moment `from_secs` of a song at `speed` times its own, up to that moment.
    pub fn count_in(
        &mut self,
        grid: &BeatGrid,
        bars: usize,
        from_secs: f64,
        speed: f64,
    ) -> Vec<f32> {
        let clicks = grid.count_in(from_secs, bars);
        let Some(&(first_secs, _)) = clicks.first() else {
            return Vec::new();
        };
        let samples = |secs: f64| (secs / speed * f64::from(self.sample_rate)).round() as usize;
        let at = |&(secs, is_first): &(f64, bool)| (samples(secs - first_secs), is_first);
        let clicks: Vec<_> = clicks.iter().map(at).collect();
        self.next(samples(-first_secs), &clicks)
    }

    /// The next `length` samples, with clicks that begin at these samples of them; the flag says whether a bar begins.
    pub fn next(&mut self, length: usize, clicks: &[(usize, bool)]) -> Vec<f32> {
        let mut track = std::mem::take(&mut self.tail);
        for &(at, is_first) in clicks {
            let sound = &self.sounds[usize::from(is_first)];
            if track.len() < at + sound.len() {
                track.resize(at + sound.len(), 0.0);
            }
            let samples = track[at..].iter_mut().zip(sound);
            samples.for_each(|(sum, sample)| *sum += sample);
        }
        if track.len() < length {
            track.resize(length, 0.0);
        }
        self.tail = track.split_off(length);
        track
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 44_100;

    #[test]
    fn clicks_begin_at_their_samples_and_those_of_a_bar_are_louder() {
        let track = ClickTrack::new(RATE).next(20_000, &[(1_000, true), (10_000, false)]);
        assert!(track[..=1_000].iter().all(|sample| *sample == 0.0));
        let peak = |from: usize| {
            let samples = track[from..from + 500].iter();
            samples.fold(0.0_f32, |peak, sample| peak.max(sample.abs()))
        };
        assert!(peak(1_000) > 1.2 * peak(10_000) && peak(10_000) > 0.2);
        assert!(
            peak(4_000) == 0.0 && peak(19_000) < 1e-6,
            "and end in silence"
        );
    }

    #[test]
    fn a_click_goes_on_in_the_next_block() {
        let whole = ClickTrack::new(RATE).next(8_000, &[(3_900, true)]);
        let mut track = ClickTrack::new(RATE);
        let mut pieces = track.next(4_000, &[(3_900, true)]);
        pieces.extend(track.next(4_000, &[]));
        assert_eq!(pieces, whole);
    }

    #[test]
    fn a_count_in_ends_where_the_song_begins_and_goes_at_its_speed() {
        // Two beats a second, bars of four from 0 s on.
        let grid = BeatGrid::even(120.0, 0.0, 10.0).expect("a grid");
        for (speed, beat) in [(1.0, 22_050), (0.5, 44_100)] {
            let track = ClickTrack::new(RATE).count_in(&grid, 1, 2.0, speed);
            assert_eq!(track.len(), 4 * beat, "one bar before a bar");
            let is_click = |n: usize| track[n..n + 200].iter().any(|sample| sample.abs() > 0.1);
            assert!((0..4).all(|n| is_click(n * beat) && !is_click(n * beat + beat / 2)));
        }
        assert!(
            ClickTrack::new(RATE)
                .count_in(&grid, 0, 2.0, 1.0)
                .is_empty()
        );
    }

    #[test]
    fn blocks_have_their_length_however_short() {
        let mut track = ClickTrack::new(RATE);
        assert_eq!(track.next(3, &[(2, false)]).len(), 3);
        assert_eq!(track.next(0, &[]).len(), 0);
    }
}
