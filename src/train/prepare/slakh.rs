//! Reads the folders and metadata of Slakh2100.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Deserializer};

use super::PrepareError;
use crate::source::Source;

/// The data set's splits, and folders.
const SPLITS: [&str; 3] = ["train", "validation", "test"];

/// A track's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlakhTrack {
    /// Which split it is in.
    pub split: &'static str,
    /// Its folder's name.
    pub name: String,
    /// Its folder.
    pub path: PathBuf,
}

/// The fields of a track's `metadata.yaml` that are needed.
#[derive(Clone, Debug, Deserialize)]
pub struct SlakhMetadata {
    /// The stems by name (`S00`, ...).
    pub stems: BTreeMap<String, SlakhStem>,
}

/// One stem's metadata.
#[derive(Clone, Debug, Deserialize)]
pub struct SlakhStem {
    /// Instrument family.
    #[serde(default, deserialize_with = "or_default")]
    pub inst_class: String,
    /// Whether it is a drum kit.
    pub is_drum: bool,
    /// General MIDI program, 0-based; 128 for drums.
    pub program_num: u8,
    /// Name of the program.
    #[serde(default, deserialize_with = "or_default")]
    pub midi_program_name: String,
    /// The plugin's patch that played it.
    #[serde(default, deserialize_with = "or_default")]
    pub plugin_name: String,
    /// Loudness in LUFS; none of silence.
    #[serde(default)]
    pub integrated_loudness: Option<f64>,
    /// Whether its audio was rendered.
    #[serde(default = "rendered", deserialize_with = "or_rendered")]
    pub audio_rendered: bool,
}

fn rendered() -> bool {
    true
}

/// Some tracks have `null` where there is nothing to say.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

fn or_rendered<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(rendered))
}

impl SlakhStem {
    /// The stem's source.
    pub fn source(&self) -> Source {
        Source::from_general_midi((!self.is_drum).then_some(self.program_num))
    }
}

impl SlakhTrack {
    /// Reads the track's metadata.
    ///
    /// # Errors
    /// When they are missing, damaged, or name no stems.
    pub fn metadata(&self) -> Result<SlakhMetadata, PrepareError> {
        let path = self.path.join("metadata.yaml");
        let skipped = |error: &dyn std::fmt::Display| {
            // The parser shows the place in the file below its message.
            let error = error.to_string();
            let message = error.lines().next().unwrap_or_default();
            PrepareError::file(&path, format!("{message}; the track is skipped"))
        };
        let text = std::fs::read_to_string(&path).map_err(|error| skipped(&error))?;
        let metadata: SlakhMetadata =
            serde_saphyr::from_str(&text).map_err(|error| skipped(&error))?;
        if metadata.stems.is_empty() {
            return Err(skipped(&"names no stems"));
        }
        Ok(metadata)
    }

    /// The file of a stem, if there is one.
    pub fn stem_file(&self, stem: &str) -> Option<PathBuf> {
        ["flac", "wav"]
            .map(|ending| self.path.join("stems").join(format!("{stem}.{ending}")))
            .into_iter()
            .find(|path| path.is_file())
    }
}

/// The tracks of all splits in order, but for those in `omitted`.
///
/// # Errors
/// When there are none, or a folder can't be listed.
pub fn find_tracks(
    slakh: &Path,
    omitted: &BTreeSet<String>,
) -> Result<Vec<SlakhTrack>, PrepareError> {
    let mut tracks = Vec::new();
    for split in SPLITS {
        let folder = slakh.join(split);
        if folder.is_dir() {
            let mut found =
                tracks_of(split, &folder).map_err(|error| PrepareError::file(&folder, error))?;
            found.retain(|track| !omitted.contains(&track.name));
            found.sort_by(|a, b| a.name.cmp(&b.name));
            tracks.extend(found);
        }
    }
    match tracks.is_empty() {
        true => Err(PrepareError::NotSlakh(slakh.to_owned())),
        false => Ok(tracks),
    }
}

fn tracks_of(split: &'static str, folder: &Path) -> std::io::Result<Vec<SlakhTrack>> {
    let mut tracks = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with("Track") && path.is_dir() {
            tracks.push(SlakhTrack { split, name, path });
        }
    }
    Ok(tracks)
}

/// The tracks that a split file of the data set's authors (`redux.json`) omits.
///
/// # Errors
/// When the file can't be read or is something else.
pub fn omitted_tracks(path: &Path) -> Result<BTreeSet<String>, PrepareError> {
    #[derive(Deserialize)]
    struct Entry {
        action: Option<String>,
    }
    let text = std::fs::read_to_string(path).map_err(|error| PrepareError::file(path, error))?;
    let entries: BTreeMap<String, Entry> = serde_json::from_str(&text).map_err(|error| {
        let problem = format!("not a split file as redux.json is ({error})");
        PrepareError::file(path, problem)
    })?;
    let is_omitted = |entry: &Entry| entry.action.as_deref() == Some("omit");
    let omitted = entries.into_iter().filter(|(_, entry)| is_omitted(entry));
    Ok(omitted.map(|(name, _)| name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nulls_are_as_good_as_missing() {
        let yaml = "stems:\n  S00:\n    inst_class: null\n    is_drum: false\n    program_num: 33\n    \
                    midi_program_name: ~\n    plugin_name:\n    integrated_loudness: null\n    audio_rendered: null\n";
        let metadata: SlakhMetadata = serde_saphyr::from_str(yaml).expect("metadata");
        let stem = &metadata.stems["S00"];
        assert_eq!(
            (stem.inst_class.as_str(), stem.plugin_name.as_str()),
            ("", "")
        );
        assert!(stem.audio_rendered && stem.integrated_loudness.is_none());
        assert_eq!(stem.source(), Source::Bass);
    }
}
