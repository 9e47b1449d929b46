//! Prepares one track: reads its stems, merges them by source, cuts or pads them to one duration and writes them in the
//! layout of training songs.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::slakh::{SlakhMetadata, SlakhTrack};
use super::{PrepareError, PrepareOptions};
use crate::audio::{self, SAMPLE_RATE};
use crate::render::files::{AudioFormat, write_audio};
use crate::source::{PerSource, Source};

/// What was done with a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackStatus {
    /// Prepared in this run.
    Prepared,
    /// Found prepared.
    Kept,
}

/// `metadata.yaml` of a prepared track: the fields that [`Dataset`](crate::train::dataset::Dataset) reads, and the
/// origin of the stems.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreparedMetadata {
    /// The track of Slakh2100.
    pub song: String,
    /// A stem a source, by the source's name.
    pub stems: BTreeMap<String, PreparedStem>,
    /// Why stems of Slakh2100 were left out.
    pub left_out: BTreeMap<String, String>,
    /// Gain on all stems, less than 1 where a merged one would have clipped.
    pub gain: f32,
}

/// One source's stem.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PreparedStem {
    /// Whether it is a drum kit.
    pub is_drum: bool,
    /// A General MIDI program of the source; 128 for drums.
    pub program_num: u8,
    /// The stems of Slakh2100 that were merged.
    pub slakh_stems: Vec<String>,
}

/// The file that marks a finished track.
pub const METADATA: &str = "metadata.yaml";

/// Prepares one track, unless that is done; problems with single stems go to `warn`.
///
/// # Errors
/// When the track can't be used, or its song can't be written.
pub fn prepare_track(
    track: &SlakhTrack,
    options: &PrepareOptions,
    warn: &dyn Fn(PrepareError),
) -> Result<TrackStatus, PrepareError> {
    let folder = options.out.join(track.split).join(&track.name);
    if folder.join(METADATA).is_file() {
        return Ok(TrackStatus::Kept);
    }
    let merged = merge(track, &track.metadata()?, options, warn)?;
    // Renamed when complete, so that an interrupted track never counts as finished.
    let partial = folder.with_extension("partial");
    for leftover in [&partial, &folder] {
        if leftover.exists() {
            std::fs::remove_dir_all(leftover)
                .map_err(|error| PrepareError::file(leftover, error))?;
        }
    }
    write(&partial, &merged)?;
    std::fs::rename(&partial, &folder).map_err(|error| PrepareError::file(&folder, error))?;
    Ok(TrackStatus::Prepared)
}

struct Merged {
    sums: PerSource<Option<Vec<f32>>>,
    metadata: PreparedMetadata,
}

fn merge(
    track: &SlakhTrack,
    slakh: &SlakhMetadata,
    options: &PrepareOptions,
    warn: &dyn Fn(PrepareError),
) -> Result<Merged, PrepareError> {
    let length = (options.seconds * f64::from(SAMPLE_RATE)).round() as usize;
    let mut sums: PerSource<Option<Vec<f32>>> = PerSource::default();
    let mut members: PerSource<Vec<String>> = PerSource::default();
    let mut left_out = BTreeMap::new();
    for (name, stem) in slakh.stems.iter().filter(|(_, stem)| stem.audio_rendered) {
        match read_stem(track, name, options) {
            Ok(samples) => {
                let sum = sums[stem.source()].get_or_insert_with(|| vec![0.0; length]);
                let both = sum.iter_mut().zip(samples);
                both.for_each(|(sum, sample)| *sum += sample);
                members[stem.source()].push(name.clone());
            }
            Err(problem) => {
                left_out.insert(name.clone(), problem.to_string());
                warn(problem);
            }
        }
    }
    if sums.0.iter().all(Option::is_none) {
        let problem = "none of its stems can be read; the track is skipped";
        return Err(PrepareError::file(&track.path, problem));
    }
    let gain = limit(&mut sums);
    let stems = members.iter().filter(|(_, members)| !members.is_empty());
    let stems = stems.map(|(source, members)| (source.name().to_owned(), stem(source, members)));
    Ok(Merged {
        metadata: PreparedMetadata {
            song: track.name.clone(),
            stems: stems.collect(),
            left_out,
            gain,
        },
        sums,
    })
}

fn read_stem(
    track: &SlakhTrack,
    name: &str,
    options: &PrepareOptions,
) -> Result<Vec<f32>, PrepareError> {
    let expected = track.path.join("stems").join(format!("{name}.flac"));
    let path = track
        .stem_file(name)
        .ok_or_else(|| PrepareError::file(&expected, "missing; the stem is left out"))?;
    let damaged =
        |problem: String| PrepareError::file(&path, format!("{problem}; the stem is left out"));
    let recording = (options.decode)(&path).map_err(damaged)?;
    let waveform = audio::to_model_rate(&recording).map_err(|error| damaged(error.to_string()))?;
    Ok(waveform.samples)
}

fn stem(source: Source, members: &[String]) -> PreparedStem {
    let program_num = match source {
        Source::Piano => 0,
        Source::Guitar => 24,
        Source::Bass => 32,
        Source::Other => 48,
        Source::Drums => 128,
    };
    PreparedStem {
        is_drum: source == Source::Drums,
        program_num,
        slakh_stems: members.to_vec(),
    }
}

/// Scales all sums by one factor so that none clips.
fn limit(sums: &mut PerSource<Option<Vec<f32>>>) -> f32 {
    let samples = sums.0.iter().flatten().flatten();
    let peak = samples.fold(1.0_f32, |peak, sample| peak.max(sample.abs()));
    let gain = 1.0 / peak;
    for sum in sums.0.iter_mut().flatten() {
        sum.iter_mut().for_each(|sample| *sample *= gain);
    }
    gain
}

fn write(folder: &Path, merged: &Merged) -> Result<(), PrepareError> {
    let stems = folder.join("stems");
    std::fs::create_dir_all(&stems).map_err(|error| PrepareError::file(&stems, error))?;
    for (source, sum) in merged.sums.iter() {
        if let Some(samples) = sum {
            let path = stems.join(format!("{source}.wav"));
            write_audio(&path, samples, SAMPLE_RATE, AudioFormat::Wav)
                .map_err(|error| PrepareError::file(&path, error))?;
        }
    }
    let path = folder.join(METADATA);
    let yaml = serde_saphyr::to_string(&merged.metadata)
        .map_err(|error| PrepareError::file(&path, error))?;
    std::fs::write(&path, yaml).map_err(|error| PrepareError::file(&path, error))
}
