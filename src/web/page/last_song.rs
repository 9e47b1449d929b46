//! The last analysis, kept between visits: the numbers alone, never the sound.

use serde::{Deserialize, Serialize};

use super::job::AnalysedSong;
use crate::web::platform::storage::{Storage, StorageError};

/// Raised when [`AnalysedSong`] changes in a way that older texts do not fit.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct StoredAnalysis {
    version: u32,
    song: AnalysedSong,
}

/// Keeps an analysis, in place of the one before.
///
/// # Errors
/// When the browser does not let the page store anything, or has no room.
pub async fn save(song: &AnalysedSong) -> Result<(), StorageError> {
    let stored = StoredAnalysis {
        version: VERSION,
        song: song.clone(),
    };
    // Numbers that JSON has no words for (NaN) do not come out of an analysis.
    let Ok(text) = serde_json::to_string(&stored) else {
        return Ok(());
    };
    Storage::open().await?.put_last(&text).await
}

/// The last analysis, if there is one that this version of the page can read.
pub async fn load() -> Option<AnalysedSong> {
    let text = Storage::open().await.ok()?.last().await.ok()??;
    let stored: StoredAnalysis = serde_json::from_str(&text).ok()?;
    let song = AnalysedSong {
        is_restored: true,
        ..stored.song
    };
    (stored.version == VERSION).then_some(song)
}
