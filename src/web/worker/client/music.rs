//! Beats, key, chords and sections, which come after a song's result.

use futures_channel::oneshot;

use super::EngineClient;
use crate::{music::Music, web::worker::protocol::JobId};

/// Resolves when the engine has found them, or leaves it; fails if the engine ends before.
pub type MusicToCome = oneshot::Receiver<Option<Box<Music>>>;

/// Who waits for the music of a finished job.
pub(super) struct Waiting {
    id: JobId,
    sender: oneshot::Sender<Option<Box<Music>>>,
}

impl EngineClient {
    /// The music of this job, in place of that of one before.
    pub(super) fn await_music(&self, id: JobId) -> MusicToCome {
        let (sender, music) = oneshot::channel();
        self.0.music.replace(Some(Waiting { id, sender }));
        music
    }

    pub(super) fn on_music(&self, id: JobId, music: Option<Box<Music>>) {
        let waiting = self
            .0
            .music
            .borrow_mut()
            .take_if(|waiting| waiting.id == id);
        if let Some(waiting) = waiting {
            // A song that was closed has no receiver any more.
            drop(waiting.sender.send(music));
        }
    }
}
