//! The exported files: what each holds, and what it is called.

use std::{io::Write, rc::Rc, sync::Arc};

use web_sys::Blob;

use super::{
    error::ExportError,
    sound::{Clipped, Sound, SoundFormat, SoundWriter, WrittenSound},
};
use crate::{
    analysis::{AnalysisReport, to_csv},
    archive::{Archive, Contents},
    audio::FileTags,
    playback::{LoopSound, file_stem, loop_name, mix_name},
    source::{PerSource, Source},
    web::{
        page::job::AnalysedSong,
        platform::{
            PlatformError,
            blob::{self, BlobWriter},
            stems::StemFiles,
        },
        worker::client::EngineClient,
    },
};

/// Bytes of a file that are counted at once for the archive's directory.
const COUNTED_BYTES: usize = 4 << 20;

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Content {
    /// One stem.
    Stem(Source),
    /// All but one.
    Without(Source),
    /// All stems.
    Zip,
    /// The sum of the stems at the mixer's gains.
    Mix,
    /// What is repeated, as it sounds.
    Loop,
    /// The analysis.
    Json,
    /// The analysis for spreadsheets.
    Csv,
}

/// What is needed to make a file.
pub(super) struct ExportRequest {
    pub(super) content: Content,
    pub(super) format: SoundFormat,
    /// The gain of each stem in the mix.
    pub(super) gains: PerSource<f32>,
    /// The loop, under its name if it has one.
    pub(super) looped: Option<(LoopSound, Option<String>)>,
    pub(super) song: Arc<AnalysedSong>,
    pub(super) stems: Option<Rc<StemFiles>>,
    pub(super) engine: EngineClient,
}

/// A finished file.
pub(super) struct ExportedFile {
    pub(super) name: String,
    pub(super) file: Blob,
    pub(super) clipped: Clipped,
}

/// Makes a file. `on_progress` is called with the share written, and returns whether to cancel: then there is no file.
pub(super) async fn make(
    request: ExportRequest,
    on_progress: &dyn Fn(f32) -> bool,
) -> Result<Option<ExportedFile>, ExportError> {
    let song = file_stem(&request.song.names.title);
    let sound = match request.content {
        Content::Json | Content::Csv => return numbers(&request, &song).map(Some),
        Content::Zip => return zip(&request, &song, on_progress).await,
        Content::Stem(source) => Sound::Stem(source),
        Content::Mix => Sound::Mix(request.gains),
        Content::Without(left_out) => Sound::Mix(PerSource::from_fn(|source| {
            if source == left_out { 0.0 } else { 1.0 }
        })),
        Content::Loop => {
            let looped = request.looped.as_ref().ok_or(ExportError::NoStems)?;
            Sound::Loop(Box::new(looped.0.clone()))
        }
    };
    let part = match &sound {
        Sound::Stem(source) => source.to_string(),
        Sound::Mix(gains) => mix_name(gains),
        Sound::Loop(sound) => {
            let looped = request.looped.as_ref();
            loop_name(sound, looped.and_then(|(_, name)| name.as_deref()))
        }
    };
    let name = format!(
        "{song} – {}.{}",
        file_stem(&part),
        request.format.extension()
    );
    let sound = writer(&request)?
        .write(&sound, request.tags(part), on_progress)
        .await?;
    Ok(sound.map(|WrittenSound { file, clipped }| ExportedFile {
        name,
        file,
        clipped,
    }))
}

impl ExportRequest {
    fn tags(&self, part: String) -> FileTags {
        let names = &self.song.names;
        FileTags {
            title: names.title.clone(),
            artist: names.artist.clone(),
            part: Some(part),
        }
    }
}

fn writer(request: &ExportRequest) -> Result<SoundWriter<'_>, ExportError> {
    Ok(SoundWriter {
        stems: request.stems.as_deref().ok_or(ExportError::NoStems)?,
        format: request.format,
        engine: &request.engine,
    })
}

fn numbers(request: &ExportRequest, song: &str) -> Result<ExportedFile, ExportError> {
    let mut file = BlobWriter::default();
    let (extension, media_type) = match request.content {
        Content::Csv => {
            file.write_all(to_csv(&request.song.analysis).as_bytes())?;
            ("csv", "text/csv")
        }
        _ => {
            let report = AnalysisReport::new(&request.song.name, &request.song.analysis);
            serde_json::to_writer_pretty(&mut file, &report)?;
            ("json", "application/json")
        }
    };
    Ok(ExportedFile {
        name: format!("{song}.{extension}"),
        file: file.finish(media_type)?,
        clipped: Clipped::default(),
    })
}

/// All five, uncompressed, since deflate hardly shrinks audio; `None` if that was given up.
async fn zip(
    request: &ExportRequest,
    song: &str,
    on_progress: &dyn Fn(f32) -> bool,
) -> Result<Option<ExportedFile>, ExportError> {
    let writer = writer(request)?;
    let mut file = BlobWriter::default();
    let mut archive = Archive::default();
    let mut clipped = Clipped::default();
    for source in Source::ALL {
        let before = source.index() as f32;
        let on_part = |share: f32| on_progress((before + share) / Source::COUNT as f32);
        let tags = request.tags(source.to_string());
        let sound = writer.write(&Sound::Stem(source), tags, &on_part).await?;
        let Some(sound) = sound else { return Ok(None) };
        let name = format!("{song} – {source}.{}", request.format.extension());
        file.write_all(&archive.header(&name, &counted(&sound.file).await?))?;
        file.append(&sound.file)?;
        clipped.add(sound.clipped);
    }
    file.write_all(&archive.end())?;
    let name = format!("{song} – parts.zip");
    let file = file.finish("application/zip")?;
    Ok(Some(ExportedFile {
        name,
        file,
        clipped,
    }))
}

/// The checksum of a file's bytes.
async fn counted(file: &Blob) -> Result<Contents, PlatformError> {
    let mut contents = Contents::default();
    let length = file.size() as usize;
    for start in (0..length).step_by(COUNTED_BYTES) {
        let end = length.min(start + COUNTED_BYTES);
        contents.add(&blob::read(file, start, end).await?);
    }
    Ok(contents)
}
