//! L7: plays a song's five stems on one clock, each through a fader of its own.
//!
//! Stems lie in blobs, too large to be decoded whole. So a few seconds of all five are read ahead, put into buffers and
//! told to start at one and the same sample of the audio context's clock, the next few where these end, and so on:
//! stems cannot drift apart, and a song of any length takes the memory of some seconds.

mod feed;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{AudioContext, AudioContextOptions, GainNode};

use self::feed::{End, Feed};
use super::{PlatformError, error::ignore, stems::StemFiles};
use crate::source::{PerSource, Source};

/// Time constant in which a fader reaches its new place: too short to notice, long enough not to click.
const FADE_SECS: f64 = 0.012;

/// What is heard.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Playback {
    /// Position in the song.
    pub position_secs: f64,
    /// Whether it moves.
    pub is_playing: bool,
    /// Whether the browser has dropped the stems, for want of room.
    pub is_broken: bool,
}

/// Handle of the page's one player.
#[derive(Clone)]
pub struct Player(Rc<Inner>);

struct Inner {
    report: Box<dyn Fn(Playback)>,
    stems: RefCell<Option<Rc<StemFiles>>>,
    desk: RefCell<Option<Rc<Desk>>>,
    gains: Cell<PerSource<f32>>,
    /// Repeated from its first second to its second one, while set.
    looped_secs: Cell<Option<[f64; 2]>>,
    /// Seconds of the song a second.
    speed: Cell<f64>,
    /// Where playing goes on, while it does not.
    rest_secs: Cell<f64>,
    is_broken: Cell<bool>,
    feed: RefCell<Option<Rc<Feed>>>,
}

/// An audio context at a song's rate, and its faders.
struct Desk {
    context: AudioContext,
    faders: PerSource<GainNode>,
    sample_rate: u32,
}

impl Player {
    /// A silent player; `report` hears of every change, and of the position while it moves.
    pub fn new(report: impl Fn(Playback) + 'static) -> Self {
        Self(Rc::new(Inner {
            report: Box::new(report),
            stems: RefCell::default(),
            desk: RefCell::default(),
            gains: Cell::new(PerSource([1.0; Source::COUNT])),
            looped_secs: Cell::default(),
            speed: Cell::new(1.0),
            rest_secs: Cell::default(),
            is_broken: Cell::default(),
            feed: RefCell::default(),
        }))
    }

    /// Takes another song, or none, at its beginning and at its own speed.
    pub fn load(&self, stems: Option<Rc<StemFiles>>) {
        self.stop();
        *self.0.stems.borrow_mut() = stems;
        self.0.looped_secs.set(None);
        self.0.speed.set(1.0);
        self.0.rest_secs.set(0.0);
        self.0.is_broken.set(false);
        self.report();
    }

    /// Goes on playing.
    ///
    /// # Errors
    /// When the browser has no sound to give.
    pub fn play(&self) -> Result<(), PlatformError> {
        let stems = self.0.stems.borrow().clone();
        let Some(stems) = stems else { return Ok(()) };
        self.stop();
        let desk = self.desk(stems.layout.sample_rate)?;
        self.apply_gains(&desk);
        let resumed = desk.context.resume()?;
        spawn_local(async move {
            // Refused (no permission yet): the clock stands still, and so does the position that is shown.
            ignore(JsFuture::from(resumed).await);
        });
        let from_secs = self.0.rest_secs.get();
        let (looped_secs, speed) = (self.0.looped_secs.get(), self.0.speed.get());
        let feed = Feed::new(desk, stems, from_secs, looped_secs, speed);
        let feed = Rc::new(feed);
        *self.0.feed.borrow_mut() = Some(Rc::clone(&feed));
        let player = self.clone();
        spawn_local(async move {
            let end = feed.run(|| player.report()).await;
            if feed.is_wanted() {
                player.stop();
                match end {
                    // Whoever presses play after the end means the beginning.
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
        let was_playing = self.is_playing();
        self.stop();
        self.0.rest_secs.set(position_secs);
        match was_playing {
            true => self.play(),
            false => {
                self.report();
                Ok(())
            }
        }
    }

    /// Sets the faders.
    pub fn set_gains(&self, gains: PerSource<f32>) {
        self.0.gains.set(gains);
        if let Some(desk) = self.0.desk.borrow().as_ref() {
            self.apply_gains(desk);
        }
    }

    /// Repeats from the first second to the second one, or does not.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn set_loop(&self, looped_secs: Option<[f64; 2]>) -> Result<(), PlatformError> {
        self.0.looped_secs.set(looped_secs);
        self.start_anew()
    }

    /// Plays faster or slower, at the same pitch; 1 is the song's own speed.
    ///
    /// # Errors
    /// As [`Self::play`].
    pub fn set_speed(&self, speed: f64) -> Result<(), PlatformError> {
        self.0.speed.set(speed);
        self.start_anew()
    }

    /// Goes on where it is in the new way, if it plays.
    fn start_anew(&self) -> Result<(), PlatformError> {
        match self.is_playing() {
            true => self.seek(self.position_secs()),
            false => Ok(()),
        }
    }

    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.0.feed.borrow().is_some()
    }

    fn position_secs(&self) -> f64 {
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
        });
    }

    /// The context for songs of this rate; another song's is closed.
    fn desk(&self, sample_rate: u32) -> Result<Rc<Desk>, PlatformError> {
        if let Some(desk) = self.0.desk.borrow().as_ref()
            && desk.sample_rate == sample_rate
        {
            return Ok(Rc::clone(desk));
        }
        let desk = Rc::new(Desk::open(sample_rate)?);
        if let Some(former) = self.0.desk.borrow_mut().replace(Rc::clone(&desk)) {
            // Nobody waits for it to be closed.
            drop(former.context.close()?);
        }
        Ok(desk)
    }

    fn apply_gains(&self, desk: &Desk) {
        let now_secs = desk.context.current_time();
        for (source, fader) in desk.faders.iter() {
            let gain = self.0.gains.get()[source];
            // Only numbers that are none are refused.
            ignore(fader.gain().set_target_at_time(gain, now_secs, FADE_SECS));
        }
    }
}

impl Desk {
    /// At the song's own rate if the browser can, so that samples are played as they are.
    fn open(sample_rate: u32) -> Result<Self, PlatformError> {
        let options = AudioContextOptions::new();
        options.set_sample_rate(sample_rate as f32);
        let context =
            AudioContext::new_with_context_options(&options).or_else(|_| AudioContext::new())?;
        let mut faders = Vec::new();
        for _ in Source::ALL {
            let fader = context.create_gain()?;
            fader.connect_with_audio_node(&context.destination())?;
            faders.push(fader);
        }
        let faders = faders
            .try_into()
            .map_err(|_| PlatformError::new("a fader is missing"))?;
        Ok(Self {
            context,
            faders: PerSource(faders),
            sample_rate,
        })
    }
}
