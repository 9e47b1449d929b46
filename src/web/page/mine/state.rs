//! L7: the visitor's own library: what it holds, what waits to be taken in, and what can be done to it.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    sync::Arc,
};

use futures_channel::oneshot;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{counted, shelf};
use crate::{
    catalogue::Track,
    web::{
        page::{library, studio::Studio},
        platform::{
            clock,
            files::{self, Found},
            storage::{Kept, Storage, StorageError},
        },
    },
};

/// A file to be taken in.
#[derive(Clone, Debug)]
pub struct File {
    /// Under which it is kept.
    pub key: String,
    /// How to get at it.
    pub found: Found,
    /// How often the engine broke at it.
    pub attempts: u32,
}

impl File {
    /// Without folders.
    pub fn name(&self) -> &str {
        files::name_of(&self.found.path)
    }
}

/// A file that was skipped, and why.
#[derive(Clone, Debug)]
pub struct Trouble {
    /// Which.
    pub file: File,
    /// In the visitor's language.
    pub reason: String,
}

/// What the work is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It goes on.
    #[default]
    Working,
    /// The visitor wants it to rest.
    Paused,
    /// A song to be listened to comes first.
    GivingWay,
}

/// How far the work is.
#[derive(Clone, Debug, Default)]
pub struct Progress {
    /// What it does.
    pub state: State,
    /// The file being looked at.
    pub current: Option<String>,
    /// How far that one is, 0 to 1.
    pub fraction: f32,
    /// Files after that one.
    pub waiting: usize,
    /// Songs taken in since the work began.
    pub done: usize,
    /// Files whose songs were there already.
    pub known: usize,
    /// Files that could not be taken in.
    pub skipped: Vec<Trouble>,
    /// What a song took so far.
    pub secs_a_song: Option<f64>,
}

/// State and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct MyLibrary {
    /// The page's.
    pub studio: Studio,
    /// What went wrong with the library itself.
    pub notice: RwSignal<Option<String>>,
    /// What was done last, said aloud.
    pub said: RwSignal<String>,
    /// How far the work is.
    pub progress: RwSignal<Progress>,
    /// Whether the visitor wants the work to rest.
    pub is_paused: RwSignal<bool>,
    /// Files that an earlier visit left.
    pub left_over: RwSignal<Vec<Kept>>,
    machinery: StoredValue<Rc<Machinery>, LocalStorage>,
}

/// What needs no showing.
#[derive(Default)]
pub(super) struct Machinery {
    pub(super) storage: RefCell<Option<Rc<Storage>>>,
    pub(super) model_id: RefCell<Option<String>>,
    pub(super) waiting: RefCell<VecDeque<File>>,
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
    pub fn new(studio: Studio) -> Self {
        let library = Self {
            studio,
            notice: RwSignal::default(),
            said: RwSignal::default(),
            progress: RwSignal::default(),
            is_paused: RwSignal::default(),
            left_over: RwSignal::default(),
            machinery: StoredValue::new_local(Rc::default()),
        };
        library.watch_studio();
        library
    }

    pub(super) fn machinery(&self) -> Rc<Machinery> {
        self.machinery.get_value()
    }

    /// Loads what is kept once the page has nothing better to do.
    pub fn load_when_idle(self) {
        clock::when_idle(move || {
            spawn_local(async move {
                self.load().await;
                self.machinery().is_loaded.set(true);
                self.wake();
            });
        });
    }

    /// Waits until it is known what is kept.
    pub(super) async fn loaded(self) {
        while !self.machinery().is_loaded.get() {
            self.sleep().await;
        }
    }

    /// Waits until [`Self::wake`].
    pub(super) async fn sleep(self) {
        let (sender, awake) = oneshot::channel();
        self.machinery().sleepers.borrow_mut().push(sender);
        // A sender that is gone says as much as one that speaks.
        awake.await.ok();
    }

    /// Has everybody who sleeps look again.
    pub(super) fn wake(self) {
        let sleepers = std::mem::take(&mut *self.machinery().sleepers.borrow_mut());
        for sleeper in sleepers {
            // Whoever slept may be gone.
            sleeper.send(()).ok();
        }
    }

    async fn load(self) {
        let model_id = match library::model_id().await {
            Ok(model_id) => model_id,
            Err(reason) => return self.complain(format!("Your library cannot be read: {reason}.")),
        };
        self.machinery().model_id.replace(Some(model_id.clone()));
        if let Err(error) = self.load_kept(&model_id).await {
            self.complain(error.to_string());
        }
    }

    async fn load_kept(self, model_id: &str) -> Result<(), StorageError> {
        let storage = Storage::open().await?;
        let found = shelf::read(&storage.songs().await?, model_id);
        let left_over = storage.waiting().await?;
        self.machinery().storage.replace(Some(Rc::new(storage)));
        if let Some(words) = not_used(&found) {
            self.complain(words);
        }
        self.studio.my_tracks.set(Arc::new(found.tracks));
        self.left_over.set(left_over);
        Ok(())
    }

    /// Whether the library holds this song.
    pub(super) fn has(self, id: &str) -> bool {
        self.studio
            .my_tracks
            .with_untracked(|tracks| tracks.iter().any(|track| track.id == id))
    }

    /// Keeps a song and lets its file wait no more; whether that worked.
    pub(super) async fn settle(self, file: &File, track: Option<&Track>) -> bool {
        let machinery = self.machinery();
        let (Some(storage), Some(model_id)) = (self.storage(), machinery.model_id.borrow().clone())
        else {
            // Nothing can be kept here, which was said: the song stays for this visit.
            return true;
        };
        let text = match track
            .map(|track| shelf::text_of(track, &model_id))
            .transpose()
        {
            Ok(text) => text,
            Err(error) => {
                self.complain(error.to_string());
                return false;
            }
        };
        let song = track
            .zip(text.as_deref())
            .map(|(track, text)| (track.id.as_str(), text));
        self.check(storage.settle(&file.key, song).await)
    }

    /// Says how the work ended.
    pub(super) fn tell_end(self) {
        let (done, known, skipped) = self
            .progress
            .with_untracked(|progress| (progress.done, progress.known, progress.skipped.len()));
        let mut words = vec![format!("{done} added")];
        words.extend((known > 0).then(|| format!("{known} were there already")));
        words.extend((skipped > 0).then(|| format!("{skipped} skipped")));
        self.said.set(format!("{}.", words.join(", ")));
    }

    pub(super) fn storage(self) -> Option<Rc<Storage>> {
        self.machinery().storage.borrow().clone()
    }

    pub(super) fn check(self, result: Result<(), StorageError>) -> bool {
        match result {
            Ok(()) => true,
            Err(error) => {
                self.complain(error.to_string());
                false
            }
        }
    }

    pub(super) fn complain(self, words: String) {
        self.notice.set(Some(words));
    }
}

/// Words on what is kept here but not used.
fn not_used(found: &shelf::Found) -> Option<String> {
    let other = (found.of_other_networks > 0).then(|| {
        format!(
            "Another network described {} of your library, which cannot be compared: please add the files again.",
            counted(found.of_other_networks)
        )
    });
    let unreadable = (found.unreadable > 0).then(|| {
        format!(
            "Left alone because damaged or of another version: {} of your library.",
            counted(found.unreadable)
        )
    });
    let words: Vec<String> = [other, unreadable].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join(" "))
}
