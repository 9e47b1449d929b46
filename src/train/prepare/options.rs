//! Options and errors of the preparation.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::train::dataset::Decode;

/// Options of the preparation.
#[derive(Clone, Debug)]
pub struct PrepareOptions {
    /// Folder of the data set.
    pub slakh: PathBuf,
    /// Folder to write into.
    pub out: PathBuf,
    /// Duration of every song: longer ones are cut, shorter ones end in silence.
    pub seconds: f64,
    /// Names of tracks to leave out.
    pub omitted: BTreeSet<String>,
    /// Decodes an audio file; damaged files are errors.
    pub decode: Decode,
}

/// Why the data set can't be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The folder is something else.
    #[error(
        "{0} is not Slakh2100: expected folders train, validation and test in it, with folders TrackNNNNN"
    )]
    NotSlakh(PathBuf),
    /// A file or folder can't be read or written.
    #[error("{path}: {problem}")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        problem: String,
    },
}

impl PrepareError {
    pub(super) fn file(path: &Path, problem: impl std::fmt::Display) -> Self {
        Self::File {
            path: path.to_owned(),
            problem: problem.to_string(),
        }
    }
}
