//! L7: the files themselves, written block by block into the browser's keeping.

use std::{io::Write, rc::Rc, sync::Arc};

use web_sys::Blob;
use zip::{CompressionMethod, ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::{
    analysis::{Report, to_csv},
    audio::{
        AudioError,
        wav::{Layout, SampleFormat},
    },
    source::{PerSource, Source},
    web::{
        page::job::Outcome,
        platform::{PlatformError, blob::BlobWriter, stems::StemFiles},
    },
};

/// Samples that are read and written at once: a second and a half.
const BLOCK_LENGTH: usize = 1 << 16;
/// From this size on, a ZIP needs its 64-bit fields.
const LARGE_FILE_BYTES: usize = 4_000_000_000;

/// What a file is to hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Content {
    /// One stem.
    Stem(Source),
    /// All stems.
    Zip,
    /// The stems as the faders let them through.
    Mix,
    /// The analysis.
    Json,
    /// The analysis for spreadsheets.
    Csv,
}

/// Everything that it takes to make a file.
pub(super) struct Wish {
    pub(super) content: Content,
    pub(super) format: SampleFormat,
    /// What each stem is multiplied by in the mix.
    pub(super) gains: PerSource<f32>,
    pub(super) outcome: Arc<Outcome>,
    pub(super) stems: Option<Rc<StemFiles>>,
}

/// A file to offer.
pub(super) struct Saved {
    pub(super) name: String,
    pub(super) file: Blob,
}

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
pub(super) enum SaveError {
    /// The browser refuses, most likely for want of room.
    #[error("The browser could not keep the file ({0}). Is there room on the disk?")]
    Platform(#[from] PlatformError),
    /// It does not fit.
    #[error("This does not work: {0}.")]
    Audio(#[from] AudioError),
    /// It does not fit, or the browser refuses.
    #[error("The ZIP could not be written ({0}). Is there room on the disk?")]
    Zip(#[from] ZipError),
    /// The browser refuses.
    #[error("The file could not be written ({0}). Is there room on the disk?")]
    Write(#[from] std::io::Error),
    /// Numbers that are none.
    #[error("The numbers could not be written: {0}.")]
    Json(#[from] serde_json::Error),
    /// There is no song any more.
    #[error("The stems are gone: analyse the song again.")]
    NoStems,
}

/// Makes a file; `tell` hears how far it is and says whether to give up, upon which there is none.
pub(super) async fn make(
    wish: Wish,
    tell: &dyn Fn(f32) -> bool,
) -> Result<Option<Saved>, SaveError> {
    let song = without_extension(&wish.outcome.name);
    let mut file = BlobWriter::default();
    let stems = || wish.stems.as_deref().ok_or(SaveError::NoStems);
    let (name, media_type, is_whole) = match wish.content {
        Content::Stem(source) => {
            let content = Sound::Stem(source);
            let is_whole = write_wav(stems()?, content, wish.format, &mut file, tell).await?;
            (format!("{song} - {source}.wav"), "audio/wav", is_whole)
        }
        Content::Mix => {
            let content = Sound::Mix(wish.gains);
            let is_whole = write_wav(stems()?, content, wish.format, &mut file, tell).await?;
            (format!("{song} - mix.wav"), "audio/wav", is_whole)
        }
        Content::Zip => {
            let is_whole = write_zip(stems()?, wish.format, &mut file, tell).await?;
            (format!("{song} - stems.zip"), "application/zip", is_whole)
        }
        Content::Json => {
            let report = Report::new(&wish.outcome.name, &wish.outcome.analysis);
            serde_json::to_writer_pretty(&mut file, &report)?;
            (format!("{song}.json"), "application/json", true)
        }
        Content::Csv => {
            file.write_all(to_csv(&wish.outcome.analysis).as_bytes())?;
            (format!("{song}.csv"), "text/csv", true)
        }
    };
    let file = file.finish(media_type)?;
    Ok(is_whole.then_some(Saved { name, file }))
}

#[derive(Clone, Copy)]
enum Sound {
    Stem(Source),
    Mix(PerSource<f32>),
}

/// Writes a WAV; whether it became whole.
async fn write_wav(
    stems: &StemFiles,
    sound: Sound,
    format: SampleFormat,
    file: &mut impl Write,
    tell: &dyn Fn(f32) -> bool,
) -> Result<bool, SaveError> {
    let layout = Layout {
        format,
        ..stems.layout
    };
    file.write_all(&layout.header(stems.length)?)?;
    let mut bytes = Vec::new();
    for start in (0..stems.length).step_by(BLOCK_LENGTH) {
        let end = start + BLOCK_LENGTH;
        let block = match sound {
            Sound::Stem(source) => stems.read(&stems.files[source], start, end).await?,
            Sound::Mix(gains) => stems.read_mix(&gains, start, end).await?,
        };
        bytes.clear();
        layout.encode(&block, &mut bytes);
        file.write_all(&bytes)?;
        if tell(start as f32 / stems.length as f32) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Writes all five, uncompressed: sound hardly gets smaller. Whether it became whole.
async fn write_zip(
    stems: &StemFiles,
    format: SampleFormat,
    file: &mut BlobWriter,
    tell: &dyn Fn(f32) -> bool,
) -> Result<bool, SaveError> {
    let bytes = stems.length * usize::from(stems.layout.channel_count) * format.bytes();
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(bytes >= LARGE_FILE_BYTES);
    let mut zip = ZipWriter::new_stream(file);
    for source in Source::ALL {
        zip.start_file(format!("{source}.wav"), options)?;
        let before = source.index() as f32;
        let tell_all = |share: f32| tell((before + share) / Source::COUNT as f32);
        if !write_wav(stems, Sound::Stem(source), format, &mut zip, &tell_all).await? {
            return Ok(false);
        }
    }
    zip.finish()?;
    Ok(true)
}

/// "song.mp3" as "song".
fn without_extension(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        _ => name,
    }
}
