//! One run of the player: reads stems ahead of the clock and schedules their buffers.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use web_sys::{
    AudioBuffer, AudioBufferOptions, AudioBufferSourceNode, AudioScheduledSourceNode, GainNode,
};

use super::graph::AudioGraph;
use crate::{
    playback::{
        ClickTrack, LoopRegion, PlaybackEffects, PracticeSettings, Schedule, SongLength, Stems,
    },
    web::platform::{PlatformError, clock, error::ignore, stems::StemFiles},
};

/// From pressing play to the first sample: enough to read the first samples.
const LEAD_SECS: f64 = 0.08;
/// A buffer is scheduled at least so far ahead.
const LATE_SECS: f64 = 0.01;
/// The first samples read are few, so that they are there in time...
const FIRST_SECS: f64 = 0.5;
/// ...and the rest more at a time.
const BLOCK_SECS: f64 = 2.0;
/// Where the pitch changes, which takes time on the page's own thread, less at a time.
const CHANGED_BLOCK_SECS: f64 = 0.25;
/// So much is scheduled ahead: timers of background tabs tick once a second.
const AHEAD_SECS: f64 = 3.0;
/// Between two looks at the clock.
const TICK_MILLIS: u32 = 50;

/// Why playing ended by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// The song is over.
    Over,
    /// The stems cannot be read any more.
    Unreadable,
}

/// Where playing begins, and its settings.
#[derive(Clone, Debug)]
pub(super) struct Start {
    pub(super) from_secs: f64,
    pub(super) looped: Option<LoopRegion>,
    /// How fast, in percent of the song's own speed.
    pub(super) speed_percent: u32,
    /// Click, pitch and rising speed.
    pub(super) practising: PracticeSettings,
    /// Bars to count in before it.
    pub(super) count_in_bars: usize,
}

pub(super) struct Feed {
    graph: Rc<AudioGraph>,
    stems: Rc<StemFiles>,
    schedule: RefCell<Schedule>,
    practising: PracticeSettings,
    /// The speed of what is read next.
    speed_percent: Cell<u32>,
    /// Changes speed and pitch; `None` once the song is over.
    effects: RefCell<Option<PlaybackEffects>>,
    clicks: RefCell<ClickTrack>,
    /// When the next block sounds, in frames of the context's clock.
    next_at: Cell<f64>,
    is_wanted: Cell<bool>,
    nodes: RefCell<VecDeque<(f64, AudioBufferSourceNode)>>,
}

impl Feed {
    pub(super) fn new(graph: Rc<AudioGraph>, stems: Rc<StemFiles>, start: Start) -> Self {
        let song = SongLength {
            samples: stems.length,
            sample_rate: stems.layout.sample_rate,
        };
        let speed = f64::from(start.speed_percent) / 100.0;
        let schedule = Schedule::new(song, start.from_secs, start.looped, speed);
        let feed = Self {
            schedule: RefCell::new(schedule),
            practising: start.practising,
            speed_percent: Cell::new(start.speed_percent),
            effects: RefCell::default(),
            clicks: RefCell::new(ClickTrack::new(song.sample_rate)),
            next_at: Cell::new(soon(&graph, LEAD_SECS)),
            is_wanted: Cell::new(true),
            nodes: RefCell::default(),
            graph,
            stems,
        };
        feed.effects.replace(Some(feed.new_effects()));
        // Without it the song begins uncounted.
        feed.count_in(start.from_secs, start.count_in_bars).ok();
        feed
    }

    /// Whether it was not stopped.
    pub(super) fn is_wanted(&self) -> bool {
        self.is_wanted.get()
    }

    /// Plays until it is stopped or the song is over; `tick` is called all along.
    pub(super) async fn run(&self, tick: impl Fn()) -> End {
        let mut block_secs = FIRST_SECS;
        while self.is_wanted() {
            let ahead_secs = self.next_at.get() / self.rate() - self.now_secs();
            let is_read = self.schedule.borrow().is_read();
            if !is_read && ahead_secs < AHEAD_SECS {
                if self.read_next(block_secs).await.is_err() {
                    return End::Unreadable;
                }
                block_secs = match self.practising.pitch.ratio() == 1.0 {
                    true => BLOCK_SECS,
                    false => CHANGED_BLOCK_SECS,
                };
            } else if is_read && ahead_secs <= 0.0 {
                return End::Over;
            } else {
                clock::sleep_millis(TICK_MILLIS).await;
            }
            if self.is_wanted() {
                self.forget_past();
                tick();
            }
        }
        End::Over
    }

    /// Where in the song the playhead is.
    pub(super) fn position_secs(&self) -> f64 {
        self.schedule.borrow().position_secs(self.now_secs())
    }

    /// The speed at the playhead, in percent of the song's own.
    pub(super) fn current_speed_percent(&self) -> u32 {
        (self.schedule.borrow().speed(self.now_secs()) * 100.0).round() as u32
    }

    /// Stops for good.
    pub(super) fn stop(&self) {
        self.is_wanted.set(false);
        for (_, node) in self.nodes.borrow_mut().drain(..) {
            // One that has ended already cannot be stopped.
            ignore(AudioScheduledSourceNode::from(node).stop());
        }
    }

    fn now_secs(&self) -> f64 {
        self.graph.context.current_time()
    }

    /// Frames a second of the context's clock.
    fn rate(&self) -> f64 {
        f64::from(self.graph.context.sample_rate())
    }

    /// Reads the next samples, and schedules their buffers to start where the ones before end.
    async fn read_next(&self, block_secs: f64) -> Result<(), PlatformError> {
        let range = self.schedule.borrow().next_range(block_secs);
        let stems = self.stems.read_all(range.start, range.end).await?;
        if !self.is_wanted() {
            return Ok(());
        }
        let is_again = self.schedule.borrow_mut().mark_read(range);
        self.start_block(&self.varied(&stems, is_again))
    }

    /// The stems' next samples, changed: all that are ready, and at the song's end, or where the speed changes, the rest.
    fn varied(&self, stems: &Stems, is_again: bool) -> Stems {
        let Some(mut effects) = self.effects.take() else {
            return stems.clone();
        };
        let mut varied = effects.push(stems);
        let faster_percent = self.next_percent().filter(|_| is_again);
        let is_over = self.schedule.borrow().is_read();
        if !is_over && faster_percent.is_none() {
            self.effects.replace(Some(effects));
            return varied;
        }
        for (stem, rest) in varied.iter_mut().zip(effects.finish()) {
            let both = stem.iter_mut().zip(rest);
            both.for_each(|(channel, rest)| channel.extend(rest));
        }
        if let Some(percent) = faster_percent {
            self.speed_percent.set(percent);
            let speed = f64::from(percent) / 100.0;
            self.schedule.borrow_mut().set_speed(speed);
            self.effects.replace(Some(self.new_effects()));
        }
        varied
    }

    /// The speed of the loop's next round, if it is another one.
    fn next_percent(&self) -> Option<u32> {
        let now_percent = self.speed_percent.get();
        let next_percent = self.practising.ramp?.after(now_percent);
        (next_percent != now_percent).then_some(next_percent)
    }

    fn new_effects(&self) -> PlaybackEffects {
        let layout = self.stems.layout;
        PlaybackEffects::new(
            f64::from(self.speed_percent.get()) / 100.0,
            self.practising.pitch,
            usize::from(layout.channel_count),
            layout.sample_rate,
        )
    }

    /// Clicks before the song begins, which waits for them.
    fn count_in(&self, from_secs: f64, bars: usize) -> Result<(), PlatformError> {
        let Some(grid) = self.practising.grid.as_ref().filter(|_| bars > 0) else {
            return Ok(());
        };
        let speed = f64::from(self.speed_percent.get()) / 100.0;
        let mut clicks = self.clicks.borrow_mut();
        let track = clicks.count_in(grid, bars, from_secs, speed);
        let length = track.len();
        if length == 0 {
            return Ok(());
        }
        self.start(
            &[track],
            &self.graph.master,
            self.next_at.get() / self.rate(),
        )?;
        self.forward(length);
        Ok(())
    }

    /// Schedules one buffer a stem, all at the same time, and one of clicks.
    fn start_block(&self, stems: &Stems) -> Result<(), PlatformError> {
        let length = stems.iter().flatten().map(Vec::len).max().unwrap_or(0);
        if length == 0 {
            return Ok(());
        }
        // If reading took too long, the block sounds late, but its stems stay in step.
        let at = self.next_at.get().max(soon(&self.graph, LATE_SECS));
        self.next_at.set(at);
        let at_secs = at / self.rate();
        for (stem, fader) in stems.iter().zip(&self.graph.faders.0) {
            self.start(stem, fader, at_secs)?;
        }
        if let Some(grid) = self
            .practising
            .grid
            .as_ref()
            .filter(|_| self.practising.clicks)
        {
            let beats = self.schedule.borrow().beats(grid, length);
            let track = self.clicks.borrow_mut().next(length, &beats);
            self.start(&[track], &self.graph.master, at_secs)?;
        }
        self.schedule.borrow_mut().mark_scheduled(at_secs, length);
        self.forward(length);
        Ok(())
    }

    /// Moves the beginning of the next block by this many samples.
    fn forward(&self, length: usize) {
        let song_rate = f64::from(self.stems.layout.sample_rate);
        let frames = length as f64 * self.rate() / song_rate;
        self.next_at.set(self.next_at.get() + frames);
    }

    fn start(
        &self,
        channels: &[Vec<f32>],
        target: &GainNode,
        at_secs: f64,
    ) -> Result<(), PlatformError> {
        let length = channels.first().map_or(0, Vec::len);
        let sample_rate = self.stems.layout.sample_rate;
        let options = AudioBufferOptions::new(length as u32, sample_rate as f32);
        options.set_number_of_channels(channels.len() as u32);
        let buffer = AudioBuffer::new(&options)?;
        for (channel, samples) in channels.iter().enumerate() {
            buffer.copy_to_channel(samples, channel as i32)?;
        }
        let node = self.graph.context.create_buffer_source()?;
        node.set_buffer(Some(&buffer));
        node.connect_with_audio_node(target)?;
        node.start_with_when(at_secs)?;
        let end_secs = at_secs + length as f64 / f64::from(sample_rate);
        self.nodes.borrow_mut().push_back((end_secs, node));
        Ok(())
    }

    /// Lets go of what has sounded.
    fn forget_past(&self) {
        let now_secs = self.now_secs();
        self.schedule.borrow_mut().forget_before(now_secs);
        let mut nodes = self.nodes.borrow_mut();
        while nodes
            .front()
            .is_some_and(|(end_secs, _)| *end_secs < now_secs)
        {
            nodes.pop_front();
        }
    }
}

/// A whole frame of the context's clock, a moment from now.
fn soon(graph: &AudioGraph, moment_secs: f64) -> f64 {
    let rate = f64::from(graph.context.sample_rate());
    ((graph.context.current_time() + moment_secs) * rate).ceil()
}
