//! A song as a list or folder names it.

use std::path::PathBuf;

use crate::tags::Tags;

/// A song to be described.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed {
    /// Its file.
    pub path: PathBuf,
    /// What a list says about it; that counts more than the file's own tags.
    pub said: Tags,
    /// What a playlist shows of it; that counts less than the file's own tags.
    pub shown: Tags,
}

impl Listed {
    pub(super) fn plain(path: PathBuf) -> Self {
        Self {
            path,
            ..Self::default()
        }
    }
}

/// Entries of one list: the song, or why there is none.
pub(super) type Entries = Vec<Result<Listed, String>>;
