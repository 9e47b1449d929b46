//! What chords are called as they sound now, or as they are fingered behind a capo.

use leptos::prelude::*;

use super::state::Practice;
use crate::{
    music::{Chord, Spelling},
    web::page::player::PlayerState,
};

/// Furthest fret of a capo.
pub const MAX_CAPO: i32 = 11;

/// How chords are moved and spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChordNames {
    /// Semitones from the recording to what is fingered.
    pub semitones: i32,
    /// By the key that they are in then.
    pub spelling: Spelling,
}

impl ChordNames {
    /// Those of the page's song: they follow pitch and capo.
    pub fn of_page() -> Memo<Self> {
        let practice = expect_context::<Practice>();
        let player = expect_context::<PlayerState>();
        Memo::new(move |_| {
            let pitch = player
                .practising
                .with(|practising| practising.pitch.semitones);
            let semitones = pitch - practice.capo.get();
            let key = practice.music().and_then(|music| music.key);
            let spelling = key.map(|key| key.key.transposed(semitones).spelling());
            Self {
                semitones,
                spelling: spelling.unwrap_or(Spelling::Sharps),
            }
        })
    }

    /// As it is fingered.
    pub fn moved(self, chord: Chord) -> Chord {
        chord.transposed(self.semitones)
    }

    /// The name of a chord of the recording; nothing where none sounds.
    pub fn of(self, chord: Option<Chord>) -> String {
        chord.map_or_else(String::new, |chord| self.moved(chord).name(self.spelling))
    }
}
