//! L7, native: the road that every command takes with a file: decode, resample, check, analyse.

use std::path::Path;

use anyhow::{Context, anyhow};

use super::{
    Session,
    decode::{self, Tags},
    engine::Engine,
    progress::Progress,
};
use crate::{
    analysis::{self, Analysis},
    audio::{self, Recording, Waveform},
    separate::{Observer, SeparateError},
};

/// A file as networks hear it.
#[derive(Clone, Debug)]
pub struct LoadedSong {
    /// One channel at the model's rate.
    pub waveform: Waveform,
    /// What the file says about itself.
    pub tags: Tags,
    /// What was wrong with the file, as predicates.
    pub warnings: Vec<String>,
}

/// Reads a file, refusing what can't be analysed.
///
/// # Errors
/// When the file is no song that can be read, or is too short, too long or silent.
pub fn load(path: &Path, session: &Session) -> anyhow::Result<LoadedSong> {
    let name = path.display();
    let song = decode::decode_file(path, session.interrupt().flag())
        .map_err(|error| anyhow!("{name} {error}"))?;
    Ok(LoadedSong {
        waveform: as_heard(path, &song.recording)?,
        tags: song.tags,
        warnings: song.warnings,
    })
}

/// A recording as networks hear it, if it can be analysed.
///
/// # Errors
/// When it can't.
pub fn as_heard(path: &Path, recording: &Recording) -> anyhow::Result<Waveform> {
    let name = path.display();
    let waveform =
        audio::to_model_rate(recording).with_context(|| format!("{name} cannot be resampled"))?;
    analysis::check_input(&waveform).with_context(|| format!("{name} cannot be analysed"))?;
    Ok(waveform)
}

/// Measures a song, its music included.
///
/// # Errors
/// When cancelled, or when the network fails.
pub fn analyse(
    song: &LoadedSong,
    engine: &Engine,
    observer: &mut impl Observer,
) -> Result<Analysis, SeparateError> {
    let (mut analysis, rhythm) = pollster::block_on(analysis::analyse_keeping(
        (),
        &engine.separator,
        &song.waveform,
        &engine.card,
        observer,
    ))?;
    analysis.music = Some(rhythm.describe(&song.waveform, &analysis));
    Ok(analysis)
}

/// Loads and analyses the file of a command that works on one song, showing progress and the file's warnings.
///
/// # Errors
/// As [`load`] and [`analyse`].
pub fn analyse_file(path: &Path, engine: &Engine, session: &Session) -> anyhow::Result<Analysis> {
    let song = load(path, session)?;
    for warning in &song.warnings {
        session.warn(&format!("{} {warning}", path.display()));
    }
    let mut progress = Progress::new(session, 1);
    progress.show("Separating");
    Ok(analyse(&song, engine, &mut progress)?)
}
