//! The form in which the library's songs are stored: each as the text of a catalogue of one song, so that format,
//! version and model are checked when it is read, as a catalogue's are.

use crate::catalogue::{Catalogue, CatalogueError, Track};

/// What was read from the store.
#[derive(Debug, Default)]
pub struct StoredSongs {
    /// Those that can be compared.
    pub tracks: Vec<Track>,
    /// How many another model described: their numbers cannot be compared.
    pub of_other_models: usize,
    /// How many are damaged or of another version.
    pub unreadable: usize,
}

/// A song's text.
///
/// # Errors
/// When a value is out of its range.
pub fn text_of(track: &Track, model_id: &str) -> Result<String, CatalogueError> {
    catalogue_of(vec![track.clone()], model_id).to_json()
}

/// Songs as a catalogue of this model.
pub fn catalogue_of(tracks: Vec<Track>, model_id: &str) -> Catalogue {
    Catalogue {
        tracks,
        ..Catalogue::new(model_id)
    }
}

/// Reads texts; what is not of this version and model is counted and left alone.
pub fn read(texts: &[String], model_id: &str) -> StoredSongs {
    let mut stored = StoredSongs::default();
    for text in texts {
        match Catalogue::from_json(text, model_id) {
            Ok(catalogue) => stored.tracks.extend(catalogue.tracks),
            Err(CatalogueError::Model { .. }) => stored.of_other_models += 1,
            Err(_) => stored.unreadable += 1,
        }
    }
    stored
}
