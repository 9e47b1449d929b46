//! Stores a song's loops and practice settings under the file's hash, and restores them at the next visit.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use std::sync::Arc;

use super::state::{Finding, Practice};
use crate::{
    music::Music,
    playback::SavedPractice,
    web::{
        page::job::AnalysedSong,
        platform::{
            clock,
            storage::{Storage, StorageError},
        },
    },
};

/// Changes are kept when none has followed for this long.
const REST_MILLIS: u32 = 400;

/// Keeps the settings of one song at a time.
#[derive(Clone, Copy)]
pub struct PracticeStorage {
    practice: Practice,
    /// The song, once what was kept of it is there.
    id: StoredValue<Option<String>>,
    /// What is kept of it now.
    text: StoredValue<Option<String>>,
    /// Number of the last change.
    changes: StoredValue<u32>,
    /// Number of the last song.
    songs: StoredValue<u32>,
}

impl PracticeStorage {
    /// Without a song.
    pub fn new(practice: Practice) -> Self {
        let keeping = Self {
            practice,
            id: StoredValue::default(),
            text: StoredValue::default(),
            changes: StoredValue::default(),
            songs: StoredValue::default(),
        };
        Effect::new(move |_| keeping.on_change(&keeping.snapshot()));
        keeping
    }

    /// There is no song any more; what it was left with stays kept. Comes before the player's settings change.
    pub fn close(self) {
        self.id.set_value(None);
        self.songs.update_value(|songs| *songs += 1);
        self.practice.expect(Finding::Nothing);
    }

    /// Brings a song back as it was left, once that is read; from then on changes are kept.
    pub fn open(self, song: &AnalysedSong) {
        match song.analysis.music.clone() {
            Some(music) => self.practice.found(Arc::from(music)),
            None if song.is_restored => {}
            None => self.practice.expect(Finding::Pending),
        }
        let Some(id) = song.id.clone() else { return };
        let opened = self.songs.get_value();
        spawn_local(async move {
            // Where nothing can be kept, every song begins untouched.
            let text = read(&id).await.unwrap_or_default();
            if self.songs.get_value() != opened {
                return;
            }
            if let Some(kept) = text.as_deref().and_then(SavedPractice::from_json) {
                self.apply(kept);
            }
            // The song as it is now needs not be written.
            self.text.set_value(untrack(|| self.snapshot()).to_json());
            self.id.set_value(Some(id));
        });
    }

    /// What the engine found in the song, if it could.
    pub fn set_music(self, music: Option<Box<Music>>) {
        match music {
            Some(music) => self.practice.found(Arc::from(music)),
            None => self.practice.not_found(),
        }
    }

    fn apply(self, kept: SavedPractice) {
        let player = self.practice.player;
        player.set_speed(kept.speed_percent);
        player.set_faders(kept.faders);
        player.change_practice(|practising| practising.pitch = kept.pitch);
        player.set_loop(kept.looped);
        self.practice.restore(kept);
    }

    /// The song's loops and settings as they are.
    fn snapshot(self) -> SavedPractice {
        let player = self.practice.player;
        let is_found = matches!(self.practice.finding.get(), Finding::Found(_));
        let kept = self.practice.kept.get_value();
        let (grid, chords) = match is_found {
            true => self.practice.corrections(),
            // The engine is still looking, or cannot say.
            false => (kept.grid, kept.chords),
        };
        SavedPractice {
            loops: self.practice.loops.get(),
            looped: player.looped.get(),
            speed_percent: player.speed_percent.get(),
            pitch: player.practising.with(|practising| practising.pitch),
            faders: player.faders.get(),
            grid,
            chords,
            capo: self.practice.capo.get(),
        }
    }

    fn on_change(self, snapshot: &SavedPractice) {
        let Some(id) = self.id.get_value() else {
            return;
        };
        let text = snapshot.to_json();
        if text.is_none() || text == self.text.get_value() {
            return;
        }
        self.text.set_value(text.clone());
        self.changes.update_value(|changes| *changes += 1);
        let change = self.changes.get_value();
        clock::after_millis(REST_MILLIS, move || {
            if self.changes.get_value() == change {
                spawn_local(async move {
                    // Where nothing can be kept, the next visit begins untouched.
                    write(id, text.unwrap_or_default()).await.ok();
                });
            }
        });
    }
}

async fn read(id: &str) -> Result<Option<String>, StorageError> {
    Storage::open().await?.practice(id).await
}

async fn write(id: String, text: String) -> Result<(), StorageError> {
    Storage::open().await?.put_practice(&[(id, text)]).await
}
