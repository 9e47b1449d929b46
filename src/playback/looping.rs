//! A loop as it sounds, for a file: at its speed and pitch, through the faders, with the click and the count-in where they
//! are on. Where the speed rises with each repeat, once at every speed.

use std::{iter, ops::Range};

use super::{
    ClickTrack, LoopRegion, PlaybackEffects, PracticeSettings, Schedule, SongLength, Stems,
};
use crate::source::{PerSource, Source};

/// What is read at once, in seconds of the song: little, because a change of pitch takes time.
const BLOCK_SECS: f64 = 0.25;
/// What is read beyond the loop's end, so that stretched music does not fade there.
const BEYOND_SECS: f64 = 0.2;

/// What a loop sounds like.
#[derive(Clone, Debug, PartialEq)]
pub struct LoopSound {
    /// The loop.
    pub region: LoopRegion,
    /// Speed, that of the first round where it rises, in percent of the song's own.
    pub speed_percent: u32,
    /// The gain of each source.
    pub gains: PerSource<f32>,
    /// Click, count-in, pitch and rising speed.
    pub practising: PracticeSettings,
}

impl LoopSound {
    /// The speed of each round, in percent of the song's own.
    pub fn rounds_percent(&self) -> Vec<u32> {
        let ramp = self.practising.ramp;
        let next = |now: &u32| ramp.map(|ramp| ramp.after(*now)).filter(|next| next != now);
        iter::successors(Some(self.speed_percent), next).collect()
    }
}

/// Renders one loop, block by block.
#[derive(Clone, Debug)]
pub struct LoopRenderer {
    sound: LoopSound,
    song: SongLength,
    channel_count: usize,
    /// Speeds of the rounds that are still to come, the last one first.
    rounds_percent: Vec<u32>,
    /// Clicks that come first.
    count_in: Vec<f32>,
    schedule: Schedule,
    /// Changes speed and pitch of this round; `None` after the last.
    effects: Option<PlaybackEffects>,
    clicks: ClickTrack,
    /// Whether the round's own samples have all been read.
    is_beyond: bool,
}

impl LoopRenderer {
    /// For a song of this length and so many channels.
    pub fn new(sound: LoopSound, song: SongLength, channel_count: usize) -> Self {
        let from_secs = sound.region.from_secs;
        let mut rounds_percent = sound.rounds_percent();
        rounds_percent.reverse();
        let mut clicks = ClickTrack::new(song.sample_rate);
        let PracticeSettings {
            grid,
            count_in_bars,
            ..
        } = &sound.practising;
        let speed = f64::from(sound.speed_percent) / 100.0;
        let count_in = match grid {
            Some(grid) => clicks.count_in(grid, *count_in_bars, from_secs, speed),
            None => Vec::new(),
        };
        let mut renderer = Self {
            schedule: Schedule::new(song, from_secs, Some(sound.region), speed),
            effects: None,
            is_beyond: false,
            rounds_percent,
            count_in,
            clicks,
            sound,
            song,
            channel_count,
        };
        renderer.begin_round();
        renderer
    }

    /// Samples of every channel, the count-in among them: to be asked for before any are rendered.
    pub fn length(&self) -> usize {
        let [from, to] = self.ends();
        let rounds = self.sound.rounds_percent().into_iter();
        let round = |percent: u32| (to - from) as f64 / (f64::from(percent) / 100.0);
        let rounds: f64 = rounds.map(round).sum();
        self.count_in.len() + rounds.round() as usize
    }

    /// The samples of the song that [`Self::render`] wants next; `None` at the end.
    pub fn next_range(&self) -> Option<Range<usize>> {
        self.effects.as_ref()?;
        Some(match self.is_beyond {
            true => {
                let [_, to] = self.ends();
                let beyond = (BEYOND_SECS * f64::from(self.song.sample_rate)) as usize;
                to..self.song.samples.min(to + beyond)
            }
            false => self.schedule.next_range(BLOCK_SECS),
        })
    }

    /// Takes all stems' samples of [`Self::next_range`], and gives the next ones of the file, channel by channel.
    pub fn render(&mut self, stems: &Stems) -> Vec<Vec<f32>> {
        let mut block = vec![std::mem::take(&mut self.count_in); self.channel_count];
        let (Some(range), Some(mut effects)) = (self.next_range(), self.effects.take()) else {
            return block;
        };
        let mut varied = effects.push(stems);
        let is_last = self.is_beyond;
        if is_last {
            finish(&mut varied, effects, self.schedule.due());
        } else {
            self.is_beyond = self.schedule.mark_read(range);
            self.effects = Some(effects);
        }
        for (channel, mixed) in block.iter_mut().zip(self.mixed(&varied)) {
            channel.extend(mixed);
        }
        if is_last {
            self.begin_round();
        }
        block
    }

    /// First sample, and the one after the last.
    fn ends(&self) -> [usize; 2] {
        let LoopRegion { from_secs, to_secs } = self.sound.region;
        [from_secs, to_secs].map(|secs| self.song.sample_at(secs))
    }

    fn begin_round(&mut self) {
        self.is_beyond = false;
        let (pitch, channels) = (self.sound.practising.pitch, self.channel_count);
        self.effects = self.rounds_percent.pop().map(|percent| {
            let speed = f64::from(percent) / 100.0;
            self.schedule.set_speed(speed);
            PlaybackEffects::new(speed, pitch, channels, self.song.sample_rate)
        });
    }

    /// The stems at their gains, with the beats that fall on them.
    fn mixed(&mut self, stems: &Stems) -> Vec<Vec<f32>> {
        let length = stems.iter().flatten().map(Vec::len).max().unwrap_or(0);
        let mut mix = vec![vec![0.0; length]; self.channel_count];
        for (stem, source) in stems.iter().zip(Source::ALL) {
            let gain = self.sound.gains[source];
            for (sum, channel) in mix.iter_mut().zip(stem) {
                add(sum, channel, gain);
            }
        }
        let PracticeSettings { grid, clicks, .. } = &self.sound.practising;
        if let Some(grid) = grid.as_ref().filter(|_| *clicks) {
            let beats = self.schedule.beats(grid, length);
            let track = self.clicks.next(length, &beats);
            mix.iter_mut().for_each(|sum| add(sum, &track, 1.0));
        }
        self.schedule.mark_scheduled(0.0, length);
        mix
    }
}

/// Appends the round's rest, and leaves as many samples as are due.
fn finish(varied: &mut Stems, effects: PlaybackEffects, due: usize) {
    for (stem, rest) in varied.iter_mut().zip(effects.finish()) {
        for (channel, rest) in stem.iter_mut().zip(rest) {
            channel.extend(rest);
            channel.resize(due, 0.0);
        }
    }
}

fn add(sum: &mut [f32], samples: &[f32], gain: f32) {
    let both = sum.iter_mut().zip(samples);
    both.for_each(|(sum, sample)| *sum += gain * sample);
}

#[cfg(test)]
mod tests;
