//! L7: files come to the library and wait, are put off, tried again or given up.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{
    ID,
    state::{File, MyLibrary, State},
};
use crate::web::platform::{
    clock,
    files::Found,
    gather::{self, Dropped},
    page,
    storage::Kept,
};

impl MyLibrary {
    /// Takes files in, in the background.
    pub fn add(self, found: Vec<Found>) {
        if found.is_empty() {
            return self.said.set("No music was found there.".to_owned());
        }
        spawn_local(async move {
            self.loaded().await;
            let files: Vec<File> = found.into_iter().map(|found| self.file(found)).collect();
            let kept: Vec<Kept> = files.iter().map(kept).collect();
            let storage = self.storage();
            if let Some(storage) = &storage {
                self.check(storage.put_waiting(&kept).await);
            }
            self.take_on(files);
            if let Some(storage) = storage {
                // Last, because some browsers ask the visitor, who may take time to answer.
                storage.persist().await;
            }
        });
    }

    /// Takes in what was dropped.
    pub fn add_dropped(self, dropped: Dropped) {
        // It may lie far below where something was dropped.
        page::focus(ID);
        spawn_local(async move {
            match dropped.files().await {
                Ok(found) => self.add(found),
                Err(error) => {
                    self.complain(format!("What you dropped could not be read: {error}."))
                }
            }
        });
    }

    /// Lets the visitor choose a folder; `fall_back` is called where only a file input can.
    pub fn add_folder(self, fall_back: impl FnOnce() + 'static) {
        spawn_local(async move {
            match gather::pick_folder().await {
                Some(Ok(found)) => self.add(found),
                Some(Err(error)) => {
                    self.complain(format!("The folder could not be read: {error}."))
                }
                None => fall_back(),
            }
        });
    }

    /// Goes on with what an earlier visit left and the browser can find again; to be called right after a click.
    pub fn resume(self) {
        spawn_local(async move {
            let mut files = Vec::new();
            for left in self.left_over.get_untracked() {
                let Kept {
                    key,
                    found: Some(found),
                    ..
                } = left
                else {
                    continue;
                };
                if found.ask_leave().await {
                    files.push(File {
                        key,
                        found,
                        attempts: 0,
                    });
                }
            }
            self.left_over
                .update(|left| left.retain(|left| !files.iter().any(|file| file.key == left.key)));
            self.take_on(files);
        });
    }

    /// Forgets what an earlier visit left.
    pub fn forget_left_over(self) {
        let left_over = std::mem::take(&mut *self.left_over.write());
        spawn_local(async move {
            let Some(storage) = self.storage() else {
                return;
            };
            for left in left_over {
                self.check(storage.settle(&left.key, None).await);
            }
        });
    }

    fn take_on(self, files: Vec<File>) {
        let machinery = self.machinery();
        if !machinery.is_working.get() {
            machinery.spent_secs.set(0.0);
            self.progress.update(|progress| {
                progress.done = 0;
                progress.known = 0;
                progress.skipped.clear();
            });
        }
        machinery.waiting.borrow_mut().extend(files);
        self.progress
            .update(|progress| progress.waiting = machinery.waiting.borrow().len());
        self.is_paused.set(false);
        self.work();
    }

    /// Tries once more what was skipped.
    pub fn retry(self) {
        let skipped = std::mem::take(&mut self.progress.write().skipped);
        self.add(
            skipped
                .into_iter()
                .map(|trouble| trouble.file.found)
                .collect(),
        );
    }

    /// Rests, or goes on.
    pub fn toggle_pause(self) {
        self.is_paused.update(|is_paused| *is_paused = !*is_paused);
        if self.is_paused.get_untracked() {
            self.interrupt();
        } else {
            self.notice.set(None);
        }
    }

    /// Gives up what waits; what was taken in stays.
    pub fn cancel(self) {
        let machinery = self.machinery();
        machinery.round.set(machinery.round.get() + 1);
        machinery.waiting.borrow_mut().clear();
        self.interrupt();
        self.is_paused.set(false);
        self.left_over.set(Vec::new());
        spawn_local(async move {
            if let Some(storage) = self.storage() {
                self.check(storage.delete_waiting().await);
            }
        });
    }

    /// Stops the engine, unless it works on the song that the visitor listens to.
    fn interrupt(self) {
        let is_listening = self
            .progress
            .with_untracked(|progress| progress.state == State::GivingWay);
        if self.machinery().is_working.get() && !is_listening {
            self.studio.engine().cancel();
        }
    }

    /// A file that an earlier visit left keeps its place.
    fn file(self, found: Found) -> File {
        let mut left_over = self.left_over.write();
        let place = left_over.iter().position(|left| left.path == found.path);
        let key = match place {
            Some(place) => left_over.remove(place).key,
            None => self.new_key(),
        };
        File {
            key,
            found,
            attempts: 0,
        }
    }

    fn new_key(self) -> String {
        let machinery = self.machinery();
        let count = machinery.keys.get() + 1;
        machinery.keys.set(count);
        format!("{:015.0}-{count:06}", clock::epoch_millis())
    }
}

fn kept(file: &File) -> Kept {
    Kept {
        key: file.key.clone(),
        path: file.found.path.clone(),
        found: Some(file.found.clone()),
    }
}
