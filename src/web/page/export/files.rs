//! The exported files, written block by block into a blob.

use std::{io::Write, rc::Rc, sync::Arc};

use web_sys::Blob;

use crate::{
    analysis::{AnalysisReport, to_csv},
    archive::{Archive, Contents},
    audio::{
        AudioError,
        wav::{Layout, SampleFormat},
    },
    playback::{file_stem, mix_name},
    source::{PerSource, Source},
    web::{
        page::job::AnalysedSong,
        platform::{PlatformError, blob::BlobWriter, stems::StemFiles},
    },
};

/// Samples that are read and written at once: 1.5 s at 44.1 kHz.
const BLOCK_LENGTH: usize = 1 << 16;

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
    /// The analysis.
    Json,
    /// The analysis for spreadsheets.
    Csv,
}

/// What is needed to make a file.
pub(super) struct ExportRequest {
    pub(super) content: Content,
    pub(super) format: SampleFormat,
    /// The gain of each stem in the mix.
    pub(super) gains: PerSource<f32>,
    pub(super) song: Arc<AnalysedSong>,
    pub(super) stems: Option<Rc<StemFiles>>,
}

/// A finished file.
pub(super) struct ExportedFile {
    pub(super) name: String,
    pub(super) file: Blob,
}

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
    /// The song was closed.
    #[error("The parts are gone: please analyse the song again.")]
    NoStems,
}

/// Makes a file. `on_progress` is called with the share written, and returns whether to cancel: then there is no file.
pub(super) async fn make(
    request: ExportRequest,
    on_progress: &dyn Fn(f32) -> bool,
) -> Result<Option<ExportedFile>, ExportError> {
    let song = file_stem(&request.song.names.title);
    let mut file = BlobWriter::default();
    let stems = || request.stems.as_deref().ok_or(ExportError::NoStems);
    let (name, media_type, is_whole) = match request.content {
        Content::Stem(source) => {
            let content = Sound::Stem(source);
            let is_whole =
                write_wav(stems()?, content, request.format, &mut file, on_progress).await?;
            (format!("{song} – {source}.wav"), "audio/wav", is_whole)
        }
        Content::Mix | Content::Without(_) => {
            let gains = match request.content {
                Content::Without(left_out) => {
                    PerSource::from_fn(|source| if source == left_out { 0.0 } else { 1.0 })
                }
                _ => request.gains,
            };
            let content = Sound::Mix(gains);
            let is_whole =
                write_wav(stems()?, content, request.format, &mut file, on_progress).await?;
            (
                format!("{song} – {}.wav", mix_name(&gains)),
                "audio/wav",
                is_whole,
            )
        }
        Content::Zip => {
            let is_whole = write_zip(stems()?, &request, &mut file, on_progress).await?;
            (format!("{song} – parts.zip"), "application/zip", is_whole)
        }
        Content::Json => {
            let report = AnalysisReport::new(&request.song.name, &request.song.analysis);
            serde_json::to_writer_pretty(&mut file, &report)?;
            (format!("{song}.json"), "application/json", true)
        }
        Content::Csv => {
            file.write_all(to_csv(&request.song.analysis).as_bytes())?;
            (format!("{song}.csv"), "text/csv", true)
        }
    };
    let file = file.finish(media_type)?;
    Ok(is_whole.then_some(ExportedFile { name, file }))
}

#[derive(Clone, Copy)]
enum Sound {
    Stem(Source),
    Mix(PerSource<f32>),
}

/// Writes a WAV; false if that was given up.
async fn write_wav(
    stems: &StemFiles,
    sound: Sound,
    format: SampleFormat,
    file: &mut impl Write,
    on_progress: &dyn Fn(f32) -> bool,
) -> Result<bool, ExportError> {
    let layout = Layout {
        format,
        ..stems.layout
    };
    file.write_all(&layout.header(stems.length)?)?;
    let mut bytes = Vec::new();
    for start in (0..stems.length).step_by(BLOCK_LENGTH) {
        let end = start + BLOCK_LENGTH;
        let block = match sound {
            Sound::Stem(source) => stems.read(source, start, end).await?,
            Sound::Mix(gains) => stems.read_mix(&gains, start, end).await?,
        };
        bytes.clear();
        layout.encode(&block, &mut bytes);
        file.write_all(&bytes)?;
        if on_progress(start as f32 / stems.length as f32) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A file of an archive: bytes on their way into a blob, counted as they pass.
#[derive(Default)]
struct Entry {
    file: BlobWriter,
    contents: Contents,
}

impl Write for Entry {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.contents.add(bytes);
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Writes all five, uncompressed, since deflate hardly shrinks audio; false if that was given up.
async fn write_zip(
    stems: &StemFiles,
    request: &ExportRequest,
    file: &mut BlobWriter,
    on_progress: &dyn Fn(f32) -> bool,
) -> Result<bool, ExportError> {
    let (song, format) = (file_stem(&request.song.names.title), request.format);
    let mut archive = Archive::default();
    for source in Source::ALL {
        let mut entry = Entry::default();
        let before = source.index() as f32;
        let on_part = |share: f32| on_progress((before + share) / Source::COUNT as f32);
        if !write_wav(stems, Sound::Stem(source), format, &mut entry, &on_part).await? {
            return Ok(false);
        }
        let name = format!("{song} – {source}.wav");
        file.write_all(&archive.header(&name, &entry.contents))?;
        file.append(&entry.file.finish("")?)?;
    }
    file.write_all(&archive.end())?;
    Ok(true)
}
