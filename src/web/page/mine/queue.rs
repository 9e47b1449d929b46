//! L7: the library's work: one file after the other, giving way to a song that the visitor listens to, and going on
//! where it was.
//!
//! One at a time, because a song's tiles keep all of the engine's helpers at work already: of the demo song's 16.5 s on
//! two busy cores, decoding and whatever else a second song could fill took 0.6 s. It would cost that song's decoded
//! sound, which for an hour is more than a gigabyte.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{
    describe::Ends,
    state::{File, MyLibrary, State, Trouble},
};
use crate::{
    analysis::Analysis,
    catalogue::Track,
    web::{
        page::{
            job::{self, Step},
            studio::Phase,
            working,
        },
        platform::{PlatformError, clock},
        worker::protocol::{Failure, FailureKind, Wanted},
    },
};

/// A file at which the engine breaks is tried once more; then it is the file's fault.
const ATTEMPTS: u32 = 2;

/// Why a file has not become a song.
enum Stop {
    /// Somebody else needs the engine, or the visitor wants a pause.
    Interrupted,
    /// The library has it.
    Known,
    /// The file's fault.
    Broken(String),
    /// The engine's.
    Engine(Failure),
}

impl Stop {
    fn of(failure: Failure) -> Self {
        match failure.kind {
            FailureKind::Cancelled => Self::Interrupted,
            FailureKind::Input => Self::Broken(failure.message),
            _ => Self::Engine(failure),
        }
    }
}

impl MyLibrary {
    /// Works until nothing waits, unless somebody does so already.
    pub(super) fn work(self) {
        if self.machinery().is_working.replace(true) {
            return;
        }
        spawn_local(async move {
            while let Some(file) = self.next().await {
                self.deal_with(file).await;
            }
            self.machinery().is_working.set(false);
            self.tell_end();
        });
    }

    /// The next file, once it may be worked on; `None` when none is left.
    async fn next(self) -> Option<File> {
        self.may_work().await;
        let file = self.machinery().waiting.borrow_mut().pop_front();
        let name = file.as_ref().map(|file| file.name().to_owned());
        self.progress.update(|progress| {
            progress.current = name;
            progress.fraction = 0.0;
            progress.waiting = self.machinery().waiting.borrow().len();
        });
        file
    }

    /// Waits while the library is paused or has to give way.
    async fn may_work(self) {
        while !self.is_free() {
            self.sleep().await;
        }
    }

    fn is_free(self) -> bool {
        let is_listening = self
            .studio
            .phase
            .with_untracked(|phase| matches!(phase, Phase::Working { .. }));
        !is_listening && !self.is_paused.get_untracked()
    }

    /// Wakes the work when it may go on; for as long as the page is open.
    pub(super) fn watch_studio(self) {
        let is_busy = Memo::new(move |_| {
            self.studio
                .phase
                .with(|phase| matches!(phase, Phase::Working { .. }))
        });
        Effect::new(move |_| {
            let is_paused = self.is_paused.get();
            self.progress.update(|progress| {
                progress.state = match (is_paused, is_busy.get()) {
                    (true, _) => State::Paused,
                    (false, true) => State::GivingWay,
                    (false, false) => State::Working,
                };
            });
            if self.is_free() {
                self.wake();
            }
        });
    }

    async fn deal_with(self, file: File) {
        let round = self.machinery().round.get();
        let outcome = self.song_of(&file).await;
        if self.machinery().round.get() != round {
            // The visitor has given everything up meanwhile.
            return;
        }
        match outcome {
            Ok(track) => self.take_in(file, track).await,
            Err(Stop::Known) => {
                self.progress.update(|progress| progress.known += 1);
                self.settle(&file, None).await;
            }
            Err(Stop::Interrupted) => self.put_back(file),
            Err(Stop::Broken(reason)) => self.skip(file, reason).await,
            Err(Stop::Engine(failure)) => self.engine_failed(file, failure).await,
        }
    }

    async fn song_of(self, file: &File) -> Result<Track, Stop> {
        let unreadable =
            |error: PlatformError| Stop::Broken(format!("It could not be read: {error}."));
        let content = file.found.open().await.map_err(unreadable)?;
        let ends = Ends::read(&content).await.map_err(unreadable)?;
        if self.has(&ends.id()) {
            return Err(Stop::Known);
        }
        let began_secs = clock::now_secs();
        let analysis = self.measure(&content).await?;
        let machinery = self.machinery();
        let spent_secs = clock::now_secs() - began_secs;
        machinery
            .spent_secs
            .set(machinery.spent_secs.get() + spent_secs);
        let engine = self.studio.engine();
        let described = ends.describe(&file.found.path, &analysis, &engine).await;
        described.map_err(Stop::of)
    }

    async fn measure(self, content: &web_sys::File) -> Result<Analysis, Stop> {
        let broken = |error: job::JobError| Stop::Broken(error.to_string());
        let (audio, is_cut_off) = job::decode_file(content).await.map_err(broken)?;
        if is_cut_off {
            return Err(Stop::Broken("Its end is missing.".to_owned()));
        }
        // While it was decoded the visitor may have come back, or thought better of it.
        let round = self.machinery().round.get();
        self.may_work().await;
        if self.machinery().round.get() != round {
            return Err(Stop::Interrupted);
        }
        let engine = self.studio.engine();
        let finished = engine.analyse(&audio, Wanted::Numbers, move |progress| {
            self.progress
                .update(|shown| shown.fraction = working::inked(Step::Engine(Some(progress))));
        });
        let finished = finished.await.map_err(Stop::of)?;
        Ok(finished.analysis)
    }

    async fn take_in(self, file: File, track: Track) {
        if !self.settle(&file, Some(&track)).await {
            self.is_paused.set(true);
            return self.put_back(file);
        }
        self.studio
            .my_tracks
            .update(|tracks| std::sync::Arc::make_mut(tracks).push(track));
        let spent_secs = self.machinery().spent_secs.get();
        self.progress.update(|progress| {
            progress.done += 1;
            progress.secs_a_song = Some(spent_secs / progress.done as f64);
        });
    }

    async fn skip(self, file: File, reason: String) {
        self.settle(&file, None).await;
        self.progress
            .update(|progress| progress.skipped.push(Trouble { file, reason }));
    }

    async fn engine_failed(self, file: File, failure: Failure) {
        let attempts = file.attempts + 1;
        let file = File { attempts, ..file };
        if failure.kind != FailureKind::Model && attempts >= ATTEMPTS {
            return self.skip(file, failure.message).await;
        }
        if failure.kind == FailureKind::Model {
            self.is_paused.set(true);
            self.notice.set(Some(failure.message));
        }
        self.put_back(file);
    }

    fn put_back(self, file: File) {
        self.machinery().waiting.borrow_mut().push_front(file);
    }
}
