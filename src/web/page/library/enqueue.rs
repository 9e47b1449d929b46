//! Adding files to the library's queue, and pausing, resuming and cancelling it.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::state::{ID, MyLibrary, QueueState, QueuedFile};
use crate::web::platform::{
    clock,
    file_picker::{self, Dropped},
    files::LocalFile,
    page,
    storage::WaitingFile,
};

impl MyLibrary {
    /// Queues files.
    pub fn add(self, found: Vec<LocalFile>) {
        if found.is_empty() {
            return self.said.set("No music was found there.".to_owned());
        }
        spawn_local(async move {
            self.loaded().await;
            let files: Vec<QueuedFile> = found.into_iter().map(|found| self.file(found)).collect();
            let kept: Vec<WaitingFile> = files.iter().map(kept).collect();
            let storage = self.storage();
            if let Some(storage) = &storage {
                self.check(storage.put_waiting(&kept).await);
            }
            self.enqueue(files);
            if let Some(storage) = storage {
                // Last, because some browsers ask the visitor, who may take time to answer.
                storage.persist().await;
            }
        });
    }

    /// Queues dropped files and the audio in dropped folders.
    pub fn add_dropped(self, dropped: Dropped) {
        // It may lie far below where something was dropped.
        page::focus(ID);
        spawn_local(async move {
            match dropped.files().await {
                Ok(found) => self.add(found),
                Err(error) => {
                    self.show_error(format!("What you dropped could not be read: {error}."))
                }
            }
        });
    }

    /// Lets the visitor choose a folder; `fall_back` is called where only a file input can.
    pub fn add_folder(self, fall_back: impl FnOnce() + 'static) {
        spawn_local(async move {
            match file_picker::pick_folder().await {
                Some(Ok(found)) => self.add(found),
                Some(Err(error)) => {
                    self.show_error(format!("The folder could not be read: {error}."))
                }
                None => fall_back(),
            }
        });
    }

    /// Goes on with the files of an earlier visit that the browser can find again. To be called right after a click,
    /// because the browser may ask for permission.
    pub fn resume(self) {
        spawn_local(async move {
            let mut files = Vec::new();
            for left in self.left_over.get_untracked() {
                let WaitingFile {
                    key,
                    found: Some(found),
                    ..
                } = left
                else {
                    continue;
                };
                if found.ask_permission().await {
                    files.push(QueuedFile {
                        key,
                        found,
                        attempts: 0,
                    });
                }
            }
            self.left_over
                .update(|left| left.retain(|left| !files.iter().any(|file| file.key == left.key)));
            self.enqueue(files);
        });
    }

    /// Drops the files of an earlier visit.
    pub fn discard_unfinished(self) {
        let left_over = std::mem::take(&mut *self.left_over.write());
        spawn_local(async move {
            let Some(storage) = self.storage() else {
                return;
            };
            for left in left_over {
                self.check(storage.finish_file(&left.key, None).await);
            }
        });
    }

    fn enqueue(self, files: Vec<QueuedFile>) {
        let inner = self.inner();
        if !inner.is_working.get() {
            inner.spent_secs.set(0.0);
            self.progress.update(|progress| {
                progress.done = 0;
                progress.known = 0;
                progress.skipped.clear();
            });
        }
        inner.waiting.borrow_mut().extend(files);
        self.progress
            .update(|progress| progress.waiting = inner.waiting.borrow().len());
        self.is_paused.set(false);
        self.work();
    }

    /// Queues the skipped files again.
    pub fn retry(self) {
        let skipped = std::mem::take(&mut self.progress.write().skipped);
        self.add(
            skipped
                .into_iter()
                .map(|trouble| trouble.file.found)
                .collect(),
        );
    }

    /// Pauses, or resumes.
    pub fn toggle_pause(self) {
        self.is_paused.update(|is_paused| *is_paused = !*is_paused);
        if self.is_paused.get_untracked() {
            self.interrupt();
        } else {
            self.notice.set(None);
        }
    }

    /// Empties the queue; songs already added stay.
    pub fn cancel(self) {
        let inner = self.inner();
        inner.round.set(inner.round.get() + 1);
        inner.waiting.borrow_mut().clear();
        self.interrupt();
        self.is_paused.set(false);
        self.left_over.set(Vec::new());
        spawn_local(async move {
            if let Some(storage) = self.storage() {
                self.check(storage.delete_waiting().await);
            }
        });
    }

    /// Stops the engine, unless it is analysing the song on the page.
    fn interrupt(self) {
        let is_waiting = self
            .progress
            .with_untracked(|progress| progress.state == QueueState::GivingWay);
        if self.inner().is_working.get() && !is_waiting {
            self.session.engine().cancel();
        }
    }

    /// A file of an earlier visit keeps its place.
    fn file(self, found: LocalFile) -> QueuedFile {
        let mut left_over = self.left_over.write();
        let place = left_over.iter().position(|left| left.path == found.path);
        let key = match place {
            Some(place) => left_over.remove(place).key,
            None => self.new_key(),
        };
        QueuedFile {
            key,
            found,
            attempts: 0,
        }
    }

    fn new_key(self) -> String {
        let inner = self.inner();
        let count = inner.keys.get() + 1;
        inner.keys.set(count);
        format!("{:015.0}-{count:06}", clock::epoch_millis())
    }
}

fn kept(file: &QueuedFile) -> WaitingFile {
    WaitingFile {
        key: file.key.clone(),
        path: file.found.path.clone(),
        found: Some(file.found.clone()),
    }
}
