//! The player's state: playhead, gains, loop region and speed of the song on the page, and what changes them.
//!
//! Components read the signals and call the methods; only this module writes them.

mod practice;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;

use crate::{
    playback::{self, Fader, LoopRegion, NORMAL_PERCENT, PracticeSettings, TimeWindow, Unit},
    source::{PerSource, Source},
    web::platform::{
        PlatformError,
        player::{Playback, Player},
        stems::StemFiles,
    },
};

/// Seeking stops this long before the end, so that there is something left to play.
const END_SECS: f64 = 0.05;

/// A moment that the pointer or the keyboard's focus is on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointedAt {
    /// Position in the song.
    pub at_secs: f64,
    /// The lane's source; `None` on the whole song's lane and on the slider.
    pub source: Option<Source>,
}

/// State and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct PlayerState {
    /// Where the playhead is.
    pub playback: ReadSignal<Playback>,
    /// Volume, mute and solo of each source.
    pub faders: ReadSignal<PerSource<Fader>>,
    /// What is repeated.
    pub looped: ReadSignal<Option<LoopRegion>>,
    /// How fast the song is played, in percent of its own speed.
    pub speed_percent: ReadSignal<u32>,
    /// The volume of everything together, 0 to 1.
    pub volume: ReadSignal<f32>,
    /// The stretch of the song that the lanes show.
    pub window: ReadSignal<TimeWindow>,
    /// Whether there are stems to play.
    pub can_play: ReadSignal<bool>,
    /// What the song is practised with.
    pub practising: ReadSignal<PracticeSettings>,
    /// What the ends of loops snap to, where that is switched on.
    pub snaps_to: RwSignal<Option<Unit>>,
    /// The moment pointed at.
    pub pointed: RwSignal<Option<PointedAt>>,
    /// Whether single keys control the player.
    pub has_keys: RwSignal<bool>,
    /// The error to show, such as that there is no sound.
    pub trouble: ReadSignal<Option<String>>,
    write: Writers,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

/// The writing ends of the signals.
#[derive(Clone, Copy)]
struct Writers {
    faders: WriteSignal<PerSource<Fader>>,
    looped: WriteSignal<Option<LoopRegion>>,
    speed_percent: WriteSignal<u32>,
    volume: WriteSignal<f32>,
    window: WriteSignal<TimeWindow>,
    can_play: WriteSignal<bool>,
    practising: WriteSignal<PracticeSettings>,
    trouble: WriteSignal<Option<String>>,
}

struct Inner {
    player: Player,
    stems: RefCell<Option<Rc<StemFiles>>>,
    duration_secs: Cell<f64>,
}

impl PlayerState {
    /// A player without a song.
    pub fn new() -> Self {
        let (playback, set_playback) = signal(Playback::default());
        let (faders, set_faders) = signal(PerSource::default());
        let (looped, set_looped) = signal(None);
        let (speed_percent, set_speed_percent) = signal(NORMAL_PERCENT);
        let (volume, set_volume) = signal(1.0);
        let (window, set_window) = signal(TimeWindow::whole(0.0));
        let (can_play, set_can_play) = signal(false);
        let (practising, set_practising) = signal(PracticeSettings::default());
        let (trouble, set_trouble) = signal(None);
        let inner = Inner {
            player: Player::new(move |now| set_playback.set(now)),
            stems: RefCell::default(),
            duration_secs: Cell::default(),
        };
        Self {
            playback,
            faders,
            looped,
            speed_percent,
            volume,
            window,
            can_play,
            practising,
            snaps_to: RwSignal::new(None),
            pointed: RwSignal::new(None),
            has_keys: RwSignal::new(true),
            trouble,
            write: Writers {
                faders: set_faders,
                looped: set_looped,
                speed_percent: set_speed_percent,
                volume: set_volume,
                window: set_window,
                can_play: set_can_play,
                practising: set_practising,
                trouble: set_trouble,
            },
            inner: StoredValue::new_local(Rc::new(inner)),
        }
    }

    /// Takes another song of this length, whose stems may be missing, with every setting but the volume as at first.
    pub fn load(self, stems: Option<StemFiles>, duration_secs: f64) {
        let inner = self.inner.get_value();
        let stems = stems.map(Rc::new);
        inner.duration_secs.set(duration_secs);
        self.write.can_play.set(stems.is_some());
        self.write.window.set(TimeWindow::whole(duration_secs));
        inner.stems.replace(stems.clone());
        inner.player.load(stems);
        self.write.looped.set(None);
        self.write.speed_percent.set(NORMAL_PERCENT);
        self.change_practice(|practising| *practising = practising.for_another_song());
        self.pointed.set(None);
        self.write.trouble.set(None);
        self.reset_faders();
    }

    /// The song's stems.
    pub fn stems(self) -> Option<Rc<StemFiles>> {
        self.inner.get_value().stems.borrow().clone()
    }

    /// Plays or pauses.
    pub fn toggle(self) {
        if self.playback.get_untracked().is_playing {
            self.pause();
        } else {
            self.with_player(Player::play);
        }
    }

    /// Stops where it is.
    pub fn pause(self) {
        self.inner.get_value().player.pause();
    }

    /// Solo on or off. Switched on at rest, it plays: from the source's next passage, if it is silent at the playhead.
    pub fn play_solo(self, source: Source, ranges_secs: &[[f32; 2]]) {
        self.toggle_solo(source);
        let now = self.playback.get_untracked();
        if now.is_playing || !self.soloed()[source] {
            return;
        }
        if playback::passage_at(ranges_secs, now.position_secs).is_none() {
            self.seek_next(ranges_secs);
        }
        self.with_player(Player::play);
    }

    /// The sources that are soloed.
    pub fn soloed(self) -> PerSource<bool> {
        self.faders.get_untracked().map(|fader| fader.is_soloed)
    }

    /// The gain of each source.
    pub fn gains(self) -> PerSource<f32> {
        playback::gains(&self.faders.get())
    }

    /// Moves the playhead.
    pub fn seek(self, position_secs: f64) {
        let last_secs = (self.duration_secs() - END_SECS).max(0.0);
        self.with_player(|player| player.seek(position_secs.clamp(0.0, last_secs)));
    }

    /// Moves the playhead forwards or back.
    pub fn seek_by(self, secs: f64) {
        self.seek(self.now_secs() + secs);
    }

    /// Moves to where the next passage begins, and after the last one to the first.
    pub fn seek_next(self, ranges_secs: &[[f32; 2]]) {
        if let Some(start_secs) = playback::next_start(ranges_secs, self.now_secs()) {
            self.seek(start_secs);
        }
    }

    /// Moves to where the current passage began or, if it has just begun, the one before.
    pub fn seek_previous(self, ranges_secs: &[[f32; 2]]) {
        self.seek(playback::previous_start(ranges_secs, self.now_secs()));
    }

    /// Repeats this region, or nothing; the playhead moves into it.
    pub fn set_loop(self, region: Option<LoopRegion>) {
        self.write.looped.set(region);
        self.with_player(|player| player.set_loop(region));
        if let Some(region) = region
            && !region.contains(self.now_secs())
        {
            self.seek(region.from_secs);
        }
    }

    /// Shows a region that is still being dragged; [`Self::set_loop`] repeats it.
    pub fn preview_loop(self, region: Option<LoopRegion>) {
        self.write.looped.set(region);
    }

    /// Repeats the passage under the playhead, or else the whole song; or stops repeating.
    pub fn toggle_loop(self, ranges_secs: &[[f32; 2]]) {
        if self.looped.get_untracked().is_some() {
            return self.set_loop(None);
        }
        let here = playback::passage_at(ranges_secs, self.now_secs());
        let [from_secs, to_secs] = here.unwrap_or([0.0, self.duration_secs()]);
        self.set_loop(LoopRegion::between(from_secs, to_secs));
    }

    /// Plays at another speed, one of [`playback::SPEEDS_PERCENT`]; the pitch stays.
    pub fn set_speed(self, percent: u32) {
        self.write.speed_percent.set(percent);
        self.with_player(|player| player.set_speed(percent));
    }

    /// Plays at the next faster speed, if there is one.
    pub fn faster(self) {
        if let Some(percent) = playback::faster(self.speed_percent.get_untracked()) {
            self.set_speed(percent);
        }
    }

    /// Plays at the next slower speed, if there is one.
    pub fn slower(self) {
        if let Some(percent) = playback::slower(self.speed_percent.get_untracked()) {
            self.set_speed(percent);
        }
    }

    /// The volume of everything together, 0 to 1.
    pub fn set_volume(self, volume: f32) {
        self.write.volume.set(volume);
        self.inner.get_value().player.set_volume(volume);
    }

    /// The song's length.
    pub fn duration_secs(self) -> f64 {
        self.inner.get_value().duration_secs.get()
    }

    /// Shows the lanes `factor` times closer, around the playhead.
    pub fn zoom(self, factor: f64) {
        let (around_secs, song_secs) = (self.now_secs(), self.duration_secs());
        self.write
            .window
            .update(|window| *window = window.zoomed(factor, around_secs, song_secs));
    }

    /// Whether the lanes show less than the whole song.
    pub fn is_zoomed(self) -> bool {
        self.window.get().length_secs() < TimeWindow::whole(self.duration_secs()).length_secs()
    }

    /// Turns zoomed lanes to where this moment is.
    pub fn show_moment(self, at_secs: f64) {
        let window = self.window.get_untracked();
        let turned = window.showing(at_secs, self.duration_secs());
        if turned != window {
            self.write.window.set(turned);
        }
    }

    /// Changes one source's fader.
    pub fn change_fader(self, source: Source, change: impl FnOnce(&mut Fader)) {
        self.write
            .faders
            .update(|faders| change(&mut faders[source]));
        self.apply_gains();
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
        self.write.faders.set(PerSource::default());
        self.apply_gains();
    }

    fn now_secs(self) -> f64 {
        self.playback.get_untracked().position_secs
    }

    fn apply_gains(self) {
        let gains = playback::gains(&self.faders.get_untracked());
        self.inner.get_value().player.set_gains(gains);
    }

    fn with_player(self, act: impl FnOnce(&Player) -> Result<(), PlatformError>) {
        let result = act(&self.inner.get_value().player);
        self.write.trouble.set(
            result
                .err()
                .map(|error| format!("The browser cannot play sound: {error}.")),
        );
    }
}

impl Default for PlayerState {
    fn default() -> Self {
        Self::new()
    }
}
