//! The library's queue: analyses one file after the other, and waits while the page analyses a song.
//!
//! One at a time, because one song keeps all of the engine's helpers busy: of the demo song's 16.5 s on two busy cores,
//! a second song at the same time could have saved 0.6 s. It would cost the memory of that song's decoded audio, more
//! than a gigabyte for an hour.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::state::{MyLibrary, QueueState, QueuedFile, SkippedFile};
use crate::{
    analysis::Analysis,
    catalogue::Track,
    web::{
        page::{
            job::{self, Step},
            session::Phase,
            song_names::Ends,
            words, working,
        },
        platform::{PlatformError, clock},
        worker::protocol::{Failure, FailureKind, JobOutput},
    },
};

/// A file on which the engine fails is tried once more, then skipped.
const ATTEMPTS: u32 = 2;

/// Why a file has not been added.
enum FileError {
    /// A song on the page needs the engine, or the visitor paused the queue.
    Interrupted,
    /// The library has it already.
    Known,
    /// The file cannot be analysed.
    Broken(String),
    /// The engine failed.
    Engine(Failure),
}

impl FileError {
    fn of(failure: Failure) -> Self {
        match failure.kind {
            FailureKind::Cancelled => Self::Interrupted,
            FailureKind::Input => Self::Broken(failure.message),
            _ => Self::Engine(failure),
        }
    }
}

impl MyLibrary {
    /// Analyses the files of the queue, unless that is under way already.
    pub(super) fn work(self) {
        if self.inner().is_working.replace(true) {
            return;
        }
        spawn_local(async move {
            while let Some(file) = self.next().await {
                self.process(file).await;
            }
            self.inner().is_working.set(false);
            self.report_end();
        });
    }

    /// The next file, once it may be analysed; `None` when the queue is empty.
    async fn next(self) -> Option<QueuedFile> {
        self.may_work().await;
        let file = self.inner().waiting.borrow_mut().pop_front();
        let name = file.as_ref().map(|file| file.name().to_owned());
        self.progress.update(|progress| {
            progress.current = name;
            progress.fraction = 0.0;
            progress.waiting = self.inner().waiting.borrow().len();
        });
        file
    }

    /// Waits while the queue is paused or the page analyses a song.
    async fn may_work(self) {
        while !self.is_free() {
            self.sleep().await;
        }
    }

    fn is_free(self) -> bool {
        let is_analysing = self.session.phase.with_untracked(Phase::is_working);
        !is_analysing && !self.is_paused.get_untracked()
    }

    /// Resumes the queue when it may continue.
    pub(super) fn watch_session(self) {
        let is_busy = self.session.is_analysing();
        Effect::new(move |_| {
            let is_paused = self.is_paused.get();
            self.progress.update(|progress| {
                progress.state = match (is_paused, is_busy.get()) {
                    (true, _) => QueueState::Paused,
                    (false, true) => QueueState::GivingWay,
                    (false, false) => QueueState::Working,
                };
            });
            if self.is_free() {
                self.wake();
            }
        });
    }

    async fn process(self, file: QueuedFile) {
        let round = self.inner().round.get();
        let result = self.analyse(&file).await;
        if self.inner().round.get() != round {
            // The visitor cancelled meanwhile.
            return;
        }
        match result {
            Ok(track) => self.add_analysed(file, track).await,
            Err(FileError::Known) => {
                self.progress.update(|progress| progress.known += 1);
                self.finish_file(&file, None).await;
            }
            Err(FileError::Interrupted) => self.put_back(file),
            Err(FileError::Broken(reason)) => self.skip(file, reason).await,
            Err(FileError::Engine(failure)) => self.engine_failed(file, failure).await,
        }
    }

    async fn analyse(self, file: &QueuedFile) -> Result<Track, FileError> {
        let unreadable =
            |error: PlatformError| FileError::Broken(format!("It could not be read: {error}."));
        let content = file.found.open().await.map_err(unreadable)?;
        let ends = Ends::read(&content).await.map_err(unreadable)?;
        if self.has(&ends.id()) {
            return Err(FileError::Known);
        }
        let began_secs = clock::now_secs();
        let analysis = self.measure(&content).await?;
        let inner = self.inner();
        let spent_secs = clock::now_secs() - began_secs;
        inner.spent_secs.set(inner.spent_secs.get() + spent_secs);
        let engine = self.session.engine();
        let described = ends.describe(&file.found.path, &analysis, &engine).await;
        described.map_err(FileError::of)
    }

    async fn measure(self, content: &web_sys::File) -> Result<Analysis, FileError> {
        let broken = |error: job::JobError| FileError::Broken(error.to_string());
        let (audio, is_cut_off) = job::decode_file(content).await.map_err(broken)?;
        if is_cut_off {
            return Err(FileError::Broken(format!("{}.", words::CUT_OFF)));
        }
        // Meanwhile the visitor may have opened a song, paused or cancelled.
        let round = self.inner().round.get();
        self.may_work().await;
        if self.inner().round.get() != round {
            return Err(FileError::Interrupted);
        }
        let engine = self.session.engine();
        let audio = job::decoded_again(audio, content);
        let finished = engine.analyse(audio, JobOutput::Numbers, move |progress| {
            self.progress.update(|shown| {
                shown.fraction = working::progress_share(Step::Engine(Some(progress)))
            });
        });
        let finished = finished.await.map_err(FileError::of)?;
        Ok(finished.analysis)
    }

    async fn add_analysed(self, file: QueuedFile, track: Track) {
        if !self.finish_file(&file, Some(&track)).await {
            self.is_paused.set(true);
            return self.put_back(file);
        }
        self.set_tracks
            .update(|tracks| Arc::make_mut(tracks).push(track));
        let spent_secs = self.inner().spent_secs.get();
        self.progress.update(|progress| {
            progress.done += 1;
            progress.secs_a_song = Some(spent_secs / progress.done as f64);
        });
    }

    async fn skip(self, file: QueuedFile, reason: String) {
        self.finish_file(&file, None).await;
        self.progress
            .update(|progress| progress.skipped.push(SkippedFile { file, reason }));
    }

    async fn engine_failed(self, file: QueuedFile, failure: Failure) {
        let attempts = file.attempts + 1;
        let file = QueuedFile { attempts, ..file };
        if failure.kind != FailureKind::Model && attempts >= ATTEMPTS {
            return self.skip(file, failure.message).await;
        }
        if failure.kind == FailureKind::Model {
            self.is_paused.set(true);
            self.notice.set(Some(failure.message));
        }
        self.put_back(file);
    }

    fn put_back(self, file: QueuedFile) {
        self.inner().waiting.borrow_mut().push_front(file);
    }
}
