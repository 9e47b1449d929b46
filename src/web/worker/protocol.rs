//! The messages between page, engine and helpers.
//!
//! A message is an array: a JSON head, then attachments (sample buffers, blobs), whose buffers are transferred, not
//! copied. Heads carry the job's id, so that answers to an abandoned job are recognised.

use js_sys::Array;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use wasm_bindgen::JsValue;

use crate::{
    analysis::Analysis,
    audio::{FileTags, wav::Layout},
    music::Music,
    separate::SongPart,
    web::platform::PlatformError,
};

/// Raised with every change to this file that an older page or engine would misread.
pub const PROTOCOL_VERSION: u32 = 7;

/// Number of a job, unique within a page.
pub type JobId = u32;

/// What a worker is started as; its name says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerKind {
    /// Serves the page.
    Engine,
    /// Serves an engine.
    Helper,
}

impl WorkerKind {
    /// The worker's name.
    pub const fn name(self) -> &'static str {
        match self {
            WorkerKind::Engine => "engine",
            WorkerKind::Helper => "helper",
        }
    }
}

/// What a job is to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobOutput {
    /// The analysis and the stems.
    Stems,
    /// The analysis alone: the original is not kept, and no stems are made.
    Numbers,
}

/// Page to engine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// First message: opens the device. Attachment: the weights (`Blob`, to be read on the engine's thread).
    Open {
        /// The model card's text.
        card: String,
        /// How many helpers to start.
        helpers: usize,
    },
    /// Announces a job's audio, sent by [`Request::Samples`].
    Analyse {
        /// The job.
        id: JobId,
        /// What to compute.
        wanted: JobOutput,
        /// In Hz.
        sample_rate: u32,
        /// Samples a channel, in all.
        samples: usize,
    },
    /// The next samples. Attachments: one `Float32Array` a channel.
    Samples {
        /// The job.
        id: JobId,
    },
    /// Asks for spectra. Attachment: windows of this many samples, one after the other (`Float32Array`).
    Spectra {
        /// Samples of each window.
        window_length: usize,
    },
    /// Asks what a file says of itself. Attachments: its first and its last bytes (`ArrayBuffer`s).
    Tags {
        /// Size of the file, in bytes.
        length: u64,
    },
    /// Asks for a FLAC file. Attachment: its samples as they lie in a WAV file (`Blob`).
    Flac {
        /// Unlike every other job's and file's.
        id: JobId,
        /// How the samples lie.
        layout: Layout,
        /// What the file is to say of itself.
        tags: FileTags,
    },
    /// Gives a job up.
    Cancel {
        /// The job.
        id: JobId,
    },
}

/// What a job is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// Resampling, measuring the level.
    Preparing,
    /// The network, tile by tile.
    Separating,
    /// Measuring prominences.
    Measuring,
}

/// The device an engine opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// For the visitor: "NVIDIA ... (WebGPU)", "CPU, 4 threads".
    pub device: String,
    /// Whether the graphics card computes.
    pub is_gpu: bool,
    /// Id of the model in use.
    pub model_id: String,
    /// Why it is not the device that was asked for, if so.
    pub notice: Option<String>,
}

/// How stems come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StemsLayout {
    /// How samples lie in a part's files, which have no header.
    pub layout: Layout,
    /// Samples a channel.
    pub length: usize,
    /// Samples of every part but the last.
    pub part_length: usize,
}

/// Whose fault it is, which decides what the page does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// The visitor's wish.
    Cancelled,
    /// The audio: too short, silent and so on. The engine is well.
    Input,
    /// The graphics card or its driver: worth another attempt on the processor.
    Device,
    /// Model card or weights missing, damaged or of another version.
    Model,
    /// The engine broke.
    Engine,
}

/// A job or an engine that came to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Whose fault.
    pub kind: FailureKind,
    /// For the visitor.
    pub message: String,
}

impl Failure {
    /// A failure of this kind.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { kind, message }
    }

    /// The browser did not keep, or did not give back, what was stored.
    pub fn storage(error: &PlatformError) -> Self {
        Self::new(
            FailureKind::Engine,
            format!("The browser's storage failed: {error}."),
        )
    }

    /// The visitor cancelled.
    pub fn cancelled() -> Self {
        Self::new(FailureKind::Cancelled, "cancelled")
    }
}

/// A file's tags. Blank values are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// The song's title.
    pub title: Option<String>,
    /// Who plays it.
    pub artist: Option<String>,
    /// The album it is from.
    pub album: Option<String>,
}

/// Engine to page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Response {
    /// The wasm runs and listens.
    Started {
        /// Its [`PROTOCOL_VERSION`].
        protocol: u32,
    },
    /// The device is open and the weights are in place.
    Ready(Opened),
    /// It could not be opened.
    Unable(Failure),
    /// Progress of a job.
    Progress {
        /// The job.
        id: JobId,
        /// What it does.
        stage: Stage,
        /// Of this stage, 0 to 1.
        fraction: f32,
        /// Estimate for the whole job, once there is one.
        secs_left: Option<f32>,
    },
    /// A job's result. If stems were wanted, they follow.
    Done {
        /// The job.
        id: JobId,
        /// The result.
        analysis: Analysis,
        /// The stems that follow.
        stems: Option<StemsLayout>,
        /// Time it took in the engine.
        compute_secs: f32,
    },
    /// The stems of the next part of the song. Attachments: a `Blob` of samples a source.
    Stems {
        /// The job.
        id: JobId,
    },
    /// Beats, key, chords and sections of a job that gives stems, once those are made.
    Music {
        /// The job.
        id: JobId,
        /// What was found; `None` for songs that are too long to be practised in one piece.
        music: Option<Box<Music>>,
    },
    /// The answer to [`Request::Spectra`], in the order of asking. Attachment: the power of every bin, window by
    /// window (`Float32Array`).
    Spectra,
    /// The answer to [`Request::Tags`], in the order of asking: nothing of a file without tags, or with broken ones.
    Tags(Tags),
    /// The answer to [`Request::Flac`]. Attachment: the file (`Blob`), if there is one.
    Flac {
        /// Which file.
        id: JobId,
        /// Why there is none, if so.
        failure: Option<String>,
    },
    /// A job came to nothing.
    Failed {
        /// The job.
        id: JobId,
        /// Why.
        failure: Failure,
    },
}

/// Engine to helper.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Order {
    /// First message. Attachment: the weights (`ArrayBuffer`).
    Load {
        /// The model card's text.
        card: String,
    },
    /// Attachment: the tile (`Float32Array`).
    Estimate,
    /// Attachments: the part's masks, packed (`ArrayBuffer`), and a `Float32Array` of samples a channel.
    Stems {
        /// The part of the song.
        part: SongPart,
        /// How the stems' samples are to lie.
        layout: Layout,
    },
}

/// Helper to engine, each an answer to one [`Order`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Delivery {
    /// The wasm runs and listens (the answer to being started).
    Started,
    /// The network is in place.
    Loaded,
    /// Attachment: the masks (`Float32Array`).
    Estimate,
    /// Attachments: a `Blob` of samples a source.
    Stems,
    /// It did not work.
    Failed(Failure),
}

/// A message as it travels: head and attachments.
pub fn pack(head: &impl Serialize, attachments: &[JsValue]) -> Result<Array, PlatformError> {
    let head =
        serde_json::to_string(head).map_err(|error| PlatformError::new(error.to_string()))?;
    let message = Array::of1(&head.into());
    attachments.iter().for_each(|attachment| {
        message.push(attachment);
    });
    Ok(message)
}

/// A message as it arrived: head and attachments.
pub fn unpack<Head: DeserializeOwned>(
    message: &JsValue,
) -> Result<(Head, Vec<JsValue>), PlatformError> {
    let mut parts = Array::from(message).to_vec();
    if parts.is_empty() {
        return Err(PlatformError::new("an empty message"));
    }
    let head = parts.remove(0).as_string().unwrap_or_default();
    let head =
        serde_json::from_str(&head).map_err(|error| PlatformError::new(error.to_string()))?;
    Ok((head, parts))
}
