//! L7: one song's way from a file to a result, with every way it can fail.

use std::rc::Rc;

use js_sys::Uint8Array;
use web_sys::{AudioBuffer, Blob};

use crate::{
    analysis::{Analysis, MAX_DURATION_SECS, MIN_DURATION_SECS},
    source::PerSource,
    web::{
        container::{self, HEAD_BYTES, Inspection, TAIL_BYTES},
        platform::{PlatformError, clock, decode, page, stems::StemFiles},
        worker::{
            client::{EngineClient, Finished, Progress},
            protocol::{Failure, FailureKind, Opened, Wanted},
        },
    },
};

/// A file this large is no song of an hour.
const MAX_FILE_BYTES: f64 = 1e9;
/// A decoded part shorter than this share of what the header promises was cut off.
const WHOLE_SHARE: f64 = 0.97;

/// A song to analyse.
#[derive(Clone)]
pub struct Song {
    /// Name of the file.
    pub name: String,
    /// Its content.
    pub file: Blob,
}

/// What a song is going through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// The file is read and decoded.
    Decoding,
    /// The engine works on it (or is still being loaded, if there is no progress yet).
    Engine(Option<Progress>),
}

/// A finished song.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Name of the file.
    pub name: String,
    /// What plays when.
    pub analysis: Analysis,
    /// From dropping the file to this.
    pub total_secs: f64,
    /// The engine's share of that.
    pub compute_secs: f32,
    /// What it computed on.
    pub opened: Opened,
    /// Whether the file's end is missing.
    pub is_cut_off: bool,
}

impl Outcome {
    /// The stretches, ascending, in which any of these sources plays.
    pub fn passages(&self, sources: PerSource<bool>) -> Vec<[f32; 2]> {
        let wanted = self
            .analysis
            .parts
            .iter()
            .filter(|(source, _)| sources[*source]);
        let mut ranges: Vec<_> = wanted
            .flat_map(|(_, part)| part.ranges_secs.iter().copied())
            .collect();
        ranges.sort_by(|a, b| a[0].total_cmp(&b[0]));
        ranges
    }
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum JobError {
    /// No bytes.
    #[error("This file is empty.")]
    Empty,
    /// Too many bytes.
    #[error("This file is too large ({:.0} MB): the limit is 1,000 MB.", bytes / 1e6)]
    TooLarge {
        /// Its size.
        bytes: f64,
    },
    /// Less than a second.
    #[error("This is too short ({secs:.1} s): a song needs at least one second.")]
    TooShort {
        /// Its duration.
        secs: f64,
    },
    /// More than an hour.
    #[error("This is too long ({:.0} minutes): the limit is 60 minutes.", secs / 60.0)]
    TooLong {
        /// Its duration.
        secs: f64,
    },
    /// Neither this page nor the browser knows what it is.
    #[error(
        "This is not audio, or of a kind that this browser cannot play. MP3, WAV, FLAC, OGG and M4A work."
    )]
    NotAudio,
    /// The end is missing and the rest does not decode.
    #[error(
        "This file is cut off: its end is missing, and the rest cannot be decoded. Was it copied completely?"
    )]
    CutOff,
    /// Of a kind that the browser has no decoder for.
    #[error(
        "This is {0}, which this browser cannot play. MP3, WAV and FLAC work in every browser."
    )]
    Unplayable(&'static str),
    /// Looks like audio but does not decode.
    #[error("This file is damaged: it looks like audio, but the browser cannot decode it.")]
    Damaged,
    /// The browser does not give the file out.
    #[error("This file could not be read: {0}.")]
    Unreadable(PlatformError),
    /// The engine's words.
    #[error("{}", .0.message)]
    Engine(Failure),
}

impl JobError {
    /// What the visitor can do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            JobError::Engine(failure) if failure.kind != FailureKind::Input => {
                "The next song starts the engine anew; if that does not help, reload the page."
            }
            _ => "Another song will do: the page goes on working.",
        }
    }

    /// Whether the visitor wanted it so.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, JobError::Engine(failure) if failure.kind == FailureKind::Cancelled)
    }
}

/// Takes a song all the way.
pub async fn run(
    song: Song,
    engine: EngineClient,
    on_step: impl Fn(Step) + 'static,
) -> Result<(Outcome, Option<StemFiles>), JobError> {
    let started_secs = clock::now_secs();
    on_step(Step::Decoding);
    let (finished, is_cut_off) = analyse(&song, engine, Rc::new(on_step)).await?;
    let outcome = Outcome {
        name: song.name,
        analysis: finished.analysis,
        total_secs: clock::now_secs() - started_secs,
        compute_secs: finished.compute_secs,
        opened: finished.opened,
        is_cut_off,
    };
    Ok((outcome, finished.stems))
}

async fn analyse(
    song: &Song,
    engine: EngineClient,
    on_step: Rc<dyn Fn(Step)>,
) -> Result<(Finished, bool), JobError> {
    let (audio, is_cut_off) = decode_file(&song.file).await?;
    on_step(Step::Engine(None));
    let finished = engine
        .analyse(&audio, Wanted::Stems, move |progress| {
            on_step(Step::Engine(Some(progress)))
        })
        .await
        .map_err(JobError::Engine)?;
    Ok((finished, is_cut_off))
}

/// Decodes a file, if there is a song in it that can be analysed; tells as well whether its end is missing.
///
/// # Errors
/// When there is no such song in it.
pub async fn decode_file(file: &Blob) -> Result<(AudioBuffer, bool), JobError> {
    check_size(file.size())?;
    if let Some(secs) = header_duration_secs(file).await? {
        check_duration(secs)?;
    }
    let inspection = inspect(file).await.map_err(JobError::Unreadable)?;
    let audio = decode_song(file, inspection).await?;
    check_duration(audio.duration())?;
    let is_cut_off = inspection.is_some_and(|inspection| is_cut_off(&inspection, &audio));
    Ok((audio, is_cut_off))
}

async fn header_duration_secs(file: &Blob) -> Result<Option<f64>, JobError> {
    let url = page::object_url(file).map_err(JobError::Unreadable)?;
    let duration_secs = decode::header_duration_secs(&url).await;
    page::revoke_url(&url);
    Ok(duration_secs)
}

fn check_size(bytes: f64) -> Result<(), JobError> {
    match bytes {
        0.0 => Err(JobError::Empty),
        bytes if bytes > MAX_FILE_BYTES => Err(JobError::TooLarge { bytes }),
        _ => Ok(()),
    }
}

fn check_duration(secs: f64) -> Result<(), JobError> {
    match secs {
        secs if secs < f64::from(MIN_DURATION_SECS) => Err(JobError::TooShort { secs }),
        secs if secs > f64::from(MAX_DURATION_SECS) => Err(JobError::TooLong { secs }),
        _ => Ok(()),
    }
}

async fn inspect(file: &Blob) -> Result<Option<Inspection>, PlatformError> {
    let (head, tail) = ends(file, HEAD_BYTES as u64, TAIL_BYTES as u64).await?;
    Ok(container::inspect(&head, &tail, file.size() as u64))
}

/// At most so many of a file's first and last bytes; they may overlap.
///
/// # Errors
/// When the browser does not give the file out.
pub async fn ends(
    file: &Blob,
    head_bytes: u64,
    tail_bytes: u64,
) -> Result<(Vec<u8>, Vec<u8>), PlatformError> {
    let length = file.size();
    let head = file.slice_with_f64_and_f64(0.0, length.min(head_bytes as f64))?;
    let tail = file.slice_with_f64_and_f64((length - tail_bytes as f64).max(0.0), length)?;
    Ok((bytes_of(&head).await?, bytes_of(&tail).await?))
}

async fn bytes_of(blob: &Blob) -> Result<Vec<u8>, PlatformError> {
    let bytes = decode::read_bytes(blob).await?;
    Ok(Uint8Array::new(&bytes).to_vec())
}

async fn decode_song(file: &Blob, inspection: Option<Inspection>) -> Result<AudioBuffer, JobError> {
    let bytes = decode::read_bytes(file)
        .await
        .map_err(JobError::Unreadable)?;
    let own_rate = inspection.and_then(|inspection| inspection.sample_rate);
    let decoded = decode::decode(&bytes, own_rate.unwrap_or(decode::DEFAULT_SAMPLE_RATE)).await;
    decoded.map_err(|_| match inspection {
        None => JobError::NotAudio,
        Some(inspection) if inspection.is_cut_off => JobError::CutOff,
        Some(Inspection { format, .. }) if !decode::can_play(format.media_type()) => {
            JobError::Unplayable(format.name())
        }
        Some(_) => JobError::Damaged,
    })
}

fn is_cut_off(inspection: &Inspection, audio: &AudioBuffer) -> bool {
    let promised_secs = inspection.duration_secs.unwrap_or(0.0);
    inspection.is_cut_off || audio.duration() < promised_secs * WHOLE_SHARE
}
