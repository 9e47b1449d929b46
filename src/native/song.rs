//! From a file to an analysis, for every command: decode, resample, check, analyse.

use std::{borrow::Cow, path::Path};

use anyhow::{Context, anyhow};

use super::{
    CommandContext,
    decode::{self, STANDARD_INPUT},
    engine::Engine,
    progress::Progress,
};
use crate::{
    analysis::{self, Analysis},
    audio::{self, Recording, Waveform},
    separate::{Observer, SeparateError},
    tags::Tags,
};

/// A file as the networks' input.
#[derive(Clone, Debug)]
pub struct LoadedSong {
    /// One channel at the model's rate.
    pub waveform: Waveform,
    /// What the file says about itself.
    pub tags: Tags,
    /// What was wrong with the file, as predicates.
    pub warnings: Vec<String>,
}

/// What a file is called in messages.
pub fn name_of(path: &Path) -> Cow<'_, str> {
    match path == Path::new(STANDARD_INPUT) {
        true => "standard input".into(),
        false => path.to_string_lossy(),
    }
}

/// Reads a file, refusing what can't be analysed.
///
/// # Errors
/// When the file is no song that can be read, or is too short, too long or silent.
pub fn load(path: &Path, context: &CommandContext) -> anyhow::Result<LoadedSong> {
    let name = name_of(path);
    let song = decode::decode_file(path, context.interrupt().flag())
        .map_err(|error| anyhow!("{name} {error}"))?;
    Ok(LoadedSong {
        waveform: to_model_input(path, &song.recording)?,
        tags: song.tags,
        warnings: song.warnings,
    })
}

/// A recording as the networks' input, if it can be analysed.
///
/// # Errors
/// When it can't.
pub fn to_model_input(path: &Path, recording: &Recording) -> anyhow::Result<Waveform> {
    let name = name_of(path);
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
    analysis.music = Some(Box::new(rhythm.describe(&song.waveform, &analysis)));
    Ok(analysis)
}

/// Loads and analyses the file of a command that works on one song, showing progress and the file's warnings.
///
/// # Errors
/// As [`load`] and [`analyse`].
pub fn analyse_file(
    path: &Path,
    engine: &Engine,
    context: &CommandContext,
) -> anyhow::Result<Analysis> {
    let song = load(path, context)?;
    for warning in &song.warnings {
        context.warn(&format!("{} {warning}", name_of(path)));
    }
    let mut progress = Progress::new(context, 1);
    progress.show("Separating");
    Ok(analyse(&song, engine, &mut progress)?)
}
