//! System integration: media keys, the song's name on the lock screen, files that are pasted, opened with the page, or
//! shared with it by another program.

use leptos::{ev, prelude::*};
use wasm_bindgen_futures::spawn_local;

use super::{
    player::PlayerState,
    session::{Phase, Session, song_file},
};
use crate::web::platform::{
    media::{self, MediaAction},
    shared,
};

/// Connects them, for as long as the page is open.
pub fn connect(session: Session, player: PlayerState) {
    media::listen(move |action| match action {
        MediaAction::Play if player.playback.get_untracked().is_playing => {}
        MediaAction::Play => player.toggle(),
        MediaAction::Pause => player.pause(),
        MediaAction::SeekBy(secs) => player.seek_by(secs),
        MediaAction::SeekTo(secs) => player.seek(secs),
    });
    Effect::new(move |_| {
        if let Phase::Done(song) = session.phase.get() {
            media::name_song(
                &song.names.title,
                song.names.artist.as_deref().unwrap_or_default(),
            );
        }
    });
    let is_playing = Memo::new(move |_| player.playback.get().is_playing);
    Effect::new(move |_| media::set_playing(is_playing.get()));
    media::on_opened_file(move |file| session.analyse(song_file(&file)));
    spawn_local(async move {
        // A store that fails has nothing to give.
        if let Ok(Some(file)) = shared::take().await {
            session.analyse(song_file(&file));
        }
    });
    window_event_listener(ev::paste, move |event| {
        if let Some(file) = media::pasted_file(&event) {
            event.prevent_default();
            session.analyse(song_file(&file));
        }
    });
}
