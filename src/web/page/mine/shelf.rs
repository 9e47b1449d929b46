//! L7: the library's songs as they are kept: each the text of a catalogue of one, so that format, version and network
//! are checked when it is read, as a catalogue's are.

use crate::catalogue::{Catalogue, CatalogueError, Track};

/// Songs as they were found on the shelf.
#[derive(Debug, Default)]
pub struct Found {
    /// Those that can be compared.
    pub tracks: Vec<Track>,
    /// How many another network described: their numbers mean something else.
    pub of_other_networks: usize,
    /// How many are damaged or of another version.
    pub unreadable: usize,
}

/// A song's text.
///
/// # Errors
/// When the song's values make no sense.
pub fn text_of(track: &Track, model_id: &str) -> Result<String, CatalogueError> {
    catalogue_of(vec![track.clone()], model_id).to_json()
}

/// Songs as a catalogue of this network.
pub fn catalogue_of(tracks: Vec<Track>, model_id: &str) -> Catalogue {
    Catalogue {
        tracks,
        ..Catalogue::new(model_id)
    }
}

/// Reads texts; what is not of this version and network is counted and left alone.
pub fn read(texts: &[String], model_id: &str) -> Found {
    let mut found = Found::default();
    for text in texts {
        match Catalogue::from_json(text, model_id) {
            Ok(catalogue) => found.tracks.extend(catalogue.tracks),
            Err(CatalogueError::Model { .. }) => found.of_other_networks += 1,
            Err(_) => found.unreadable += 1,
        }
    }
    found
}
