//! The catalogue's file: static JSON, one row a track, checked in full before use.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::music::Key;
use crate::source::{PerSource, Source};

/// What the file's `format` says.
pub const FORMAT: &str = "deepmelody-catalogue";
/// The version written, and the only one read.
pub const VERSION: u32 = 1;

/// Songs with their prominences, as one model measures them.
///
/// ```
/// use deepmelody::catalogue::{Catalogue, Track};
/// use deepmelody::source::PerSource;
///
/// let mut catalogue = Catalogue::new("model-1");
/// catalogue.tracks.push(Track {
///     id: "1".to_owned(),
///     title: "Five Friends".to_owned(),
///     duration_secs: 90.0,
///     prominence: PerSource([0.5, 0.4, 0.9, 0.9, 0.2]),
///     ..Track::default()
/// });
/// let json = catalogue.to_json().expect("valid values");
/// assert_eq!(Catalogue::from_json(&json, "model-1").expect("the same"), catalogue);
/// assert!(Catalogue::from_json(&json, "model-2").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Catalogue {
    /// Always [`FORMAT`].
    pub format: String,
    /// Always [`VERSION`].
    pub version: u32,
    /// Id of the network, from its card.
    pub model_id: String,
    /// Names of the sources, in the order of the prominences.
    pub sources: [String; Source::COUNT],
    /// The songs.
    pub tracks: Vec<Track>,
}

/// One song of a catalogue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Track {
    /// Unlike every other track's.
    pub id: String,
    /// What the song is called.
    pub title: String,
    /// Who made it.
    pub artist: String,
    /// What it appeared on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub album: Option<String>,
    /// What one may do with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// When it appeared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<u16>,
    /// A page where it can be heard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A preview, an audio file beside the catalogue: its relative path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    /// Length in seconds.
    pub duration_secs: f32,
    /// Tempo, beats a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tempo_bpm: Option<f32>,
    /// Key, written "A minor".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
    /// Share of the song in which each source plays, in [0, 1].
    pub prominence: PerSource<f32>,
    /// The same share measured on the song's clean stems, where those are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub true_prominence: Option<PerSource<f32>>,
}

/// Why a catalogue cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// Damaged, cut short, or something else altogether.
    #[error("the catalogue is not readable: {0}")]
    NotJson(serde_json::Error),
    /// JSON, but no catalogue.
    #[error("this is not a catalogue: expected the format {FORMAT:?}, got {got:?}")]
    Format {
        /// Format found; empty if there was none.
        got: String,
    },
    /// A catalogue of another time.
    #[error("the catalogue has version {got}: expected {VERSION}; build it again")]
    Version {
        /// Version found.
        got: u64,
    },
    /// A catalogue of another network.
    #[error(
        "the catalogue was built with the model {got:?}: expected {expected:?}; build it again"
    )]
    Model {
        /// The network in use.
        expected: String,
        /// The catalogue's.
        got: String,
    },
    /// Sources missing, unknown, or in another order.
    #[error("the catalogue's sources are {got:?}: expected {:?}", Source::ALL.map(Source::name))]
    Sources {
        /// Sources found.
        got: [String; Source::COUNT],
    },
    /// Missing or mistyped fields.
    #[error("the catalogue is incomplete: {0}")]
    Fields(serde_json::Error),
    /// A track whose values make no sense.
    #[error("track {id:?} of the catalogue: {problem}")]
    Track {
        /// The track's id.
        id: String,
        /// What is wrong with it.
        problem: TrackProblem,
    },
}

/// What can be wrong with a track.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TrackProblem {
    /// A share outside [0, 1].
    #[error("its prominence of {of} is {got}: expected 0 to 1")]
    Prominence {
        /// The source.
        of: Source,
        /// Value found.
        got: f32,
    },
    /// A link that is none to the web.
    #[error("its link is {got:?}: expected one that begins with https:// or http://")]
    Url {
        /// Link found.
        got: String,
    },
    /// A preview that is not beside the catalogue.
    #[error("its preview is {got:?}: expected a relative path to a file beside the catalogue")]
    Preview {
        /// Path found.
        got: String,
    },
    /// A length that no song has.
    #[error("it is {got} s long")]
    Duration {
        /// Length found.
        got: f32,
    },
    /// A tempo that no music has.
    #[error("its tempo is {got} beats a minute: expected more than 0")]
    Tempo {
        /// Value found.
        got: f32,
    },
    /// An id used before.
    #[error("another track has the same id")]
    Duplicate,
}

impl Catalogue {
    /// A catalogue of the network `model_id`, still without songs.
    pub fn new(model_id: impl Into<String>) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            model_id: model_id.into(),
            sources: Source::ALL.map(|source| source.name().to_owned()),
            tracks: Vec::new(),
        }
    }

    /// Reads and checks a catalogue that is to be compared with analyses by the model `expected_model_id`.
    ///
    /// # Errors
    /// See [`CatalogueError`].
    pub fn from_json(json: &str, expected_model_id: &str) -> Result<Self, CatalogueError> {
        Self::from_json_unchecked(json, Some(expected_model_id))?.checked()
    }

    /// Reads and checks a catalogue of any model.
    ///
    /// # Errors
    /// See [`CatalogueError`].
    pub fn from_json_of_any_model(json: &str) -> Result<Self, CatalogueError> {
        Self::from_json_unchecked(json, None)?.checked()
    }

    /// Reads a catalogue whose values may yet make no sense: see [`Self::problems`].
    ///
    /// # Errors
    /// When it is no catalogue, of another version or network, or incomplete.
    pub fn from_json_unchecked(
        json: &str,
        expected_model_id: Option<&str>,
    ) -> Result<Self, CatalogueError> {
        // Editors of Windows save texts with a byte order mark.
        let json = json.strip_prefix('\u{feff}').unwrap_or(json);
        let value = serde_json::from_str(json).map_err(CatalogueError::NotJson)?;
        check_header(&value, expected_model_id)?;
        // From the text again, so that a message can name the line.
        serde_json::from_str(json).map_err(CatalogueError::Fields)
    }

    /// The file's text: one row a track, so that changes read well in version control.
    pub fn to_json(&self) -> Result<String, CatalogueError> {
        if let Some(problem) = self.problems().next() {
            return Err(problem);
        }
        let rows: Result<Vec<String>, _> = self.tracks.iter().map(serde_json::to_string).collect();
        let header = serde_json::to_string(&Self {
            tracks: Vec::new(),
            ..self.clone()
        });
        let (rows, header) = (
            rows.map_err(CatalogueError::Fields)?,
            header.map_err(CatalogueError::Fields)?,
        );
        let open = header.strip_suffix("]}").unwrap_or(&header);
        Ok(format!("{open}\n{}\n]}}\n", rows.join(",\n")))
    }

    /// The catalogue, if its values make sense.
    ///
    /// # Errors
    /// The first of [`Self::problems`].
    pub fn checked(self) -> Result<Self, CatalogueError> {
        let problem = self.problems().next();
        problem.map_or(Ok(self), Err)
    }

    /// Everything about the values that makes no sense.
    pub fn problems(&self) -> impl Iterator<Item = CatalogueError> {
        let are_ours = self.sources == Source::ALL.map(Source::name);
        let sources = (!are_ours).then(|| CatalogueError::Sources {
            got: self.sources.clone(),
        });
        let mut ids = HashSet::new();
        let tracks = self.tracks.iter().filter_map(move |track| {
            let duplicate = (!ids.insert(track.id.as_str())).then_some(TrackProblem::Duplicate);
            let problem = duplicate.or_else(|| track.problem())?;
            let id = track.id.clone();
            Some(CatalogueError::Track { id, problem })
        });
        sources.into_iter().chain(tracks)
    }
}

/// The fields before the tracks decide whether these can be read at all, so they are checked first.
fn check_header(file: &Value, expected_model_id: Option<&str>) -> Result<(), CatalogueError> {
    let text = |field: &str| file[field].as_str().unwrap_or_default().to_owned();
    let version = file["version"].as_u64().unwrap_or_default();
    let got = text("model_id");
    let expected = expected_model_id.unwrap_or(&got).to_owned();
    match (text("format"), version) {
        (got, _) if got != FORMAT => Err(CatalogueError::Format { got }),
        (_, got) if got != u64::from(VERSION) => Err(CatalogueError::Version { got }),
        _ if got != expected => Err(CatalogueError::Model { expected, got }),
        _ => Ok(()),
    }
}

impl Track {
    fn problem(&self) -> Option<TrackProblem> {
        if !(self.duration_secs > 0.0 && self.duration_secs.is_finite()) {
            return Some(TrackProblem::Duration {
                got: self.duration_secs,
            });
        }
        if let Some(got) = self
            .tempo_bpm
            .filter(|bpm| !(*bpm > 0.0 && bpm.is_finite()))
        {
            return Some(TrackProblem::Tempo { got });
        }
        let refused = |text: &Option<String>, is_fine: fn(&str) -> bool| {
            text.clone().filter(|text| !is_fine(text))
        };
        if let Some(got) = refused(&self.url, is_link) {
            return Some(TrackProblem::Url { got });
        }
        if let Some(got) = refused(&self.preview, is_beside) {
            return Some(TrackProblem::Preview { got });
        }
        let known = [Some(&self.prominence), self.true_prominence.as_ref()];
        let mut shares = known.into_iter().flatten().flat_map(PerSource::iter);
        let outside = shares.find(|(_, share)| !(0.0..=1.0).contains(*share));
        outside.map(|(of, &got)| TrackProblem::Prominence { of, got })
    }
}

fn is_link(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://")
}

/// Whether a path leads to a file beside the catalogue or in a folder there: not out of it, and to no other host.
fn is_beside(path: &str) -> bool {
    let is_plain = !path.is_empty() && !path.starts_with('/') && !path.contains([':', '\\']);
    is_plain && path.split('/').all(|part| part != "..")
}

#[cfg(test)]
mod tests;
