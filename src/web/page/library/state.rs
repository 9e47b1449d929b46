//! The library's state: its songs, the queue of files still to be analysed, and what changes them.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    sync::Arc,
};

use futures_channel::oneshot;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::stored;
use crate::{
    catalogue::Track,
    web::{
        page::{catalogue, discover::Discovery, format, session::Session, words},
        platform::{
            broadcast::Broadcast,
            clock,
            files::{self, LocalFile},
            storage::{Storage, StorageError, WaitingFile},
        },
    },
};

/// Id of the library's part of the page.
pub const ID: &str = "library";

/// A file that is to be analysed.
#[derive(Clone, Debug)]
pub struct QueuedFile {
    /// Its key in the store.
    pub key: String,
    /// The file on the visitor's machine.
    pub found: LocalFile,
    /// How often the engine failed on it.
    pub attempts: u32,
}

impl QueuedFile {
    /// Without folders.
    pub fn name(&self) -> &str {
        files::name_of(&self.found.path)
    }
}

/// A file that was skipped, and why.
#[derive(Clone, Debug)]
pub struct SkippedFile {
    /// Which.
    pub file: QueuedFile,
    /// In words for the visitor.
    pub reason: String,
}

/// What the queue is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueState {
    /// Analysing.
    #[default]
    Working,
    /// The visitor paused it.
    Paused,
    /// It waits while the page analyses a song.
    GivingWay,
}

/// How far the queue is.
#[derive(Clone, Debug, Default)]
pub struct QueueProgress {
    /// What it is doing.
    pub state: QueueState,
    /// The file being analysed.
    pub current: Option<String>,
    /// How far that one is, 0 to 1.
    pub fraction: f32,
    /// Files after that one.
    pub waiting: usize,
    /// Songs added since the queue was started.
    pub done: usize,
    /// Files whose songs were there already.
    pub known: usize,
    /// Files that could not be analysed.
    pub skipped: Vec<SkippedFile>,
    /// Mean time per song so far.
    pub secs_a_song: Option<f64>,
}

/// State and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct MyLibrary {
    /// The visitor's own songs.
    pub tracks: ReadSignal<Arc<Vec<Track>>>,
    pub(super) set_tracks: WriteSignal<Arc<Vec<Track>>>,
    pub(super) session: Session,
    pub(super) discovery: Discovery,
    /// What went wrong with the library itself.
    pub notice: RwSignal<Option<String>>,
    /// The last thing that was done, read by screen readers.
    pub said: RwSignal<String>,
    /// How far the queue is.
    pub progress: RwSignal<QueueProgress>,
    /// Whether the visitor paused the queue.
    pub is_paused: RwSignal<bool>,
    /// Files that were still queued when an earlier visit ended.
    pub left_over: RwSignal<Vec<WaitingFile>>,
    /// Whether songs were practised in earlier visits.
    pub(super) has_practice: RwSignal<bool>,
    inner: StoredValue<Rc<Inner>, LocalStorage>,
}

/// State that no component shows.
#[derive(Default)]
pub(super) struct Inner {
    pub(super) storage: RefCell<Option<Rc<Storage>>>,
    pub(super) others: RefCell<Option<Broadcast>>,
    pub(super) model_id: RefCell<Option<String>>,
    pub(super) waiting: RefCell<VecDeque<QueuedFile>>,
    pub(super) sleepers: RefCell<Vec<oneshot::Sender<()>>>,
    pub(super) is_working: Cell<bool>,
    pub(super) is_loaded: Cell<bool>,
    /// On the songs taken in since the work began.
    pub(super) spent_secs: Cell<f64>,
    /// Counts how often everything was given up.
    pub(super) round: Cell<u32>,
    pub(super) keys: Cell<u32>,
}

impl MyLibrary {
    /// A library still to be loaded.
    pub fn new(session: Session, discovery: Discovery) -> Self {
        let (tracks, set_tracks) = signal(Arc::default());
        let library = Self {
            tracks,
            set_tracks,
            session,
            discovery,
            notice: RwSignal::default(),
            said: RwSignal::default(),
            progress: RwSignal::default(),
            is_paused: RwSignal::default(),
            left_over: RwSignal::default(),
            has_practice: RwSignal::default(),
            inner: StoredValue::new_local(Rc::default()),
        };
        library.watch_session();
        library
    }

    pub(super) fn inner(&self) -> Rc<Inner> {
        self.inner.get_value()
    }

    /// Loads the stored songs once the page is idle.
    pub fn load_when_idle(self) {
        clock::when_idle(move || {
            spawn_local(async move {
                self.load().await;
                self.inner().is_loaded.set(true);
                self.wake();
            });
        });
    }

    /// Waits until the stored songs are loaded.
    pub(super) async fn loaded(self) {
        while !self.inner().is_loaded.get() {
            self.sleep().await;
        }
    }

    /// Waits until [`Self::wake`].
    pub(super) async fn sleep(self) {
        let (sender, awake) = oneshot::channel();
        self.inner().sleepers.borrow_mut().push(sender);
        // A dropped sender wakes as well.
        awake.await.ok();
    }

    /// Wakes everything that waits in [`Self::sleep`].
    pub(super) fn wake(self) {
        let sleepers = std::mem::take(&mut *self.inner().sleepers.borrow_mut());
        for sleeper in sleepers {
            // The receiver may have been dropped.
            sleeper.send(()).ok();
        }
    }

    async fn load(self) {
        let model_id = match catalogue::model_id().await {
            Ok(model_id) => model_id,
            Err(reason) => {
                return self.show_error(format!("Your library cannot be read: {reason}."));
            }
        };
        self.inner().model_id.replace(Some(model_id.clone()));
        if let Err(error) = self.load_kept(&model_id).await {
            self.show_error(error.to_string());
        }
    }

    async fn load_kept(self, model_id: &str) -> Result<(), StorageError> {
        let storage = Storage::open().await?;
        let stored = stored::read(&storage.songs().await?, model_id);
        let left_over = storage.waiting().await?;
        self.has_practice.set(storage.has_practice().await?);
        self.inner().storage.replace(Some(Rc::new(storage)));
        if let Some(words) = not_used(&stored) {
            self.show_error(words);
        }
        let others = Broadcast::open(move || spawn_local(self.load_again()));
        self.inner().others.replace(others);
        self.set_tracks.set(Arc::new(stored.tracks));
        self.left_over.set(left_over);
        Ok(())
    }

    /// Reads the songs that another tab has changed.
    async fn load_again(self) {
        let (storage, model_id) = (self.storage(), self.inner().model_id.borrow().clone());
        if let (Some(storage), Some(model_id)) = (storage, model_id)
            && let Ok(texts) = storage.songs().await
        {
            let stored = stored::read(&texts, &model_id);
            self.set_tracks.set(Arc::new(stored.tracks));
        }
    }

    /// Notifies the other tabs that the stored songs have changed.
    pub(super) fn notify_other_tabs(self) {
        if let Some(others) = self.inner().others.borrow().as_ref() {
            others.send();
        }
    }

    /// Whether files are being analysed or waiting for it.
    pub fn is_busy(self) -> bool {
        self.progress
            .with_untracked(|progress| progress.current.is_some())
    }

    /// Whether there may be something to save: songs, or what was practised.
    pub(super) fn can_export(self) -> Memo<bool> {
        let shows_file = self.session.shows_file();
        Memo::new(move |_| {
            self.tracks.with(|tracks| !tracks.is_empty())
                || self.has_practice.get()
                || shows_file.get()
        })
    }

    /// Whether the library holds this song.
    pub(super) fn has(self, id: &str) -> bool {
        self.tracks
            .with_untracked(|tracks| tracks.iter().any(|track| track.id == id))
    }

    /// Stores a song and removes its file from the stored queue; false if that failed.
    pub(super) async fn finish_file(self, file: &QueuedFile, track: Option<&Track>) -> bool {
        let inner = self.inner();
        let (Some(storage), Some(model_id)) = (self.storage(), inner.model_id.borrow().clone())
        else {
            // Nothing can be stored here, which was said: the song stays for this visit.
            return true;
        };
        let text = match track
            .map(|track| stored::text_of(track, &model_id))
            .transpose()
        {
            Ok(text) => text,
            Err(error) => {
                self.show_error(error.to_string());
                return false;
            }
        };
        let song = track
            .zip(text.as_deref())
            .map(|(track, text)| (track.id.as_str(), text));
        let is_stored = self.check(storage.finish_file(&file.key, song).await);
        if song.is_some() {
            self.notify_other_tabs();
        }
        is_stored
    }

    /// Says what the queue did.
    pub(super) fn report_end(self) {
        let (done, known, skipped) = self
            .progress
            .with_untracked(|progress| (progress.done, progress.known, progress.skipped.len()));
        let added = words::added(done, known, skipped);
        self.said.set(match done {
            0 => added,
            _ => format!("{added} {}", words::JOINED),
        });
    }

    pub(super) fn storage(self) -> Option<Rc<Storage>> {
        self.inner().storage.borrow().clone()
    }

    pub(super) fn check(self, result: Result<(), StorageError>) -> bool {
        match result {
            Ok(()) => true,
            Err(error) => {
                self.show_error(error.to_string());
                false
            }
        }
    }

    pub(super) fn show_error(self, words: String) {
        self.notice.set(Some(words));
    }
}

/// Words on stored songs that cannot be used.
fn not_used(stored: &stored::StoredSongs) -> Option<String> {
    let other = (stored.of_other_models > 0).then(|| {
        format!(
            "{} in your library cannot be compared, because another version of the network analysed them: please add \
             the files again.",
            format::counted(stored.of_other_models)
        )
    });
    let unreadable = (stored.unreadable > 0).then(|| {
        format!(
            "Not shown, because damaged or stored by another version: {} in your library.",
            format::counted(stored.unreadable)
        )
    });
    let words: Vec<String> = [other, unreadable].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
