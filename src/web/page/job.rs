//! Analysing one song, from its file to the result, with every way it can fail.

use std::cell::Cell;

use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::spawn_local;
use web_sys::{AudioBuffer, Blob};

use super::song_names::{Ends, SongNames};
use crate::{
    analysis::{Analysis, MAX_DURATION_SECS, MIN_DURATION_SECS},
    music::Music,
    playback,
    source::PerSource,
    web::{
        decoding::{self, DecodeError},
        platform::{PlatformError, clock, stems::StemFiles},
        worker::{
            client::{AnalysisProgress, EngineClient, Finished, MusicToCome},
            protocol::{Failure, FailureKind, JobOutput, Opened},
        },
    },
};

/// Larger than an hour of 24-bit stereo.
const MAX_FILE_BYTES: f64 = 1e9;

/// A song to analyse.
#[derive(Clone)]
pub struct SongFile {
    /// Name of the file.
    pub name: String,
    /// Its content.
    pub content: Blob,
}

/// What a song is going through.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// The file is read and decoded.
    Decoding,
    /// The engine works on it (or is still being loaded, if there is no progress yet).
    Engine(Option<AnalysisProgress>),
}

/// What is called back while a song is analysed.
pub struct JobListener {
    /// With every step.
    pub on_step: Box<dyn Fn(Step)>,
    /// With the decoded audio.
    pub on_decoded: Box<dyn Fn(&AudioBuffer)>,
}

/// A finished song.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AnalysedSong {
    /// Identifies the file by its contents; `None` where it could not be read.
    #[serde(default)]
    pub id: Option<String>,
    /// Name of the file.
    pub name: String,
    /// Title and artist.
    pub names: SongNames,
    /// What plays when.
    pub analysis: Analysis,
    /// From dropping the file to this.
    pub total_secs: f64,
    /// The engine's share of that.
    pub compute_secs: f32,
    /// What it computed on.
    pub opened: Opened,
    /// Whether the file's end is missing, or the browser did not decode it.
    pub is_cut_off: bool,
    /// Whether it is from an earlier visit, without stems.
    pub is_restored: bool,
}

/// What [`run`] returns.
pub struct FinishedSong {
    /// The song and its analysis.
    pub song: AnalysedSong,
    /// Its stems.
    pub stems: Option<StemFiles>,
    /// Its beats, key, chords and sections, which come later.
    pub music: Option<MusicToCome>,
}

impl AnalysedSong {
    /// The same song with its beats, key, chords and sections.
    #[must_use]
    pub fn with_music(mut self, music: &Music) -> Self {
        self.analysis.music = Some(Box::new(music.clone()));
        self
    }

    /// The ranges in seconds, in ascending order, in which any of these sources plays.
    pub fn passages(&self, sources: PerSource<bool>) -> Vec<[f32; 2]> {
        let parts = &self.analysis.parts;
        let ranges = PerSource::from_fn(|source| parts[source].ranges_secs.as_slice());
        playback::passages(ranges, sources)
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
    /// Of no known format.
    #[error(
        "This is not an audio file, or not one that this browser can play. MP3, WAV, FLAC, OGG and M4A work."
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
    Unplayable(String),
    /// A file of a kind without sound, by its name.
    #[error("This is {0}, not a song. MP3, WAV, FLAC, OGG and M4A work.")]
    NoSound(&'static str),
    /// Looks like audio but does not decode.
    #[error("This file is damaged: it looks like audio, but the browser cannot decode it.")]
    Damaged,
    /// The browser does not let the page read it.
    #[error("This file could not be read: {0}.")]
    Unreadable(PlatformError),
    /// The engine refused the song or broke.
    #[error("{}", .0.message)]
    Engine(Failure),
}

impl JobError {
    /// What the visitor can do about it.
    pub fn advice(&self) -> &'static str {
        match self {
            JobError::Engine(failure) if failure.kind != FailureKind::Input => {
                "The engine restarts with the next song. If that does not help, reload the page."
            }
            _ => "Try another file.",
        }
    }

    /// Whether the visitor cancelled.
    pub fn is_cancelled(&self) -> bool {
        matches!(self, JobError::Engine(failure) if failure.kind == FailureKind::Cancelled)
    }
}

/// Decodes and analyses a song.
pub async fn run(
    file: SongFile,
    engine: EngineClient,
    listener: JobListener,
) -> Result<FinishedSong, JobError> {
    let started_secs = clock::now_secs();
    (listener.on_step)(Step::Decoding);
    let (finished, is_cut_off) = analyse(&file, engine.clone(), listener).await?;
    let (id, names) = identify(&file, &engine).await;
    let song = AnalysedSong {
        id,
        names: names.unwrap_or_else(|| SongNames::of_file(&file.name)),
        name: file.name,
        analysis: finished.analysis,
        total_secs: clock::now_secs() - started_secs,
        compute_secs: finished.compute_secs,
        opened: finished.opened,
        is_cut_off,
        is_restored: false,
    };
    Ok(FinishedSong {
        song,
        stems: finished.stems,
        music: finished.music,
    })
}

/// The file's id, and title and artist from its tags; `None` for what cannot be read, which fails no analysis.
async fn identify(file: &SongFile, engine: &EngineClient) -> (Option<String>, Option<SongNames>) {
    let Ok(ends) = Ends::read(&file.content).await else {
        return (None, None);
    };
    let names = ends.names(&file.name, engine).await.ok();
    (Some(ends.id()), names)
}

async fn analyse(
    file: &SongFile,
    engine: EngineClient,
    listener: JobListener,
) -> Result<(Finished, bool), JobError> {
    let opening = engine.clone();
    spawn_local(async move {
        // Meanwhile; a failure is reported by the analysis.
        opening.open().await.ok();
    });
    let (audio, is_cut_off) = decode_file(&file.content).await?;
    let JobListener {
        on_step,
        on_decoded,
    } = listener;
    on_decoded(&audio);
    on_step(Step::Engine(None));
    let finished = engine
        .analyse(
            decoded_again(audio, &file.content),
            JobOutput::Stems,
            move |progress| on_step(Step::Engine(Some(progress))),
        )
        .await
        .map_err(JobError::Engine)?;
    Ok((finished, is_cut_off))
}

impl From<DecodeError> for JobError {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::TooLong { secs } => Self::TooLong { secs },
            DecodeError::NotAudio => Self::NotAudio,
            DecodeError::NoSound(kind) => Self::NoSound(kind),
            DecodeError::CutOff => Self::CutOff,
            DecodeError::NoSamples => Self::TooShort { secs: 0.0 },
            DecodeError::Unplayable(kind) => Self::Unplayable(kind),
            DecodeError::Damaged => Self::Damaged,
            DecodeError::Unreadable(error) => Self::Unreadable(error),
        }
    }
}

/// Decodes a file, if it holds a song that can be analysed; the flag says whether that is less than the file holds or
/// its header promises.
///
/// # Errors
/// [`JobError`], if it does not.
pub async fn decode_file(file: &Blob) -> Result<(AudioBuffer, bool), JobError> {
    check_size(file.size())?;
    let decoded = decoding::decode_file(file).await?;
    check_duration(decoded.audio.duration())?;
    Ok((decoded.audio, decoded.is_cut_off))
}

/// The audio that was decoded from a file, then the file decoded anew, for an engine that needs it once more.
pub fn decoded_again(
    audio: AudioBuffer,
    file: &Blob,
) -> impl AsyncFn() -> Result<AudioBuffer, Failure> {
    let decoded = Cell::new(Some(audio));
    async move || match decoded.take() {
        Some(audio) => Ok(audio),
        None => decode_file(file)
            .await
            .map(|(audio, _)| audio)
            .map_err(|error| Failure::new(FailureKind::Input, error.to_string())),
    }
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
