//! L7, native: rows that need not be made again.

use std::{collections::HashMap, fs, path::Path};

use super::Session;
use crate::{
    catalogue::{Catalogue, CatalogueError, Track},
    native::decode::Tags,
};

/// Rows by the ids of their files' contents.
pub(super) struct Memory {
    rows: HashMap<String, Track>,
}

impl Memory {
    /// From the catalogue that is to be replaced, if there is one of this model, and from the journal's rows.
    pub(super) fn gather(
        out: &Path,
        model_id: &str,
        journal: Vec<Track>,
        session: &Session,
    ) -> Self {
        let before = read_catalogue(out, model_id, session).unwrap_or_default();
        let rows = before.into_iter().chain(journal);
        Self {
            rows: rows.map(|row| (row.id.clone(), row)).collect(),
        }
    }

    /// The row of this id, with what a list says now.
    pub(super) fn row(&self, id: &str, said: &Tags) -> Option<Track> {
        // Rows of before there were tempi and keys are made again.
        let is_complete = |row: &&Track| row.tempo_bpm.is_some() || row.key.is_some();
        let row = self.rows.get(id).filter(is_complete)?.clone();
        let said = said.clone();
        Some(Track {
            title: said.title.unwrap_or(row.title),
            artist: said.artist.unwrap_or(row.artist),
            album: said.album.or(row.album),
            licence: said.licence.or(row.licence),
            year: said.year.or(row.year),
            url: said.url.or(row.url),
            ..row
        })
    }
}

/// Rows of an existing catalogue; says why, where they are of no use.
fn read_catalogue(out: &Path, model_id: &str, session: &Session) -> Option<Vec<Track>> {
    let json = fs::read_to_string(out).ok()?;
    match Catalogue::from_json(&json, model_id) {
        Ok(catalogue) => Some(catalogue.tracks),
        Err(CatalogueError::Model { got, expected }) => {
            session.inform(&format!(
                "{} was made with the model {got:?}, not {expected:?}: every song is described anew",
                out.display()
            ));
            None
        }
        Err(error) => {
            session.warn(&format!("{} is replaced: {error}", out.display()));
            None
        }
    }
}
