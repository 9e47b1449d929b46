//! Writes the metadata of all tracks as one table: a row for each stem of Slakh2100, and whether it was used.

use std::path::Path;

use serde::Serialize;

use super::PrepareError;
use super::slakh::SlakhTrack;
use super::track::{METADATA, PreparedMetadata};

#[derive(Serialize)]
struct StemRow<'a> {
    split: &'a str,
    track: &'a str,
    stem: &'a str,
    source: &'a str,
    inst_class: &'a str,
    program_num: Option<u8>,
    midi_program_name: &'a str,
    is_drum: Option<bool>,
    plugin_name: &'a str,
    integrated_loudness: Option<f64>,
    used: bool,
    problem: &'a str,
}

/// Writes `metadata.csv` for `tracks` into `out`, atomically.
///
/// # Errors
/// When the file can't be written.
pub fn write(tracks: &[SlakhTrack], out: &Path) -> Result<(), PrepareError> {
    let path = out.join("metadata.csv");
    let failed = |error: &dyn std::fmt::Display| PrepareError::file(&path, error);
    let mut table = csv::Writer::from_writer(Vec::new());
    for track in tracks {
        add(track, out, &mut table).map_err(|error| failed(&error))?;
    }
    let bytes = table.into_inner().map_err(|error| failed(&error))?;
    let partial = path.with_extension("csv.partial");
    std::fs::create_dir_all(out)
        .and_then(|()| std::fs::write(&partial, bytes))
        .and_then(|()| std::fs::rename(&partial, &path))
        .map_err(|error| failed(&error))
}

fn add(track: &SlakhTrack, out: &Path, table: &mut csv::Writer<Vec<u8>>) -> csv::Result<()> {
    let prepared = read_prepared(&out.join(track.split).join(&track.name));
    let metadata = match track.metadata() {
        Ok(metadata) => metadata,
        Err(problem) => return table.serialize(unusable(track, &problem.to_string())),
    };
    for (name, stem) in &metadata.stems {
        let source = stem.source();
        let is_used = |prepared: &PreparedMetadata| {
            let merged = prepared.stems.get(source.name());
            merged.is_some_and(|merged| merged.slakh_stems.contains(name))
        };
        let problem = match &prepared {
            _ if !stem.audio_rendered => "not rendered",
            Some(prepared) => prepared.left_out.get(name).map_or("", String::as_str),
            None => "no stem of the track can be read",
        };
        table.serialize(StemRow {
            split: track.split,
            track: &track.name,
            stem: name,
            source: source.name(),
            inst_class: &stem.inst_class,
            program_num: Some(stem.program_num),
            midi_program_name: &stem.midi_program_name,
            is_drum: Some(stem.is_drum),
            plugin_name: &stem.plugin_name,
            integrated_loudness: stem.integrated_loudness,
            used: prepared.as_ref().is_some_and(is_used),
            problem,
        })?;
    }
    Ok(())
}

/// The row of a track whose metadata can't be read.
fn unusable<'a>(track: &'a SlakhTrack, problem: &'a str) -> StemRow<'a> {
    StemRow {
        split: track.split,
        track: &track.name,
        stem: "",
        source: "",
        inst_class: "",
        program_num: None,
        midi_program_name: "",
        is_drum: None,
        plugin_name: "",
        integrated_loudness: None,
        used: false,
        problem,
    }
}

fn read_prepared(folder: &Path) -> Option<PreparedMetadata> {
    let text = std::fs::read_to_string(folder.join(METADATA)).ok()?;
    serde_saphyr::from_str(&text).ok()
}
