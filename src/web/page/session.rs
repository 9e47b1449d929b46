//! The session: the song being analysed, the engine that analyses it, and the way from its result to recommendations.
//!
//! Components read the signals and call the methods; only this module writes them.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use super::{
    discover::Discovery,
    job::{self, AnalysedSong, FinishedSong, JobError, JobListener, SongFile, Step},
    last_song,
    player::PlayerState,
    practise::PracticeStorage,
    route::{Route, Router},
    waveform::LEVELS,
};
use crate::{
    analysis::Analysis,
    web::{
        platform::{clock, fetch, page, waveform},
        worker::{
            client::{EngineClient, EngineStatus, MusicToCome},
            engine_kind::DevicePreference,
        },
    },
};

const DEMO: &str = "demo.ogg";

/// What the page shows.
#[derive(Clone, Debug)]
pub enum Phase {
    /// Waiting for a song.
    Idle,
    /// Busy with one.
    Working {
        /// Name of the file.
        name: String,
        /// What it is going through.
        step: Step,
    },
    /// A result.
    Done(Arc<AnalysedSong>),
    /// No result.
    Failed {
        /// Name of the file.
        name: String,
        /// Why.
        message: String,
        /// What to do about it.
        advice: &'static str,
    },
}

impl Phase {
    /// Whether a song is being analysed.
    pub fn is_working(&self) -> bool {
        matches!(self, Self::Working { .. })
    }
}

/// State and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct Session {
    /// What the page shows.
    pub phase: ReadSignal<Phase>,
    /// Levels of the song that is being analysed, once it is decoded.
    pub waveform: ReadSignal<Arc<Vec<f32>>>,
    /// How far the engine is.
    pub engine_status: ReadSignal<EngineStatus>,
    set_phase: WriteSignal<Phase>,
    set_waveform: WriteSignal<Arc<Vec<f32>>>,
    router: Router,
    player: PlayerState,
    discovery: Discovery,
    practice_storage: PracticeStorage,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

struct Inner {
    engine: EngineClient,
    /// Number of the current analysis: the result of an older one is dropped.
    ticket: Cell<u32>,
    /// The song that was finished last.
    file: RefCell<Option<SongFile>>,
}

impl Session {
    /// A session without a song; the engine is not loaded yet.
    pub fn new(
        router: Router,
        player: PlayerState,
        discovery: Discovery,
        practice_storage: PracticeStorage,
    ) -> Self {
        let (phase, set_phase) = signal(Phase::Idle);
        let (waveform, set_waveform) = signal(Arc::default());
        let (engine_status, set_engine_status) = signal(EngineStatus::Cold);
        let preference =
            DevicePreference::from_parameter(page::query_parameter("device").as_deref());
        let inner = Inner {
            engine: EngineClient::new(preference, move |status| set_engine_status.set(status)),
            ticket: Cell::new(0),
            file: RefCell::default(),
        };
        Self {
            phase,
            waveform,
            engine_status,
            set_phase,
            set_waveform,
            router,
            player,
            discovery,
            practice_storage,
            inner: StoredValue::new_local(Rc::new(inner)),
        }
    }

    /// The page's engine.
    pub fn engine(self) -> EngineClient {
        self.inner().engine.clone()
    }

    /// Whether a song's result is shown, and its file at hand.
    pub fn shows_file(self) -> Memo<bool> {
        Memo::new(move |_| match self.phase.get() {
            Phase::Done(song) => !song.is_restored && self.router.route.get() == Route::Song,
            _ => false,
        })
    }

    /// Whether a song is being analysed.
    pub fn is_analysing(self) -> Memo<bool> {
        Memo::new(move |_| self.phase.with(Phase::is_working))
    }

    /// The song on the page, and its analysis.
    pub fn open_song(self) -> Option<(SongFile, Analysis)> {
        let file = self.inner().file.borrow().clone();
        match self.phase.get_untracked() {
            Phase::Done(song) => file.map(|file| (file, song.analysis.clone())),
            _ => None,
        }
    }

    /// Analyses a song, cancelling the analysis that is under way.
    pub fn analyse(self, file: SongFile) {
        let ticket = self.begin(&file.name);
        spawn_local(self.follow(ticket, file));
    }

    /// Fetches the demo song and analyses it.
    pub fn analyse_demo(self) {
        const NAME: &str = "Demo song";
        let ticket = self.begin(NAME);
        spawn_local(async move {
            match fetch::fetch_blob(DEMO, "audio/ogg").await {
                Ok(content) => {
                    let name = NAME.to_owned();
                    self.follow(ticket, SongFile { name, content }).await;
                }
                Err(error) => self.finish(
                    ticket,
                    Phase::Failed {
                        name: NAME.to_owned(),
                        message: format!("The demo song is missing: {error}."),
                        advice: "Choose a song of your own instead.",
                    },
                ),
            }
        });
    }

    /// Gives up what is under way.
    pub fn cancel(self) {
        self.abandon();
        match self.router.route.get_untracked() {
            Route::Search => self.discovery.enter(Route::Search),
            Route::Start | Route::Song => self.router.replace(Route::Start),
        }
        clock::after_millis(0, || page::focus("main"));
    }

    /// Shows the analysis of an earlier visit.
    pub fn restore(self, song: AnalysedSong) {
        self.inner().file.replace(None);
        self.practice_storage.close();
        self.player
            .load(None, f64::from(song.analysis.duration_secs));
        self.practice_storage.open(&song);
        self.show(Arc::new(song));
    }

    /// Leaves the view: what is under way is given up, words on a failed song go, and the player pauses. A finished song
    /// stays, so that going forward shows it again.
    pub fn leave_view(self) {
        self.player.pause();
        match self.phase.get_untracked() {
            Phase::Working { .. } => self.abandon(),
            Phase::Failed { .. } => self.set_phase.set(Phase::Idle),
            Phase::Idle | Phase::Done(_) => {}
        }
    }

    fn abandon(self) {
        self.next_ticket();
        self.inner().engine.cancel();
        self.set_phase.set(Phase::Idle);
    }

    fn show(self, song: Arc<AnalysedSong>) {
        self.router.go(Route::Song);
        self.discovery.recommend_for(&song);
        self.set_phase.set(Phase::Done(song));
    }

    fn inner(&self) -> Rc<Inner> {
        self.inner.get_value()
    }

    async fn follow(self, ticket: u32, file: SongFile) {
        let name = file.name.clone();
        let listener = self.listener(ticket, &name);
        let result = job::run(file.clone(), self.inner().engine.clone(), listener).await;
        let result = result.map(|FinishedSong { song, stems, music }| {
            if self.is_current(ticket) {
                self.player
                    .load(stems, f64::from(song.analysis.duration_secs));
                self.inner().file.replace(Some(file));
                self.practice_storage.open(&song);
                spawn_local(self.add_music(ticket, song.clone(), music));
            }
            song
        });
        self.finish(ticket, phase_after(name, result));
    }

    /// Beats and chords come after the result, and are kept with it.
    async fn add_music(self, ticket: u32, song: AnalysedSong, music: Option<MusicToCome>) {
        let music = match music {
            Some(music) => music.await.ok().flatten(),
            None => None,
        };
        if !self.is_current(ticket) {
            return;
        }
        let song = music.as_deref().map(|music| song.with_music(music));
        self.practice_storage.set_music(music);
        if let Some(song) = song {
            // As in `finish`.
            last_song::save(&song).await.ok();
        }
    }

    fn listener(self, ticket: u32, name: &str) -> JobListener {
        let name = name.to_owned();
        JobListener {
            on_step: Box::new(move |step| {
                if self.is_current(ticket) {
                    let name = name.clone();
                    self.set_phase.set(Phase::Working { name, step });
                }
            }),
            on_decoded: Box::new(move |audio| {
                if self.is_current(ticket) {
                    let levels = waveform::levels(audio, LEVELS);
                    self.set_waveform.set(Arc::new(levels));
                }
            }),
        }
    }

    fn finish(self, ticket: u32, phase: Phase) {
        if !self.is_current(ticket) {
            return;
        }
        match phase {
            Phase::Done(song) => {
                self.show(Arc::clone(&song));
                spawn_local(async move {
                    // Where nothing can be stored, the next visit has nothing to go on with.
                    last_song::save(&song).await.ok();
                });
            }
            phase => self.set_phase.set(phase),
        }
    }

    fn begin(self, name: &str) -> u32 {
        let ticket = self.next_ticket();
        self.inner().engine.cancel();
        self.practice_storage.close();
        self.player.load(None, 0.0);
        self.discovery.leave(self.router.route.get_untracked());
        self.discovery.clear();
        self.set_waveform.set(Arc::default());
        self.set_phase.set(Phase::Working {
            name: name.to_owned(),
            step: Step::Decoding,
        });
        ticket
    }

    fn next_ticket(self) -> u32 {
        let inner = self.inner();
        inner.ticket.set(inner.ticket.get() + 1);
        inner.ticket.get()
    }

    fn is_current(self, ticket: u32) -> bool {
        self.inner().ticket.get() == ticket
    }
}

fn phase_after(name: String, result: Result<AnalysedSong, JobError>) -> Phase {
    match result {
        Ok(song) => Phase::Done(Arc::new(song)),
        Err(error) if error.is_cancelled() => Phase::Idle,
        Err(error) => Phase::Failed {
            name,
            message: error.to_string(),
            advice: error.advice(),
        },
    }
}

/// A song from one of the visitor's files.
pub fn song_file(file: &web_sys::File) -> SongFile {
    SongFile {
        name: file.name(),
        content: Blob::from(file.clone()),
    }
}
