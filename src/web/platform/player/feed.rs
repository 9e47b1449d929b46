//! L7: one stretch of playing: reads stems ahead of the clock and tells their buffers when to start.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use web_sys::{
    AudioBuffer, AudioBufferOptions, AudioBufferSourceNode, AudioScheduledSourceNode, GainNode,
};

use super::Desk;
use crate::dsp::Tempo;
use crate::web::platform::{PlatformError, clock, error::ignore, stems::StemFiles};

/// From pressing play to the first sample: enough to read the first samples.
const LEAD_SECS: f64 = 0.08;
/// The least time in which a buffer can be told to start.
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

/// So many samples sound from this second of the context's clock on, after `before` others.
#[derive(Clone, Copy)]
struct Block {
    at_secs: f64,
    before: usize,
    length: usize,
}

/// Samples of the song were read from `start` on, after `before` others.
#[derive(Clone, Copy)]
struct Reading {
    before: usize,
    start: usize,
}

pub(super) struct Feed {
    desk: Rc<Desk>,
    stems: Rc<StemFiles>,
    /// First sample, and the one after the last, of what is repeated.
    looped: Option<[usize; 2]>,
    /// Seconds of the song a second of the clock.
    speed: f64,
    /// What makes it so, unless that is 1; `None` once the song is over.
    tempo: RefCell<Option<Tempo>>,
    /// Next sample to read.
    next: Cell<usize>,
    /// When the next block sounds, in frames of the context's clock.
    next_at: Cell<f64>,
    is_wanted: Cell<bool>,
    /// Samples read.
    read: Cell<usize>,
    readings: RefCell<VecDeque<Reading>>,
    /// Samples that were told to sound.
    told: Cell<usize>,
    blocks: RefCell<VecDeque<Block>>,
    nodes: RefCell<VecDeque<(f64, AudioBufferSourceNode)>>,
}

impl Feed {
    pub(super) fn new(
        desk: Rc<Desk>,
        stems: Rc<StemFiles>,
        from_secs: f64,
        looped_secs: Option<[f64; 2]>,
        speed: f64,
    ) -> Self {
        let sample = |secs: f64| {
            ((secs * f64::from(stems.layout.sample_rate)).round() as usize).min(stems.length)
        };
        let next = match sample(from_secs) {
            sample if sample >= stems.length => 0,
            sample => sample,
        };
        let looped = looped_secs.map(|range| range.map(sample));
        let channel_count = stems.files.0.len() * usize::from(stems.layout.channel_count);
        let tempo =
            (speed != 1.0).then(|| Tempo::new(speed, channel_count, stems.layout.sample_rate));
        Self {
            speed,
            tempo: RefCell::new(tempo),
            next: Cell::new(next),
            next_at: Cell::new(soon(&desk, LEAD_SECS)),
            looped: looped.filter(|[from, to]| from < to),
            is_wanted: Cell::new(true),
            read: Cell::default(),
            readings: RefCell::default(),
            told: Cell::default(),
            blocks: RefCell::default(),
            nodes: RefCell::default(),
            desk,
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
            if self.next.get() < self.stems.length && ahead_secs < AHEAD_SECS {
                if self.schedule(block_secs).await.is_err() {
                    return End::Unreadable;
                }
                block_secs = BLOCK_SECS;
            } else if self.next.get() >= self.stems.length && ahead_secs <= 0.0 {
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

    /// Where in the song the clock is.
    pub(super) fn position_secs(&self) -> f64 {
        let song_rate = f64::from(self.stems.layout.sample_rate);
        self.heard()
            .map_or(self.next.get() as f64, |heard| self.place_of(heard))
            / song_rate
    }

    /// How many of the samples read were heard.
    fn heard(&self) -> Option<f64> {
        let blocks = self.blocks.borrow();
        let now_secs = self.now_secs();
        let begun = blocks.iter().rfind(|block| block.at_secs <= now_secs);
        let block = begun.or(blocks.front())?;
        let since_secs = (now_secs - block.at_secs).max(0.0);
        let since = since_secs * f64::from(self.stems.layout.sample_rate);
        Some((block.before as f64 + since.min(block.length as f64)) * self.speed)
    }

    /// The song's sample that was read after so many others.
    fn place_of(&self, read: f64) -> f64 {
        let readings = self.readings.borrow();
        let reading = readings
            .iter()
            .rfind(|reading| reading.before as f64 <= read);
        reading.map_or(0.0, |reading| {
            reading.start as f64 + read - reading.before as f64
        })
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
        self.desk.context.current_time()
    }

    /// Frames a second of the context's clock.
    fn rate(&self) -> f64 {
        f64::from(self.desk.context.sample_rate())
    }

    /// Reads the next samples and tells their buffers to start where the ones before end.
    async fn schedule(&self, block_secs: f64) -> Result<(), PlatformError> {
        let song_rate = f64::from(self.stems.layout.sample_rate);
        let start = self.next.get();
        let limit = match self.looped {
            Some([_, to]) if start < to => to,
            _ => self.stems.length,
        };
        let end = limit.min(start + (block_secs * song_rate) as usize);
        let stems = self.stems.read_all(start, end).await?;
        if !self.is_wanted() {
            return Ok(());
        }
        let before = self.read.replace(self.read.get() + end - start);
        self.readings
            .borrow_mut()
            .push_back(Reading { before, start });
        self.next.set(match self.looped {
            Some([from, to]) if end == to => from,
            _ => end,
        });
        self.tell(&self.at_speed(stems))
    }

    /// The stems' next samples, faster or slower: all that are ready, and at the song's end the rest.
    fn at_speed(&self, stems: Vec<Vec<Vec<f32>>>) -> Vec<Vec<Vec<f32>>> {
        let Some(mut tempo) = self.tempo.take() else {
            return stems;
        };
        let channels: Vec<_> = stems.iter().flatten().map(Vec::as_slice).collect();
        let mut channels = tempo.push(&channels);
        match self.next.get() < self.stems.length {
            true => drop(self.tempo.replace(Some(tempo))),
            false => {
                let both = channels.iter_mut().zip(tempo.finish());
                both.for_each(|(channel, rest)| channel.extend(rest));
            }
        }
        let mut channels = channels.into_iter();
        let of_stem = |stem: &Vec<_>| channels.by_ref().take(stem.len()).collect();
        stems.iter().map(of_stem).collect()
    }

    /// Tells the buffers of a block to start.
    fn tell(&self, stems: &[Vec<Vec<f32>>]) -> Result<(), PlatformError> {
        let length = stems.iter().flatten().map(Vec::len).max().unwrap_or(0);
        if length == 0 {
            return Ok(());
        }
        // Whoever reads too slowly is heard late, but never out of step.
        let at = self.next_at.get().max(soon(&self.desk, LATE_SECS));
        let at_secs = at / self.rate();
        for (stem, fader) in stems.iter().zip(&self.desk.faders.0) {
            self.start(stem, fader, at_secs)?;
        }
        let before = self.told.replace(self.told.get() + length);
        self.blocks.borrow_mut().push_back(Block {
            at_secs,
            before,
            length,
        });
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
        let node = self.desk.context.create_buffer_source()?;
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
        let mut blocks = self.blocks.borrow_mut();
        while blocks.get(1).is_some_and(|next| next.at_secs <= now_secs) {
            blocks.pop_front();
        }
        drop(blocks);
        let heard = self.heard().unwrap_or(0.0);
        let mut readings = self.readings.borrow_mut();
        while readings
            .get(1)
            .is_some_and(|next| next.before as f64 <= heard)
        {
            readings.pop_front();
        }
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
fn soon(desk: &Desk, moment_secs: f64) -> f64 {
    let rate = f64::from(desk.context.sample_rate());
    ((desk.context.current_time() + moment_secs) * rate).ceil()
}
