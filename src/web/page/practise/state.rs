//! What is known of the song's beats, key, chords and sections, and the visitor's corrections.
//!
//! Components read the signals and call the methods; only this module writes them.

use std::sync::Arc;

use leptos::prelude::*;

use crate::{
    music::{BeatGrid, Chord, GridError, Music, Section, Span},
    playback::{LoopRegion, NamedLoop, SavedPractice, Unit},
    web::{page::player::PlayerState, platform::clock},
};

/// Taps further apart than this begin a new count: slower than any music.
const PAUSE_SECS: f64 = 3.0;

/// Whether the engine has found beats and chords.
#[derive(Clone, Debug, Default)]
pub enum Finding {
    /// There is no song, or the engine could not say.
    #[default]
    Nothing,
    /// It is at work on it.
    Pending,
    /// It has.
    Found(Arc<Music>),
}

/// State and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct Practice {
    /// What the engine found.
    pub finding: ReadSignal<Finding>,
    /// Whether the visitor has opened the practice panel; loops snap to bars only then.
    pub is_open: RwSignal<bool>,
    /// What the ends of loops snap to.
    pub unit: RwSignal<Option<Unit>>,
    /// The chords, with the visitor's corrections.
    pub chords: ReadSignal<Arc<Vec<Span>>>,
    /// Loops that the visitor keeps.
    pub loops: RwSignal<Vec<NamedLoop>>,
    /// The fret of the visitor's capo, 0 for none.
    pub capo: RwSignal<i32>,
    /// Why a tempo could not be taken, if so.
    pub trouble: ReadSignal<Option<String>>,
    pub(super) player: PlayerState,
    /// What was kept of the song; its beats and chords wait here until the engine has found its own.
    pub(super) kept: StoredValue<SavedPractice>,
    set_finding: WriteSignal<Finding>,
    set_chords: WriteSignal<Arc<Vec<Span>>>,
    set_trouble: WriteSignal<Option<String>>,
    taps_secs: StoredValue<Vec<f64>>,
}

impl Practice {
    /// Without a song.
    pub fn new(player: PlayerState) -> Self {
        let (finding, set_finding) = signal(Finding::Nothing);
        let (chords, set_chords) = signal(Arc::default());
        let (trouble, set_trouble) = signal(None);
        let is_open = RwSignal::new(false);
        let unit = RwSignal::new(Some(Unit::Bar));
        Effect::new(move |_| player.snaps_to.set(unit.get().filter(|_| is_open.get())));
        Self {
            finding,
            is_open,
            unit,
            chords,
            loops: RwSignal::default(),
            capo: RwSignal::new(0),
            trouble,
            player,
            kept: StoredValue::default(),
            set_finding,
            set_chords,
            set_trouble,
            taps_secs: StoredValue::default(),
        }
    }

    /// Another song is on the page, or none; what the engine says of it comes later.
    pub fn expect(self, finding: Finding) {
        self.taps_secs.set_value(Vec::new());
        self.set_trouble.set(None);
        self.kept.set_value(SavedPractice::default());
        self.loops.set(Vec::new());
        self.capo.set(0);
        self.set_chords.set(Arc::default());
        self.set_finding.set(finding);
    }

    /// Takes what the engine found, except what the visitor has corrected before.
    pub fn found(self, music: Arc<Music>) {
        let kept = self.kept.get_value();
        // Beats that were tapped while the engine was still looking stay.
        let tapped = self
            .player
            .grid_untracked()
            .map(|grid| BeatGrid::clone(&grid));
        self.set_grid(tapped.or(kept.grid).or_else(|| music.grid.clone()));
        let chords = kept.chords.unwrap_or_else(|| music.chords.clone());
        self.set_chords.set(Arc::new(chords));
        self.set_finding.set(Finding::Found(music));
    }

    /// The engine could not say.
    pub fn not_found(self) {
        self.set_finding.set(Finding::Nothing);
    }

    /// Takes what was kept of the song at an earlier visit.
    pub(super) fn restore(self, kept: SavedPractice) {
        let is_found = matches!(self.finding.get_untracked(), Finding::Found(_));
        if let Some(grid) = kept.grid.clone().filter(|_| is_found) {
            self.set_grid(Some(grid));
        }
        if let Some(chords) = kept.chords.clone().filter(|_| is_found) {
            self.set_chords.set(Arc::new(chords));
        }
        self.loops.set(kept.loops.clone());
        self.capo.set(kept.capo);
        self.kept.set_value(kept);
    }

    /// Keeps what is repeated now, under a name to be changed.
    pub fn keep_loop(self, region: LoopRegion) {
        self.loops.update(|loops| {
            let name = format!("Loop {}", loops.len() + 1);
            loops.push(NamedLoop { name, region });
        });
    }

    /// What was found, once it is.
    pub fn music(self) -> Option<Arc<Music>> {
        match self.finding.get() {
            Finding::Found(music) => Some(music),
            Finding::Nothing | Finding::Pending => None,
        }
    }

    /// The song's sections, once they are found.
    pub fn sections(self) -> Vec<Section> {
        self.music()
            .map_or_else(Vec::new, |music| music.sections.clone())
    }

    /// The section that this moment is in.
    pub fn section_at(self, at_secs: f64) -> Option<Section> {
        let mut sections = self.sections().into_iter();
        sections.find(|section| (section.start_secs..section.end_secs).contains(&at_secs))
    }

    /// The index of the chord at this moment.
    pub fn chord_at(self, at_secs: f64) -> Option<usize> {
        let holds = |span: &Span| (span.start_secs..span.end_secs).contains(&at_secs);
        self.chords.with(|chords| chords.iter().position(holds))
    }

    /// Puts the chord at this place right.
    pub fn correct_chord(self, place: usize, chord: Chord) {
        self.set_chords.update(|chords| {
            if let Some(span) = Arc::make_mut(chords).get_mut(place) {
                span.chord = Some(chord);
            }
        });
    }

    /// The beats and the chords, where the visitor has put any right.
    pub(super) fn corrections(self) -> (Option<BeatGrid>, Option<Vec<Span>>) {
        let Some(music) = self.music() else {
            return (None, None);
        };
        let grid = self.player.grid().map(|grid| BeatGrid::clone(&grid));
        let chords = self.chords.get();
        (
            grid.filter(|grid| music.grid.as_ref() != Some(grid)),
            (*chords != music.chords).then(|| chords.to_vec()),
        )
    }

    /// The song's length.
    pub fn duration_secs(self) -> f64 {
        self.player.duration_secs()
    }

    /// Whether the beats are other ones than those found.
    pub fn is_corrected(self) -> bool {
        let found = self.music().and_then(|music| music.grid.clone());
        self.player.grid().as_deref() != found.as_ref()
    }

    /// Back to the beats as they were found.
    pub fn undo_corrections(self) {
        self.set_grid(self.music().and_then(|music| music.grid.clone()));
    }

    /// Puts the beats right.
    pub fn correct(self, change: impl FnOnce(&BeatGrid) -> Result<BeatGrid, GridError>) {
        if let Some(grid) = self.player.grid_untracked() {
            self.take(change(&grid));
        }
    }

    /// Even beats at a typed tempo, with a bar where one began near the playhead.
    pub fn set_bpm(self, bpm: f64) {
        let at_secs = self.player.exact_secs();
        let anchor_secs = match self.player.grid_untracked() {
            Some(grid) => grid.nearest_bar_secs(at_secs),
            None => at_secs,
        };
        let grid = BeatGrid::even(bpm, anchor_secs, self.player.duration_secs());
        self.take(grid.map(|grid| self.with_same_bars(&grid, anchor_secs)));
    }

    /// Clicks along, or stops, where the beats are known.
    pub fn toggle_click(self) {
        if self.player.grid_untracked().is_some() {
            self.player
                .change_practice(|practising| practising.clicks = !practising.clicks);
        }
    }

    /// Performs a key's command; false if it has none.
    pub fn perform(self, key: &str) -> bool {
        match key {
            "c" => self.toggle_click(),
            "t" => self.tap(),
            "{" => self.player.lengthen_loop(-1),
            "}" => self.player.lengthen_loop(1),
            "," => self.player.transpose(-1),
            "." => self.player.transpose(1),
            _ => return false,
        }
        true
    }

    /// A tap on the beat: from the second one on, the beats are those of the taps.
    pub fn tap(self) {
        let is_playing = self.player.playback.get_untracked().is_playing;
        // While it plays, a tap is a moment of the song; at rest only the tempo can be tapped.
        let now_secs = match is_playing {
            true => self.player.exact_secs(),
            false => clock::now_secs(),
        };
        let mut taps_secs = self.taps_secs.get_value();
        let goes_on = |last: &f64| (0.0..PAUSE_SECS).contains(&(now_secs - last));
        if !taps_secs.last().is_some_and(goes_on) {
            taps_secs.clear();
        }
        taps_secs.push(now_secs);
        let [first, .., last] = taps_secs[..] else {
            return self.taps_secs.set_value(taps_secs);
        };
        if is_playing {
            let grid = BeatGrid::tapped(&taps_secs, self.player.duration_secs());
            self.take(grid.map(|grid| self.with_same_bars(&grid, first)));
        } else {
            let period_secs = (last - first) / (taps_secs.len() - 1) as f64;
            // A tenth of a beat a minute is more than fingers can do.
            self.set_bpm((600.0 / period_secs).round() / 10.0);
        }
        self.taps_secs.set_value(taps_secs);
    }

    /// New beats in bars of as many as before, one of which begins near this moment.
    fn with_same_bars(self, grid: &BeatGrid, at_secs: f64) -> BeatGrid {
        let former = self.player.grid_untracked();
        let beats_per_bar = former.map_or(grid.beats_per_bar, |former| former.beats_per_bar);
        grid.with_beats_per_bar(beats_per_bar).with_bar_at(at_secs)
    }

    fn take(self, grid: Result<BeatGrid, GridError>) {
        match grid {
            Ok(grid) => {
                self.set_trouble.set(None);
                self.set_grid(Some(grid));
            }
            Err(error) => self
                .set_trouble
                .set(Some(format!("That did not work: {error}."))),
        }
    }

    fn set_grid(self, grid: Option<BeatGrid>) {
        self.player
            .change_practice(|practising| practising.grid = grid.map(Arc::new));
    }
}
