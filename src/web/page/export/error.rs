//! Why an export came to nothing, in words for the visitor.

use crate::{
    audio::AudioError,
    web::{platform::PlatformError, worker::protocol::Failure},
};

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(super) enum ExportError {
    /// The browser refused, most likely because the disk is full.
    #[error("The browser could not keep the file ({0}). Is there room on the disk?")]
    Platform(#[from] PlatformError),
    /// It does not fit.
    #[error("The export failed: {0}.")]
    Audio(#[from] AudioError),
    /// The browser refuses.
    #[error("The file could not be written ({0}). Is there room on the disk?")]
    Write(#[from] std::io::Error),
    /// NaN or infinity.
    #[error("The numbers could not be written: {0}.")]
    Json(#[from] serde_json::Error),
    /// The engine did not encode it.
    #[error("The FLAC file could not be made ({}). WAV works without the engine.", .0.message)]
    Engine(Failure),
    /// The song was closed.
    #[error("The parts are gone: please analyse the song again.")]
    NoStems,
}
