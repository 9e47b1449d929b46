//! L7: the page's state and what can be done to it; components read the signals and call the methods.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use super::{
    desk::Desk,
    job::{self, JobError, Outcome, Song, Step},
    library::{self, Library},
};
use crate::{
    analysis::Analysis,
    catalogue::Track,
    web::{
        platform::{clock, fetch, page},
        worker::{
            client::{EngineClient, EngineStatus},
            protocol::DevicePreference,
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
    Done(Arc<Outcome>),
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

/// State and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct Studio {
    /// What the page shows.
    pub phase: RwSignal<Phase>,
    /// How far the engine is.
    pub engine_status: RwSignal<EngineStatus>,
    /// The songs to recommend from.
    pub library: RwSignal<Library>,
    /// The visitor's own songs, to recommend from as well: filled by the library of their own.
    pub my_tracks: RwSignal<Arc<Vec<Track>>>,
    /// What is heard.
    pub desk: Desk,
    machinery: StoredValue<Rc<Machinery>, LocalStorage>,
}

struct Machinery {
    engine: EngineClient,
    ticket: Cell<u32>,
    /// The song that was finished last.
    song: RefCell<Option<Song>>,
}

impl Studio {
    /// An empty studio; nothing is loaded yet.
    pub fn new() -> Self {
        let engine_status = RwSignal::new(EngineStatus::Cold);
        let preference =
            DevicePreference::from_parameter(page::query_parameter("device").as_deref());
        let machinery = Machinery {
            engine: EngineClient::new(preference, move |status| engine_status.set(status)),
            ticket: Cell::new(0),
            song: RefCell::default(),
        };
        Self {
            phase: RwSignal::new(Phase::Idle),
            engine_status,
            library: RwSignal::new(Library::Loading),
            my_tracks: RwSignal::default(),
            desk: Desk::new(),
            machinery: StoredValue::new_local(Rc::new(machinery)),
        }
    }

    /// The page's engine.
    pub fn engine(self) -> EngineClient {
        self.machinery().engine.clone()
    }

    /// Whether a song's result is on the page.
    pub fn has_song(self) -> Memo<bool> {
        Memo::new(move |_| matches!(self.phase.get(), Phase::Done(_)))
    }

    /// The song on the page, and what was found in it.
    pub fn open_song(self) -> Option<(Song, Analysis)> {
        let song = self.machinery().song.borrow().clone();
        match self.phase.get_untracked() {
            Phase::Done(outcome) => song.map(|song| (song, outcome.analysis.clone())),
            _ => None,
        }
    }

    fn machinery(&self) -> Rc<Machinery> {
        self.machinery.get_value()
    }

    /// Loads catalogue and engine once the page is painted and idle.
    pub fn load_when_idle(self) {
        clock::when_idle(move || {
            spawn_local(async move {
                self.library.set(library::load().await);
                // A failure is in the status, and the first song tries again.
                drop(self.machinery().engine.open().await);
            });
        });
    }

    /// Analyses a song, giving up whatever is under way.
    pub fn analyse(self, song: Song) {
        let ticket = self.begin(&song.name);
        spawn_local(self.follow(ticket, song));
    }

    /// Fetches the demo song and analyses it.
    pub fn analyse_demo(self) {
        const NAME: &str = "Demo song";
        let ticket = self.begin(NAME);
        spawn_local(async move {
            match fetch::fetch_blob(DEMO, "audio/ogg").await {
                Ok(file) => {
                    let name = NAME.to_owned();
                    self.follow(ticket, Song { name, file }).await;
                }
                Err(error) => self.finish(
                    ticket,
                    Phase::Failed {
                        name: NAME.to_owned(),
                        message: format!("The demo song is missing: {error}."),
                        advice: "A song of your own will do.",
                    },
                ),
            }
        });
    }

    /// Gives up what is under way.
    pub fn cancel(self) {
        self.next_ticket();
        self.machinery().engine.cancel();
        self.phase.set(Phase::Idle);
        clock::after_millis(0, || page::focus("main"));
    }

    async fn follow(self, ticket: u32, song: Song) {
        let name = song.name.clone();
        let on_step = {
            let name = name.clone();
            move |step| {
                if self.is_current(ticket) {
                    let name = name.clone();
                    self.phase.set(Phase::Working { name, step });
                }
            }
        };
        let outcome = job::run(song.clone(), self.machinery().engine.clone(), on_step).await;
        let outcome = outcome.map(|(outcome, stems)| {
            if self.is_current(ticket) {
                self.desk.load(stems);
                self.machinery().song.replace(Some(song));
            }
            outcome
        });
        self.finish(ticket, phase_after(name, outcome));
    }

    fn finish(self, ticket: u32, phase: Phase) {
        if self.is_current(ticket) {
            self.phase.set(phase);
        }
    }

    fn begin(self, name: &str) -> u32 {
        let ticket = self.next_ticket();
        self.machinery().engine.cancel();
        self.desk.load(None);
        self.phase.set(Phase::Working {
            name: name.to_owned(),
            step: Step::Decoding,
        });
        ticket
    }

    fn next_ticket(self) -> u32 {
        let machinery = self.machinery();
        machinery.ticket.set(machinery.ticket.get() + 1);
        machinery.ticket.get()
    }

    fn is_current(self, ticket: u32) -> bool {
        self.machinery().ticket.get() == ticket
    }
}

impl Default for Studio {
    fn default() -> Self {
        Self::new()
    }
}

fn phase_after(name: String, outcome: Result<Outcome, JobError>) -> Phase {
    match outcome {
        Ok(outcome) => Phase::Done(Arc::new(outcome)),
        Err(error) if error.is_cancelled() => Phase::Idle,
        Err(error) => Phase::Failed {
            name,
            message: error.to_string(),
            advice: error.advice(),
        },
    }
}

/// A song from a file of the visitor's.
pub fn song_of(file: &web_sys::File) -> Song {
    Song {
        name: file.name(),
        file: Blob::from(file.clone()),
    }
}
