//! Import, export and deletion: songs that need no analysis.

use std::{collections::HashSet, sync::Arc};

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{state::MyLibrary, stored};
use crate::{
    catalogue::{Catalogue, CatalogueError, Track},
    playback,
    web::{
        page::{catalogue::in_plain_words, format, song_names::Ends, words},
        platform::{decode, save, storage::StorageError},
    },
};

impl MyLibrary {
    /// Saves the library as a file, with what is kept of practised songs.
    pub fn export(self) {
        let Some(model_id) = self.inner().model_id.borrow().clone() else {
            return;
        };
        spawn_local(async move {
            if let Err(reason) = self.save(&model_id).await {
                self.show_error(format!("The library could not be saved: {reason}."));
            }
        });
    }

    async fn save(self, model_id: &str) -> Result<(), String> {
        let tracks = self.tracks.get_untracked().to_vec();
        let json = stored::catalogue_of(tracks, model_id).to_json();
        let json = json.map_err(|error| error.to_string())?;
        let practised = self.practice_texts().await?.into_iter().collect();
        let json = playback::with_practice(&json, &practised);
        let saved = save::offer_text("deepmelody-library.json", "application/json", &json);
        saved.map_err(|error| error.to_string())
    }

    /// Ids and texts of all practised songs.
    async fn practice_texts(self) -> Result<Vec<(String, String)>, String> {
        match self.storage() {
            Some(storage) => storage.all_practice().await.map_err(trimmed),
            None => Ok(Vec::new()),
        }
    }

    /// Adds the songs of a file made by [`Self::export`] or by the companion.
    pub fn import(self, file: web_sys::File) {
        spawn_local(async move {
            let imported = self.import_songs(&file).await;
            self.tell(
                imported
                    .map(|(count, practised)| {
                        format!("{count} added from {}.{practised}", file.name())
                    })
                    .map_err(|reason| format!("Nothing was added from {}: {reason}.", file.name())),
            );
        });
    }

    /// How many songs were added, and words on what was practised.
    async fn import_songs(self, file: &web_sys::File) -> Result<(usize, String), String> {
        let model_id = self.known_model_id().await?;
        let text = decode::read_text(file)
            .await
            .map_err(|error| error.to_string())?;
        let catalogue =
            Catalogue::from_json(&text, &model_id).map_err(|error| in_plain_words(&error))?;
        let present = self.tracks.get_untracked();
        let present: HashSet<&str> = present.iter().map(|track| track.id.as_str()).collect();
        let tracks = catalogue.tracks.into_iter();
        let new: Vec<Track> = tracks
            .filter(|track| !present.contains(track.id.as_str()))
            .collect();
        let count = new.len();
        self.put(new, &model_id).await?;
        Ok((count, self.import_practice(&text).await?))
    }

    /// Takes what the file has of songs that were not practised in this browser, and says so.
    async fn import_practice(self, text: &str) -> Result<String, String> {
        let (mut practised, others) = playback::practice_in(text);
        for (id, _) in self.practice_texts().await? {
            practised.remove(&id);
        }
        let mut words = String::new();
        let new: Vec<_> = practised.into_iter().collect();
        if let Some(storage) = self.storage().filter(|_| !new.is_empty()) {
            storage.put_practice(&new).await.map_err(trimmed)?;
            words += &format!(" {} {}.", words::PRACTICE_OF, format::counted(new.len()));
        }
        if others > 0 {
            let left = format::counted(others);
            words += &format!(
                " Left alone, because a newer version of this page wrote it: the practice of {left}."
            );
        }
        Ok(words)
    }

    /// Adds the song on the page, which is analysed already.
    pub fn keep_song(self) {
        spawn_local(async move {
            let kept = self.add_current_song().await;
            self.tell(kept.map_err(|reason| format!("The song was not added: {reason}.")));
        });
    }

    async fn add_current_song(self) -> Result<String, String> {
        let model_id = self.known_model_id().await?;
        let (file, analysis) = self.session.open_song().ok_or("it was closed")?;
        let ends = Ends::read(&file.content)
            .await
            .map_err(|error| error.to_string())?;
        if self.has(&ends.id()) {
            return Ok(format!("{} is already there.", file.name));
        }
        let engine = self.session.engine();
        let described = ends.describe(&file.name, &analysis, &engine).await;
        let track = described.map_err(|failure| failure.message)?;
        self.put(vec![track], &model_id).await?;
        Ok(format!("{} added.", file.name))
    }

    /// Shows what was done, or what went wrong.
    fn tell(self, done: Result<String, String>) {
        match done {
            Ok(words) => {
                self.notice.set(None);
                self.said.set(words);
            }
            Err(words) => self.show_error(words),
        }
    }

    async fn known_model_id(self) -> Result<String, String> {
        self.loaded().await;
        let model_id = self.inner().model_id.borrow().clone();
        model_id.ok_or_else(|| "the network is not loaded yet".to_owned())
    }

    /// Adds songs, and stores them.
    async fn put(self, tracks: Vec<Track>, model_id: &str) -> Result<(), String> {
        let texts = texts_of(&tracks, model_id).map_err(|error| error.to_string())?;
        if let Some(storage) = self.storage() {
            storage.put_songs(&texts).await.map_err(trimmed)?;
            self.notify_other_tabs();
        }
        self.set_tracks
            .update(|mine| Arc::make_mut(mine).extend(tracks));
        Ok(())
    }

    /// Deletes one song.
    pub fn delete(self, id: String) {
        self.set_tracks
            .update(|tracks| Arc::make_mut(tracks).retain(|track| track.id != id));
        spawn_local(async move {
            if let Some(storage) = self.storage() {
                self.check(storage.delete_song(&id).await);
                self.notify_other_tabs();
            }
        });
    }

    /// Deletes every song, and empties the queue.
    pub fn delete_all(self) {
        self.cancel();
        self.set_tracks.set(Arc::default());
        self.notice.set(None);
        spawn_local(async move {
            if let Some(storage) = self.storage() {
                self.check(storage.delete_songs().await);
                self.notify_other_tabs();
            }
        });
    }
}

/// To go on in a sentence.
fn trimmed(error: StorageError) -> String {
    error.to_string().trim_end_matches('.').to_owned()
}

/// Ids and texts.
fn texts_of(tracks: &[Track], model_id: &str) -> Result<Vec<(String, String)>, CatalogueError> {
    let row = |track: &Track| Ok((track.id.clone(), stored::text_of(track, model_id)?));
    tracks.iter().map(row).collect()
}
