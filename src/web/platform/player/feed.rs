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

/// Samples of the song from `start` on sound from this second of the context's clock on.
#[derive(Clone, Copy)]
struct Stretch {
    at_secs: f64,
    start: usize,
    length: usize,
}

pub(super) struct Feed {
    desk: Rc<Desk>,
    stems: Rc<StemFiles>,
    /// First sample, and the one after the last, of what is repeated.
    looped: Option<[usize; 2]>,
    /// Next sample to read.
    next: Cell<usize>,
    /// When it sounds, in frames of the context's clock.
    next_at: Cell<f64>,
    is_wanted: Cell<bool>,
    stretches: RefCell<VecDeque<Stretch>>,
    nodes: RefCell<VecDeque<(f64, AudioBufferSourceNode)>>,
}

impl Feed {
    pub(super) fn new(
        desk: Rc<Desk>,
        stems: Rc<StemFiles>,
        from_secs: f64,
        looped_secs: Option<[f64; 2]>,
    ) -> Self {
        let sample = |secs: f64| {
            ((secs * f64::from(stems.layout.sample_rate)).round() as usize).min(stems.length)
        };
        let next = match sample(from_secs) {
            sample if sample >= stems.length => 0,
            sample => sample,
        };
        let looped = looped_secs.map(|range| range.map(sample));
        Self {
            next: Cell::new(next),
            next_at: Cell::new(soon(&desk, LEAD_SECS)),
            looped: looped.filter(|[from, to]| from < to),
            is_wanted: Cell::new(true),
            stretches: RefCell::default(),
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
        let stretches = self.stretches.borrow();
        let now_secs = self.now_secs();
        let current = stretches
            .iter()
            .rev()
            .find(|stretch| stretch.at_secs <= now_secs)
            .or(stretches.front());
        let song_rate = f64::from(self.stems.layout.sample_rate);
        let Some(current) = current else {
            return self.next.get() as f64 / song_rate;
        };
        let since = (now_secs - current.at_secs).max(0.0) * song_rate;
        (current.start as f64 + since.min(current.length as f64)) / song_rate
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

    /// Reads the next block and tells its buffers to start where the one before ends.
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
        // Whoever reads too slowly is heard late, but never out of step.
        let at = self.next_at.get().max(soon(&self.desk, LATE_SECS));
        let at_secs = at / self.rate();
        for (stem, fader) in stems.iter().zip(&self.desk.faders.0) {
            self.start(stem, fader, at_secs)?;
        }
        self.stretches.borrow_mut().push_back(Stretch {
            at_secs,
            start,
            length: end - start,
        });
        self.next_at
            .set(at + (end - start) as f64 * self.rate() / song_rate);
        self.next.set(match self.looped {
            Some([from, to]) if end == to => from,
            _ => end,
        });
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
        let mut stretches = self.stretches.borrow_mut();
        while stretches
            .get(1)
            .is_some_and(|next| next.at_secs <= now_secs)
        {
            stretches.pop_front();
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
