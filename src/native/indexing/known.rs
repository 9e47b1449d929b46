//! Rows of earlier runs, which need not be made again.

use std::{collections::HashMap, path::Path};

use anyhow::ensure;

use crate::{
    catalogue::{Catalogue, CatalogueError, Track},
    native::{CommandContext, text},
    tags::Tags,
};

/// Rows by the ids of their files' contents.
pub(super) struct KnownRows {
    rows: HashMap<String, Track>,
}

impl KnownRows {
    /// From the catalogue that is to be replaced, if there is one of this model, and from the journal's rows.
    pub(super) fn gather(
        out: &Path,
        model_id: &str,
        journal: Vec<Track>,
        context: &CommandContext,
    ) -> anyhow::Result<Self> {
        let before = read_catalogue(out, model_id, context)?;
        let rows = before.into_iter().chain(journal);
        Ok(Self {
            rows: rows.map(|row| (row.id.clone(), row)).collect(),
        })
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

/// Rows of an existing catalogue; none where it is another model's.
///
/// # Errors
/// When it is damaged, and the user has not allowed to replace it.
fn read_catalogue(
    out: &Path,
    model_id: &str,
    context: &CommandContext,
) -> anyhow::Result<Vec<Track>> {
    let name = out.display();
    if std::fs::metadata(out).is_ok_and(|metadata| metadata.len() == 0) || !out.exists() {
        return Ok(Vec::new());
    }
    match Catalogue::from_json(&text::read(out)?, model_id) {
        Ok(catalogue) => Ok(catalogue.tracks),
        Err(CatalogueError::Model { got, expected }) => {
            context.inform(&format!(
                "{name} was made with the model {got:?}, not {expected:?}: every song is described anew"
            ));
            Ok(Vec::new())
        }
        Err(error) => {
            ensure!(
                context.replaces_all(),
                "{name} would be replaced, but cannot be read: {error}; mend it, write elsewhere, or allow with --force \
                 that it is replaced"
            );
            context.warn(&format!("{name} is replaced: {error}"));
            Ok(Vec::new())
        }
    }
}
