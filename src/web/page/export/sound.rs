//! Sound on its way into a file, block by block.

use std::io::Write;

use web_sys::Blob;

use super::error::ExportError;
use crate::{
    audio::{
        FileTags,
        wav::{Layout, SampleFormat},
    },
    playback::{LoopRenderer, LoopSound, SongLength},
    source::{PerSource, Source},
    web::{
        platform::{PlatformError, blob::BlobWriter, stems::StemFiles},
        worker::client::EngineClient,
    },
};

/// Samples that are read and written at once: 1.5 s at 44.1 kHz.
const BLOCK_LENGTH: usize = 1 << 16;

/// How sound is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SoundFormat {
    /// As it is.
    Wav(SampleFormat),
    /// Without loss in less room: integers only.
    Flac(SampleFormat),
}

impl SoundFormat {
    /// Of a file's name.
    pub(super) const fn extension(self) -> &'static str {
        match self {
            Self::Wav(_) => "wav",
            Self::Flac(_) => "flac",
        }
    }

    const fn samples(self) -> SampleFormat {
        match self {
            Self::Wav(format) | Self::Flac(format) => format,
        }
    }
}

/// What sounds.
pub(super) enum Sound {
    /// One stem.
    Stem(Source),
    /// All at these gains.
    Mix(PerSource<f32>),
    /// A loop at its speed and pitch.
    Loop(Box<LoopSound>),
}

/// A sound that was written.
pub(super) struct WrittenSound {
    pub(super) file: Blob,
    pub(super) clipped: Clipped,
}

/// How many samples did not fit into integers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Clipped {
    /// Of those that were written into the file.
    pub(super) written: u64,
    /// Of those that had been kept in integers before.
    pub(super) kept: u64,
}

impl Clipped {
    pub(super) fn add(&mut self, other: Self) {
        self.written += other.written;
        self.kept += other.kept;
    }
}

/// Writes a song's sounds.
pub(super) struct SoundWriter<'a> {
    pub(super) stems: &'a StemFiles,
    pub(super) format: SoundFormat,
    pub(super) engine: &'a EngineClient,
}

impl SoundWriter<'_> {
    /// A file of this sound; `None` if that was given up.
    pub(super) async fn write(
        &self,
        sound: &Sound,
        tags: FileTags,
        on_progress: &dyn Fn(f32) -> bool,
    ) -> Result<Option<WrittenSound>, ExportError> {
        let layout = Layout {
            format: self.format.samples(),
            ..self.stems.layout
        };
        let mut reader = self.reader(sound);
        let length = reader.length();
        let mut file = BlobWriter::default();
        if let SoundFormat::Wav(_) = self.format {
            file.write_all(&layout.tagged_header(length, &tags)?)?;
        }
        let (mut written, mut bytes) = (0, Vec::new());
        let mut clipped = Clipped::default();
        while let Some(block) = reader.next().await? {
            bytes.clear();
            clipped.written += layout.encode(&block, &mut bytes);
            if let Sound::Stem(_) = sound {
                clipped.kept += self.stems.layout.at_limits(&block);
            }
            file.write_all(&bytes)?;
            written += block.first().map_or(0, Vec::len);
            if on_progress(written as f32 / length as f32) {
                return Ok(None);
            }
        }
        let file = match self.format {
            SoundFormat::Wav(_) => file.finish("audio/wav")?,
            SoundFormat::Flac(_) => {
                let samples = file.finish("")?;
                let file = self.engine.flac(layout, tags, &samples).await;
                file.map_err(ExportError::Engine)?
            }
        };
        Ok(Some(WrittenSound { file, clipped }))
    }

    fn reader<'a>(&'a self, sound: &'a Sound) -> Reader<'a> {
        let layout = self.stems.layout;
        let song = SongLength {
            samples: self.stems.length,
            sample_rate: layout.sample_rate,
        };
        let what = match sound {
            Sound::Stem(source) => Reading::Stem(*source),
            Sound::Mix(gains) => Reading::Mix(gains),
            Sound::Loop(sound) => {
                let channels = usize::from(layout.channel_count);
                let renderer = LoopRenderer::new(LoopSound::clone(sound), song, channels);
                Reading::Loop(Box::new(renderer))
            }
        };
        Reader {
            stems: self.stems,
            next: 0,
            what,
        }
    }
}

/// Reads a sound from its beginning to its end.
struct Reader<'a> {
    stems: &'a StemFiles,
    /// The next sample of the song; loops have their own.
    next: usize,
    what: Reading<'a>,
}

enum Reading<'a> {
    Stem(Source),
    Mix(&'a PerSource<f32>),
    Loop(Box<LoopRenderer>),
}

impl Reader<'_> {
    /// Samples of every channel.
    fn length(&self) -> usize {
        match &self.what {
            Reading::Loop(renderer) => renderer.length(),
            _ => self.stems.length,
        }
    }

    /// The next samples, channel by channel; `None` at the end.
    async fn next(&mut self) -> Result<Option<Vec<Vec<f32>>>, PlatformError> {
        let range = match &self.what {
            Reading::Loop(renderer) => renderer.next_range(),
            _ => {
                Some(self.next..self.next + BLOCK_LENGTH).filter(|_| self.next < self.stems.length)
            }
        };
        let Some(range) = range else { return Ok(None) };
        self.next = range.end;
        let (start, end) = (range.start, range.end);
        Ok(Some(match &mut self.what {
            Reading::Stem(source) => self.stems.read(*source, start, end).await?,
            Reading::Mix(gains) => self.stems.read_mix(gains, start, end).await?,
            Reading::Loop(renderer) => renderer.render(&self.stems.read_all(start, end).await?),
        }))
    }
}
