//! L7: the page's state and what can be done to it; components read the signals and call the methods.

use std::{cell::Cell, rc::Rc, sync::Arc};

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;

use super::{
    job::{self, JobError, Outcome, Song, Step},
    library::{self, Library},
};
use crate::{
    catalogue::{Query, Track},
    source::{PerSource, Source},
    web::{
        platform::{
            clock, fetch, page,
            player::{Playback, Player},
        },
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

/// What the player plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The song as it is.
    Song,
    /// One part alone.
    Part(Source),
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
    /// Which sources songs are compared by.
    pub chosen: RwSignal<PerSource<bool>>,
    /// What the player has loaded.
    pub heard: RwSignal<Option<Heard>>,
    /// Where the player is.
    pub playback: RwSignal<Playback>,
    machinery: StoredValue<Rc<Machinery>, LocalStorage>,
}

struct Machinery {
    engine: EngineClient,
    player: Option<Player>,
    ticket: Cell<u32>,
}

impl Studio {
    /// An empty studio; nothing is loaded yet.
    pub fn new() -> Self {
        let engine_status = RwSignal::new(EngineStatus::Cold);
        let playback = RwSignal::new(Playback::default());
        let preference =
            DevicePreference::from_parameter(page::query_parameter("device").as_deref());
        let machinery = Machinery {
            engine: EngineClient::new(preference, move |status| engine_status.set(status)),
            // Without an audio element (never seen) the page is silent but whole.
            player: Player::new(move |now| playback.set(now)).ok(),
            ticket: Cell::new(0),
        };
        Self {
            phase: RwSignal::new(Phase::Idle),
            engine_status,
            library: RwSignal::new(Library::Loading),
            my_tracks: RwSignal::default(),
            chosen: RwSignal::new(PerSource([true; Source::COUNT])),
            heard: RwSignal::new(None),
            playback,
            machinery: StoredValue::new_local(Rc::new(machinery)),
        }
    }

    fn machinery(&self) -> Rc<Machinery> {
        self.machinery.get_value()
    }

    /// The page's one engine.
    pub fn engine(self) -> EngineClient {
        self.machinery().engine.clone()
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
            match fetch::fetch_blob(DEMO, "audio/ogg", |_| ()).await {
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

    /// Plays this, or pauses it; another part goes on where this one is.
    pub fn toggle(self, heard: Heard) {
        let machinery = self.machinery();
        let Some(player) = &machinery.player else {
            return;
        };
        let playback = self.playback.get_untracked();
        match (
            self.heard.get_untracked() == Some(heard),
            playback.is_playing,
        ) {
            (true, true) => player.pause(),
            (true, false) => player.resume(),
            (false, _) => {
                let Some(url) = self.url(heard) else { return };
                self.heard.set(Some(heard));
                player.play(&url, playback.position_secs);
            }
        }
    }

    /// Moves the player.
    pub fn seek(self, position_secs: f64) {
        let machinery = self.machinery();
        if let (Some(_), Some(player)) = (self.heard.get_untracked(), &machinery.player) {
            player.seek(position_secs);
        }
        self.playback
            .update(|playback| playback.position_secs = position_secs);
    }

    /// Whether this is being heard now.
    pub fn is_heard(self, heard: Heard) -> bool {
        self.playback.get().is_playing && self.heard.get() == Some(heard)
    }

    /// Switches a source on or off in the comparison.
    pub fn toggle_source(self, source: Source) {
        self.chosen
            .update(|chosen| chosen[source] = !chosen[source]);
    }

    /// The comparison as the visitor set it, for a result.
    pub fn query(self, outcome: &Outcome) -> Query {
        Query {
            prominence: outcome.analysis.prominence,
            weights: self.chosen.get().map(|is_on| if is_on { 1.0 } else { 0.0 }),
        }
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
        let outcome = job::run(song, self.machinery().engine.clone(), on_step).await;
        self.finish(ticket, phase_after(name, outcome));
    }

    fn finish(self, ticket: u32, phase: Phase) {
        match self.is_current(ticket) {
            true => self.phase.set(phase),
            false => free(&phase),
        }
    }

    fn begin(self, name: &str) -> u32 {
        let ticket = self.next_ticket();
        self.machinery().engine.cancel();
        self.leave_result();
        self.phase.set(Phase::Working {
            name: name.to_owned(),
            step: Step::Decoding,
        });
        ticket
    }

    fn leave_result(self) {
        if let Some(player) = &self.machinery().player {
            player.unload();
        }
        self.heard.set(None);
        self.playback.set(Playback::default());
        self.phase.with_untracked(free);
    }

    fn url(self, heard: Heard) -> Option<String> {
        self.phase.with_untracked(|phase| match (phase, heard) {
            (Phase::Done(outcome), Heard::Song) => Some(outcome.song_url.clone()),
            (Phase::Done(outcome), Heard::Part(source)) => Some(outcome.part_urls[source].clone()),
            _ => None,
        })
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

/// Frees the sound files of a result that is not shown any more.
fn free(phase: &Phase) {
    if let Phase::Done(outcome) = phase {
        page::revoke_url(&outcome.song_url);
        outcome
            .part_urls
            .iter()
            .for_each(|(_, url)| page::revoke_url(url));
    }
}

/// A song from a file of the visitor's.
pub fn song_of(file: &web_sys::File) -> Song {
    Song {
        name: file.name(),
        file: Blob::from(file.clone()),
    }
}
