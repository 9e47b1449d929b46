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
    dsp::Tempo,
    playback::{LoopRegion, Schedule, SongLength},
    source::Source,
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
/// So much is scheduled ahead: timers of background tabs tick once a second.
const AHEAD_SECS: f64 = 3.0;
/// Between two looks at the clock.
const TICK_MILLIS: i32 = 50;

/// Why playing ended by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum End {
    /// The song is over.
    Over,
    /// The stems cannot be read any more.
    Unreadable,
}

/// Where playing begins, and how it goes on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub(super) from_secs: f64,
    pub(super) looped: Option<LoopRegion>,
    /// Seconds of the song per second of the clock.
    pub(super) speed: f64,
}

pub(super) struct Feed {
    graph: Rc<AudioGraph>,
    stems: Rc<StemFiles>,
    schedule: RefCell<Schedule>,
    /// Stretches to another speed than the song's own; `None` once the song is over.
    tempo: RefCell<Option<Tempo>>,
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
        let channel_count = Source::COUNT * usize::from(stems.layout.channel_count);
        let tempo =
            (start.speed != 1.0).then(|| Tempo::new(start.speed, channel_count, song.sample_rate));
        let schedule = Schedule::new(song, start.from_secs, start.looped, start.speed);
        Self {
            schedule: RefCell::new(schedule),
            tempo: RefCell::new(tempo),
            next_at: Cell::new(soon(&graph, LEAD_SECS)),
            is_wanted: Cell::new(true),
            nodes: RefCell::default(),
            graph,
            stems,
        }
    }

    /// Whether nobody has stopped it.
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
                block_secs = BLOCK_SECS;
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

    /// Silence, for good.
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
        self.schedule.borrow_mut().mark_read(range);
        self.start_block(&self.at_speed(stems))
    }

    /// The stems' next samples, faster or slower: all that are ready, and at the song's end the rest.
    fn at_speed(&self, stems: Vec<Vec<Vec<f32>>>) -> Vec<Vec<Vec<f32>>> {
        let Some(mut tempo) = self.tempo.take() else {
            return stems;
        };
        let channels: Vec<_> = stems.iter().flatten().map(Vec::as_slice).collect();
        let mut channels = tempo.push(&channels);
        if self.schedule.borrow().is_read() {
            let both = channels.iter_mut().zip(tempo.finish());
            both.for_each(|(channel, rest)| channel.extend(rest));
        } else {
            self.tempo.replace(Some(tempo));
        }
        let mut channels = channels.into_iter();
        let of_stem = |stem: &Vec<_>| channels.by_ref().take(stem.len()).collect();
        stems.iter().map(of_stem).collect()
    }

    /// Schedules one buffer a stem, all at the same time.
    fn start_block(&self, stems: &[Vec<Vec<f32>>]) -> Result<(), PlatformError> {
        let length = stems.iter().flatten().map(Vec::len).max().unwrap_or(0);
        if length == 0 {
            return Ok(());
        }
        // If reading took too long, the block sounds late, but its stems stay in step.
        let at = self.next_at.get().max(soon(&self.graph, LATE_SECS));
        let at_secs = at / self.rate();
        for (stem, fader) in stems.iter().zip(&self.graph.faders.0) {
            self.start(stem, fader, at_secs)?;
        }
        self.schedule.borrow_mut().mark_scheduled(at_secs, length);
        let song_rate = f64::from(self.stems.layout.sample_rate);
        self.next_at
            .set(at + length as f64 * self.rate() / song_rate);
        Ok(())
    }

    fn start(
        &self,
        channels: &[Vec<f32>],
        fader: &GainNode,
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
        node.connect_with_audio_node(fader)?;
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
