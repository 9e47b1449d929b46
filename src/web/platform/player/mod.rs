//! Plays a song's five stems on one clock, each through a gain of its own.
//!
//! Stems lie in blobs, too large to be decoded whole. So a few seconds of all five are read ahead, put into buffers and
//! scheduled at one and the same sample of the audio context's clock, the next few where these end, and so on: stems
//! cannot drift apart, and a song of any length takes the memory of some seconds.

mod feed;
mod graph;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen_futures::{JsFuture, spawn_local};

use self::{
    feed::{End, Feed, Start},
    graph::AudioGraph,
};
use super::{PlatformError, error::ignore, stems::StemFiles};
use crate::{
    playback::{LoopRegion, NORMAL_PERCENT, PracticeSettings},
    source::{PerSource, Source},
};

/// What the player is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Playback {
    /// Position in the song.
    pub position_secs: f64,
    /// Whether it moves.
    pub is_playing: bool,
    /// Whether the browser has dropped the stems, for want of room.
    pub is_broken: bool,
    /// The speed at the playhead, in percent of the song's own, while it plays.
    pub current_speed_percent: Option<u32>,
}

/// Handle of the page's one player.
#[derive(Clone)]
pub struct Player(Rc<Inner>);

struct Inner {
    report: Box<dyn Fn(Playback)>,
    stems: RefCell<Option<Rc<StemFiles>>>,
    graph: RefCell<Option<Rc<AudioGraph>>>,
    gains: Cell<PerSource<f32>>,
    volume: Cell<f32>,
    looped: Cell<Option<LoopRegion>>,
    /// How fast, in percent of the song's own speed.
    speed_percent: Cell<u32>,
    practising: RefCell<PracticeSettings>,
    /// Where playing resumes, while it is paused.
    rest_secs: Cell<f64>,
    is_broken: Cell<bool>,
    feed: RefCell<Option<Rc<Feed>>>,
}

impl Player {
    /// A player without a song; `report` is called with every change, and with the position while it moves.
    pub fn new(report: impl Fn(Playback) + 'static) -> Self {
        Self(Rc::new(Inner {
            report: Box::new(report),
            stems: RefCell::default(),
            graph: RefCell::default(),
            gains: Cell::new(PerSource([1.0; Source::COUNT])),
            volume: Cell::new(1.0),
            looped: Cell::default(),
            speed_percent: Cell::new(NORMAL_PERCENT),
            practising: RefCell::default(),
            rest_secs: Cell::default(),
            is_broken: Cell::default(),
            feed: RefCell::default(),
        }))
    }

    /// Takes another song, or none, at its beginning and at its own speed.
    pub fn load(&self, stems: Option<Rc<StemFiles>>) {
        self.stop();
        *self.0.stems.borrow_mut() = stems;
        self.0.looped.set(None);
        self.0.speed_percent.set(NORMAL_PERCENT);
        self.0.rest_secs.set(0.0);
        self.0.is_broken.set(false);
        self.report();
    }

    /// Resumes, after a count-in if that is on.
    ///
    /// # Errors
    /// When the browser gives the page no audio output.
    pub fn play(&self) -> Result<(), PlatformError> {
        let count_in_bars = self.0.practising.borrow().count_in_bars;
        self.begin(self.0.speed_percent.get(), count_in_bars)
    }

    fn begin(&self, speed_percent: u32, count_in_bars: usize) -> Result<(), PlatformError> {
        let stems = self.0.stems.borrow().clone();
        let Some(stems) = stems else { return Ok(()) };
        self.stop();
        let graph = self.graph(stems.layout.sample_rate)?;
        self.apply_gains(&graph);
        let resumed = graph.context.resume()?;
        spawn_local(async move {
            // Refused (no permission yet): the clock stands still, and so does the position that is shown.
            ignore(JsFuture::from(resumed).await);
        });
        let start = Start {
            from_secs: self.0.rest_secs.get(),
            looped: self.0.looped.get(),
            speed_percent,
            practising: self.0.practising.borrow().clone(),
            count_in_bars,
        };
        let feed = Rc::new(Feed::new(graph, stems, start));
        *self.0.feed.borrow_mut() = Some(Rc::clone(&feed));
        let player = self.clone();
        spawn_local(async move {
            let end = feed.run(|| player.report()).await;
            if feed.is_wanted() {
                player.stop();
                match end {
                    // Play after the end begins anew.
                    End::Over => player.0.rest_secs.set(0.0),
                    End::Unreadable => player.0.is_broken.set(true),
                }
                player.report();
            }
        });
        self.report();
        Ok(())
    }

    /// Stops where it is.
    pub fn pause(&self) {
        self.stop();
        self.report();
    }

    /// Moves to another position.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn seek(&self, position_secs: f64) -> Result<(), PlatformError> {
        let current_speed_percent = self.current_speed_percent();
        self.stop();
        self.0.rest_secs.set(position_secs);
        match current_speed_percent {
            // A speed that has risen stays.
            Some(percent) => self.begin(percent, 0),
            None => {
                self.report();
                Ok(())
            }
        }
    }

    /// Sets the gains, each from 0 to 1.
    pub fn set_gains(&self, gains: PerSource<f32>) {
        self.0.gains.set(gains);
        if let Some(graph) = self.0.graph.borrow().as_ref() {
            self.apply_gains(graph);
        }
    }

    /// Sets the volume of everything together, from 0 to 1.
    pub fn set_volume(&self, volume: f32) {
        self.0.volume.set(volume);
        if let Some(graph) = self.0.graph.borrow().as_ref() {
            self.apply_gains(graph);
        }
    }

    /// Repeats a region, or nothing.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn set_loop(&self, looped: Option<LoopRegion>) -> Result<(), PlatformError> {
        self.0.looped.set(looped);
        self.restart()
    }

    /// Plays faster or slower, at the same pitch, in percent of the song's own speed.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn set_speed(&self, percent: u32) -> Result<(), PlatformError> {
        self.0.speed_percent.set(percent);
        if self.is_playing() {
            self.stop();
            self.begin(percent, 0)?;
        }
        Ok(())
    }

    /// Changes click, count-in, pitch and rising speed.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn set_practising(&self, practising: PracticeSettings) -> Result<(), PlatformError> {
        let former = self.0.practising.replace(practising);
        match former.is_audibly_same(&self.0.practising.borrow()) {
            true => Ok(()),
            false => self.restart(),
        }
    }

    /// Discards what was scheduled ahead and, while playing, schedules anew from here.
    fn restart(&self) -> Result<(), PlatformError> {
        if self.is_playing() {
            self.seek(self.position_secs())?;
        }
        Ok(())
    }

    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.0.feed.borrow().is_some()
    }

    fn current_speed_percent(&self) -> Option<u32> {
        let feed = self.0.feed.borrow();
        feed.as_ref().map(|feed| feed.current_speed_percent())
    }

    /// Where the playhead is.
    pub fn position_secs(&self) -> f64 {
        match self.0.feed.borrow().as_ref() {
            Some(feed) => feed.position_secs(),
            None => self.0.rest_secs.get(),
        }
    }

    fn stop(&self) {
        let feed = self.0.feed.borrow_mut().take();
        if let Some(feed) = feed {
            self.0.rest_secs.set(feed.position_secs());
            feed.stop();
        }
    }

    fn report(&self) {
        (self.0.report)(Playback {
            position_secs: self.position_secs(),
            is_playing: self.is_playing(),
            is_broken: self.0.is_broken.get(),
            current_speed_percent: self.current_speed_percent(),
        });
    }

    /// The graph for songs of this rate; that of another rate is closed.
    fn graph(&self, sample_rate: u32) -> Result<Rc<AudioGraph>, PlatformError> {
        if let Some(graph) = self.0.graph.borrow().as_ref()
            && graph.sample_rate == sample_rate
        {
            return Ok(Rc::clone(graph));
        }
        let graph = Rc::new(AudioGraph::open(sample_rate)?);
        if let Some(former) = self.0.graph.borrow_mut().replace(Rc::clone(&graph)) {
            // Closing needs no waiting for.
            drop(former.context.close()?);
        }
        Ok(graph)
    }

    fn apply_gains(&self, graph: &AudioGraph) {
        graph.set_gains(self.0.gains.get(), self.0.volume.get());
    }
}
