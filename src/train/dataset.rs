//! Songs with their stems, read from folders in Slakh2100's layout (`TrackNNNNN/metadata.yaml`, `stems/SNN.flac` or
//! `.wav`; Manilow et al. 2019), merged into the five sources and kept at the model's sample rate.
//!
//! Real songs seldom come with stems. An [`ACTIVITY_FILE`] in a folder gives the probability that each source plays, as
//! other models estimate it; the only stem is then the mixture.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;

use crate::audio::{self, Recording, SAMPLE_RATE, Waveform};
use crate::prominence::{HOP, truth_activity};
use crate::source::{PerSource, Source};

/// In a song's folder: CSV with a column a source, named as [`Source::name`] has it, and a row every [`HOP`] samples at
/// [`SAMPLE_RATE`], of probabilities in [0, 1] that it plays.
pub const ACTIVITY_FILE: &str = "activity.csv";

/// A song with its stems: the ground truth of separation.
#[derive(Debug)]
pub struct Multitrack {
    /// The folder's name.
    pub name: String,
    /// Samples of each source at [`SAMPLE_RATE`], all equally long; `None` for an absent source.
    pub stems: PerSource<Option<Vec<i16>>>,
    /// Samples of each stem.
    pub length: usize,
    /// Whether each source plays, a value every 512 samples.
    pub activity: PerSource<Vec<bool>>,
    /// Where the stems are only the mixture: the probability that each source plays, a value every 512 samples.
    pub soft_activity: Option<PerSource<Vec<f32>>>,
}

/// Why a folder holds no usable song.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// A file can't be read.
    #[error("{path}: {problem}")]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: String,
    },
    /// There are no songs at all.
    #[error(
        "{0} holds no folders TrackNNNNN with a metadata.yaml: render some with `deepmelody render`"
    )]
    Empty(PathBuf),
}

/// The readable songs of a folder, and the errors of the others.
#[derive(Debug)]
pub struct Dataset {
    /// Sorted by name.
    pub songs: Vec<Multitrack>,
    /// Folders left out.
    pub failures: Vec<DatasetError>,
}

/// Decodes an audio file, or returns the reason why it can't.
pub type Decode = fn(&Path) -> Result<Recording, String>;

/// The fields of `metadata.yaml` that are needed; Slakh's has more.
#[derive(Deserialize)]
struct Metadata {
    stems: BTreeMap<String, StemMetadata>,
}

#[derive(Deserialize)]
struct StemMetadata {
    is_drum: bool,
    program_num: u8,
    #[serde(default = "rendered")]
    audio_rendered: bool,
}

fn rendered() -> bool {
    true
}

impl Dataset {
    /// Reads every song below `folder`, in parallel.
    ///
    /// # Errors
    /// When the folder can't be listed or no song in it can be read. Songs that fail are listed in the result.
    pub fn read(folder: &Path, decode: Decode) -> Result<Self, DatasetError> {
        let tracks = list_tracks(folder)?;
        let results: Vec<_> = tracks
            .par_iter()
            .map(|track| read_song(track, decode))
            .collect();
        let (mut songs, mut failures) = (Vec::new(), Vec::new());
        for result in results {
            match result {
                Ok(song) => songs.push(song),
                Err(failure) => failures.push(failure),
            }
        }
        if songs.is_empty() {
            return Err(failures
                .pop()
                .unwrap_or_else(|| DatasetError::Empty(folder.to_owned())));
        }
        Ok(Self { songs, failures })
    }

    /// Hours of song.
    pub fn hours(&self) -> f64 {
        let samples: usize = self.songs.iter().map(|song| song.length).sum();
        samples as f64 / f64::from(SAMPLE_RATE) / 3600.0
    }
}

/// The song folders below `folder`, sorted: those that hold a `metadata.yaml`.
///
/// # Errors
/// When the folder can't be listed.
pub fn list_tracks(folder: &Path) -> Result<Vec<PathBuf>, DatasetError> {
    let entries = std::fs::read_dir(folder).map_err(|error| failure(folder, &error))?;
    let mut tracks: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("metadata.yaml").is_file())
        .collect();
    tracks.sort();
    if tracks.is_empty() {
        return Err(DatasetError::Empty(folder.to_owned()));
    }
    Ok(tracks)
}

/// Reads one song's folder and merges its stems into sources.
///
/// # Errors
/// When the metadata or a stem that it names as rendered can't be read.
pub fn read_song(track: &Path, decode: Decode) -> Result<Multitrack, DatasetError> {
    let path = track.join("metadata.yaml");
    let text = std::fs::read_to_string(&path).map_err(|error| failure(&path, &error))?;
    let metadata: Metadata =
        serde_saphyr::from_str(&text).map_err(|error| failure(&path, &error))?;
    let mut merged: PerSource<Option<Vec<f32>>> = PerSource::default();
    for (name, stem) in metadata
        .stems
        .iter()
        .filter(|(_, stem)| stem.audio_rendered)
    {
        let program = (!stem.is_drum).then_some(stem.program_num);
        let waveform = read_stem(&track.join("stems"), name, decode)?;
        let sum = merged[Source::from_general_midi(program)].get_or_insert_default();
        if sum.len() < waveform.samples.len() {
            sum.resize(waveform.samples.len(), 0.0);
        }
        for (sum, sample) in sum.iter_mut().zip(&waveform.samples) {
            *sum += sample;
        }
    }
    let name = track
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let soft_activity = read_activity(&track.join(ACTIVITY_FILE))?;
    Ok(Multitrack {
        soft_activity,
        ..Multitrack::new(name, merged)
    })
}

/// The soft activity in a file; `None` if there is no file.
fn read_activity(path: &Path) -> Result<Option<PerSource<Vec<f32>>>, DatasetError> {
    if !path.is_file() {
        return Ok(None);
    }
    let fail = |error: &dyn std::fmt::Display| failure(path, error);
    let mut reader = csv::Reader::from_path(path).map_err(|error| fail(&error))?;
    let mut activity = PerSource::<Vec<f32>>::default();
    for row in reader.deserialize::<BTreeMap<String, f32>>() {
        let row = row.map_err(|error| fail(&error))?;
        for source in Source::ALL {
            match row.get(source.name()) {
                Some(value) if (0.0..=1.0).contains(value) => activity[source].push(*value),
                Some(value) => return Err(fail(&format!("{value} is no probability in [0, 1]"))),
                None => return Err(fail(&format!("there is no column named {source}"))),
            }
        }
    }
    Ok(Some(activity))
}

fn read_stem(folder: &Path, name: &str, decode: Decode) -> Result<Waveform, DatasetError> {
    let path = ["flac", "wav"]
        .map(|extension| folder.join(format!("{name}.{extension}")))
        .into_iter()
        .find(|path| path.is_file())
        .ok_or_else(|| failure(&folder.join(name), &"the stem's file is missing"))?;
    let recording = decode(&path).map_err(|error| failure(&path, &error))?;
    audio::to_model_rate(&recording).map_err(|error| failure(&path, &error))
}

fn failure(path: &Path, problem: &dyn std::fmt::Display) -> DatasetError {
    DatasetError::File {
        path: path.to_owned(),
        problem: problem.to_string(),
    }
}

impl Multitrack {
    /// Keeps `stems` as 16-bit samples at one common scale, so that no sum of them clips.
    fn new(name: String, mut stems: PerSource<Option<Vec<f32>>>) -> Self {
        let length = stems.0.iter().flatten().map(Vec::len).max().unwrap_or(0);
        let mut mixture = vec![0.0_f32; length];
        for stem in stems.0.iter_mut().flatten() {
            stem.resize(length, 0.0);
            mixture
                .iter_mut()
                .zip(&*stem)
                .for_each(|(sum, sample)| *sum += sample);
        }
        let activity = PerSource(std::array::from_fn(|index| match &stems.0[index] {
            Some(stem) => truth_activity(stem, &mixture),
            None => Vec::new(),
        }));
        let loudest = stems
            .0
            .iter()
            .flatten()
            .flatten()
            .fold(1e-6_f32, |peak, sample| peak.max(sample.abs()));
        let scale = f32::from(i16::MAX) / loudest;
        let quantise = |stem: Vec<f32>| {
            stem.into_iter()
                .map(|sample| (sample * scale) as i16)
                .collect()
        };
        Self {
            name,
            stems: stems.map(|stem| stem.map(quantise)),
            length,
            activity,
            soft_activity: None,
        }
    }

    /// The probability that a source plays at a value of the activity: 0 or 1 where there are stems.
    pub fn activity_at(&self, source: Source, index: usize) -> f32 {
        match &self.soft_activity {
            Some(activity) => activity[source].get(index).copied().unwrap_or(0.0),
            None => f32::from(u8::from(
                self.activity[source].get(index).copied().unwrap_or(false),
            )),
        }
    }

    /// Share of the song in which each source plays.
    pub fn prominence(&self) -> PerSource<f32> {
        let frames = self.length / HOP + 1;
        PerSource::from_fn(|source| {
            let playing = self.activity[source].iter().filter(|plays| **plays).count();
            playing as f32 / frames as f32
        })
    }

    /// A source's samples in [-1, 1]; silence for an absent source.
    pub fn stem(&self, source: Source) -> Vec<f32> {
        match &self.stems[source] {
            Some(stem) => stem
                .iter()
                .map(|&sample| f32::from(sample) / 32768.0)
                .collect(),
            None => vec![0.0; self.length],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(csv: &str) -> Result<Option<PerSource<Vec<f32>>>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(ACTIVITY_FILE);
        std::fs::write(&path, csv).expect("written");
        read_activity(&path).map_err(|error| error.to_string())
    }

    #[test]
    fn activity_files_are_read_by_their_columns_names() {
        let activity = read("piano,guitar,bass,drums,other\n0.5,1,0,0,0.25\n0,0,1,0,0\n");
        let activity = activity.expect("valid").expect("there is a file");
        assert_eq!(activity[Source::Guitar], [1.0, 0.0]);
        assert_eq!(activity[Source::Piano], [0.5, 0.0]);
        assert_eq!(activity[Source::Other], [0.25, 0.0]);
        assert!(
            read_activity(Path::new("/nowhere/activity.csv"))
                .expect("no error")
                .is_none()
        );
    }

    #[test]
    fn what_is_wrong_with_an_activity_file_is_said() {
        let complaint = |csv| read(csv).expect_err("invalid");
        assert!(complaint("guitar,piano,bass,drums\n0,0,0,0\n").contains("no column named other"));
        assert!(
            complaint("guitar,piano,bass,drums,other\n0,0,0,0,1.5\n").contains("1.5 is no prob")
        );
        assert!(complaint("guitar,piano,bass,drums,other\n0,0,x,0,0\n").contains("activity.csv"));
    }
}
