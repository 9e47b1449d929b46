//! L7: what is heard of a song: the player's state, and what can be done to it.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;

use super::mixer::{self, Fader};
use crate::{
    source::{PerSource, Source},
    web::platform::{
        PlatformError,
        player::{Playback, Player},
        stems::StemFiles,
    },
};

/// A passage that began less than this ago is the current one, and the one before it is the previous.
const JUST_BEGUN_SECS: f64 = 1.5;
/// Who moves to the end hears so much of it.
const END_SECS: f64 = 0.05;

/// How fast a song can go, in percent: mostly slower, for those who play along.
pub const SPEEDS_PERCENT: [u32; 9] = [50, 60, 70, 80, 90, OWN_SPEED_PERCENT, 110, 125, 150];
const OWN_SPEED_PERCENT: u32 = 100;

/// A moment that the visitor points at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pointed {
    /// Position in the song.
    pub at_secs: f64,
    /// In this source's lane, if in any's.
    pub source: Option<Source>,
}

/// State and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Where the player is.
    pub playback: RwSignal<Playback>,
    /// How each source is heard.
    pub faders: RwSignal<PerSource<Fader>>,
    /// What is repeated, from second to second.
    pub looped_secs: RwSignal<Option<[f64; 2]>>,
    /// How fast the song goes, in percent.
    pub speed_percent: RwSignal<u32>,
    /// What the visitor points at.
    pub pointed: RwSignal<Option<Pointed>>,
    /// Whether single keys do something.
    pub has_keys: RwSignal<bool>,
    /// Why nothing is heard, if so.
    pub trouble: RwSignal<Option<String>>,
    machinery: StoredValue<Rc<Machinery>, LocalStorage>,
}

struct Machinery {
    player: Player,
    stems: RefCell<Option<Rc<StemFiles>>>,
}

impl Desk {
    /// A desk without a song.
    pub fn new() -> Self {
        let playback = RwSignal::new(Playback::default());
        let machinery = Machinery {
            player: Player::new(move |now| playback.set(now)),
            stems: RefCell::default(),
        };
        Self {
            playback,
            faders: RwSignal::default(),
            looped_secs: RwSignal::new(None),
            speed_percent: RwSignal::new(OWN_SPEED_PERCENT),
            pointed: RwSignal::new(None),
            has_keys: RwSignal::new(true),
            trouble: RwSignal::new(None),
            machinery: StoredValue::new_local(Rc::new(machinery)),
        }
    }

    /// Takes another song, or none, and forgets what was set for the one before.
    pub fn load(self, stems: Option<StemFiles>) {
        let machinery = self.machinery.get_value();
        let stems = stems.map(Rc::new);
        machinery.stems.replace(stems.clone());
        machinery.player.load(stems);
        self.looped_secs.set(None);
        self.speed_percent.set(OWN_SPEED_PERCENT);
        self.pointed.set(None);
        self.trouble.set(None);
        self.reset_faders();
    }

    /// The song's stems.
    pub fn stems(self) -> Option<Rc<StemFiles>> {
        self.machinery.get_value().stems.borrow().clone()
    }

    /// Plays what the faders let through, or pauses.
    pub fn toggle(self) {
        match self.playback.get_untracked().is_playing {
            true => self.pause(),
            false => self.with_player(Player::play),
        }
    }

    /// Stops where it is.
    pub fn pause(self) {
        self.machinery.get_value().player.pause();
    }

    /// Plays the song as it is; pauses it if that is what is heard.
    pub fn toggle_song(self) {
        match self.is_song_heard() {
            true => self.pause(),
            false => {
                self.reset_faders();
                self.play_on();
            }
        }
    }

    /// Plays one source alone, from its next passage if the player rests where it is silent; pauses it if that is what is
    /// heard.
    pub fn toggle_alone(self, source: Source, ranges_secs: &[[f32; 2]]) {
        if self.is_heard_alone(source) {
            return self.pause();
        }
        self.faders.update(|faders| {
            for other in Source::ALL {
                faders[other].is_soloed = other == source;
            }
            faders[source].is_muted = false;
        });
        self.apply_faders();
        let now = self.playback.get_untracked();
        if !now.is_playing && passage_at(ranges_secs, now.position_secs).is_none() {
            self.seek_next(ranges_secs);
        }
        self.play_on();
    }

    /// Whether the song is heard as it is.
    pub fn is_song_heard(self) -> bool {
        self.playback.get().is_playing && self.faders.get() == PerSource::default()
    }

    /// Whether this source is heard, and no other.
    pub fn is_heard_alone(self, source: Source) -> bool {
        self.playback.get().is_playing && self.is_alone(source)
    }

    /// Whether this source would be heard, and no other.
    pub fn is_alone(self, source: Source) -> bool {
        let gains = self.gains();
        let mut gains = gains.iter();
        gains.all(|(other, gain)| (*gain > 0.0) == (other == source))
    }

    /// The sources that are soloed.
    pub fn soloed(self) -> PerSource<bool> {
        self.faders.get_untracked().map(|fader| fader.is_soloed)
    }

    /// What each source is multiplied by.
    pub fn gains(self) -> PerSource<f32> {
        mixer::gains(&self.faders.get())
    }

    /// Moves to another position.
    pub fn seek(self, position_secs: f64) {
        let end_secs = self.stems().map_or(0.0, |stems| stems.duration_secs());
        let last_secs = (end_secs - END_SECS).max(0.0);
        self.with_player(|player| player.seek(position_secs.clamp(0.0, last_secs)));
    }

    /// Moves forwards or back.
    pub fn seek_by(self, secs: f64) {
        self.seek(self.playback.get_untracked().position_secs + secs);
    }

    /// Moves to where the next passage begins, and after the last one to the first.
    pub fn seek_next(self, ranges_secs: &[[f32; 2]]) {
        let now_secs = self.playback.get_untracked().position_secs;
        let mut starts = ranges_secs.iter().map(|&[from, _]| f64::from(from));
        let first = starts.clone().next();
        // A hair's breadth, so that pressing again moves on.
        if let Some(start) = starts.find(|start| *start > now_secs + 0.05).or(first) {
            self.seek(start);
        }
    }

    /// Moves to where the current passage began or, if it just began, the one before.
    pub fn seek_previous(self, ranges_secs: &[[f32; 2]]) {
        let now_secs = self.playback.get_untracked().position_secs;
        let mut starts = ranges_secs.iter().map(|&[from, _]| f64::from(from));
        let before = starts.rfind(|start| *start < now_secs - JUST_BEGUN_SECS);
        self.seek(before.unwrap_or(0.0));
    }

    /// Repeats this range, or nothing. Playing goes on inside of it.
    pub fn set_loop(self, range_secs: Option<[f64; 2]>) {
        let range_secs = range_secs.filter(|[from, to]| to - from > 0.05);
        self.looped_secs.set(range_secs);
        self.with_player(|player| player.set_loop(range_secs));
        if let Some([from, to]) = range_secs
            && !(from..to).contains(&self.playback.get_untracked().position_secs)
        {
            self.seek(from);
        }
    }

    /// Repeats the passage that plays here, or else the whole song; or stops repeating.
    pub fn toggle_loop(self, ranges_secs: &[[f32; 2]]) {
        if self.looped_secs.get_untracked().is_some() {
            return self.set_loop(None);
        }
        let now_secs = self.playback.get_untracked().position_secs;
        let end_secs = self.stems().map_or(0.0, |stems| stems.duration_secs());
        let here = passage_at(ranges_secs, now_secs);
        self.set_loop(Some(here.unwrap_or([0.0, end_secs])));
    }

    /// Repeats from here, to where it was repeated to or to the song's end.
    pub fn loop_from_here(self) {
        let end_secs = self.stems().map_or(0.0, |stems| stems.duration_secs());
        let now_secs = self.playback.get_untracked().position_secs;
        let to_secs = self.looped_secs.get_untracked().map(|[_, to]| to);
        let to_secs = to_secs.filter(|to| *to > now_secs);
        self.set_loop(Some([now_secs, to_secs.unwrap_or(end_secs)]));
    }

    /// Repeats to here, from where it was repeated from or from the song's beginning.
    pub fn loop_to_here(self) {
        let now_secs = self.playback.get_untracked().position_secs;
        let from_secs = self.looped_secs.get_untracked().map(|[from, _]| from);
        let from_secs = from_secs.filter(|from| *from < now_secs);
        self.set_loop(Some([from_secs.unwrap_or(0.0), now_secs]));
    }

    /// Plays at another speed, one of [`SPEEDS_PERCENT`]; the pitch stays.
    pub fn set_speed(self, percent: u32) {
        self.speed_percent.set(percent);
        self.with_player(|player| player.set_speed(f64::from(percent) / 100.0));
    }

    /// To the next faster speed, or to the next slower one.
    pub fn change_speed(self, is_faster: bool) {
        let now = self.speed_percent.get_untracked();
        let mut speeds = SPEEDS_PERCENT.into_iter();
        let next = match is_faster {
            true => speeds.find(|speed| *speed > now),
            false => speeds.rfind(|speed| *speed < now),
        };
        if let Some(next) = next {
            self.set_speed(next);
        }
    }

    /// Changes how one source is heard.
    pub fn change_fader(self, source: Source, change: impl FnOnce(&mut Fader)) {
        self.faders.update(|faders| change(&mut faders[source]));
        self.apply_faders();
    }

    /// Solo on or off.
    pub fn toggle_solo(self, source: Source) {
        self.change_fader(source, |fader| fader.is_soloed = !fader.is_soloed);
    }

    /// Mute on or off.
    pub fn toggle_mute(self, source: Source) {
        self.change_fader(source, |fader| fader.is_muted = !fader.is_muted);
    }

    /// All as in the song.
    pub fn reset_faders(self) {
        self.faders.set(PerSource::default());
        self.apply_faders();
    }

    fn apply_faders(self) {
        let gains = mixer::gains(&self.faders.get_untracked());
        self.machinery.get_value().player.set_gains(gains);
    }

    fn play_on(self) {
        if !self.playback.get_untracked().is_playing {
            self.with_player(Player::play);
        }
    }

    fn with_player(self, act: impl FnOnce(&Player) -> Result<(), PlatformError>) {
        let result = act(&self.machinery.get_value().player);
        self.trouble.set(
            result
                .err()
                .map(|error| format!("The browser gives no sound: {error}.")),
        );
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}

/// The passage that is heard at `at_secs`.
fn passage_at(ranges_secs: &[[f32; 2]], at_secs: f64) -> Option<[f64; 2]> {
    let mut ranges = ranges_secs.iter().map(|range| range.map(f64::from));
    ranges.find(|[from, to]| (*from..*to).contains(&at_secs))
}
