//! Audio files of the usual kinds (WAV, FLAC, MP3, Ogg Vorbis, Opus, AAC/M4A, AIFF, CAF, ALAC) to a recording.
//!
//! The file is surveyed first (see [`crate::audio::container`]): where its headers are wrong, the decoder gets a
//! repaired one. What can be read of a damaged file is kept and the rest is said in [`DecodedSong::warnings`].

mod collector;
mod edit_list;
mod error;
mod guard;
mod input;
mod opus;
mod reader;
#[cfg(test)]
mod saved;

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom},
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
};

use symphonia::core::io::{MediaSource, ReadOnlySource};

use crate::{
    audio::{
        Recording,
        container::{self, Codec, Container, Part, Spliced, Survey},
    },
    tags::{self, Tags},
};

pub use collector::Channels;
use collector::{Collected, Collector, length};
pub use error::DecodeError;
pub use input::STANDARD_INPUT;

/// An audio file's contents.
#[derive(Clone, Debug)]
pub struct DecodedSong {
    /// The average of the file's channels, or these as they are, at the file's sample rate, without the encoder's
    /// padding.
    pub recording: Recording,
    /// How many channels the file has.
    pub channel_count: usize,
    /// What the file says about itself.
    pub tags: Tags,
    /// What was wrong with the file though it could be read, as predicates: "is cut off: ...".
    pub warnings: Vec<String>,
}

/// Reads a file as one channel, unless `cancelled` becomes true meanwhile.
///
/// # Errors
/// See [`DecodeError`]. A decoder that panics, as some do on hostile files, counts as damage.
pub fn decode_file(path: &Path, cancelled: &AtomicBool) -> Result<DecodedSong, DecodeError> {
    decode_channels(path, Channels::Averaged, cancelled)
}

/// Reads a file, unless `cancelled` becomes true meanwhile. The path `-` is standard input.
///
/// # Errors
/// As [`decode_file`].
pub fn decode_channels(
    path: &Path,
    channels: Channels,
    cancelled: &AtomicBool,
) -> Result<DecodedSong, DecodeError> {
    let file = input::open(path, cancelled)?;
    guard::run(|| decode_whole(&file, channels, cancelled))
        .unwrap_or_else(|| Err(DecodeError::Damaged("the decoder gave up".to_owned())))
}

fn decode_whole(
    file: &File,
    channels: Channels,
    cancelled: &AtomicBool,
) -> Result<DecodedSong, DecodeError> {
    let survey = container::survey(file)?;
    let job = Job {
        file,
        survey: survey.as_ref(),
        trim: edit_list::read(&mut { file }),
        cancelled,
    };
    let (mut collected, mut warnings) = job.decode(channels)?;
    if let Some(loudest) = collected.loudest_if_cancelled {
        (collected, warnings) = job.decode(Channels::Only(loudest))?;
    }
    Ok(DecodedSong {
        recording: collected.recording,
        channel_count: collected.channel_count,
        tags: guard::run(|| tags::read(file)).unwrap_or_default(),
        warnings,
    })
}

/// One file to decode.
#[derive(Clone, Copy)]
struct Job<'a> {
    file: &'a File,
    survey: Option<&'a Survey>,
    trim: Option<edit_list::Trim>,
    cancelled: &'a AtomicBool,
}

impl Job<'_> {
    /// All recordings of the file as one, and what was wrong.
    fn decode(self, channels: Channels) -> Result<(Collected, Vec<String>), DecodeError> {
        let streams = self.survey.map_or(&[][..], |survey| &survey.streams);
        let mut warnings = Vec::new();
        let decoded = match streams {
            [] => self.decode_plain(channels, &mut warnings),
            streams => self.decode_streams(streams, channels, &mut warnings),
        };
        let found = decoded.map_err(|error| self.named(error))?;
        let mut collected = found.ok_or_else(|| self.silence(&warnings))?;
        self.warn_about_length(&collected.recording, &mut warnings);
        if let Some(trim) = self.trim {
            let rate = collected.recording.sample_rate;
            let channels = &mut collected.recording.channels;
            channels
                .iter_mut()
                .for_each(|channel| trim.apply(channel, rate));
        }
        Ok((collected, warnings))
    }

    /// The file as it is.
    fn decode_plain(
        self,
        channels: Channels,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Collected>, DecodeError> {
        let file = rewound(self.file)?;
        let decoded = self.decode_source(Box::new(file), channels, warnings);
        // The demuxer refuses an MP4 that is cut off, unless it thinks that it reads from a pipe.
        let is_refused = matches!(decoded, Ok(None) | Err(DecodeError::Damaged(_)));
        if !is_refused || self.trim.is_none() {
            return decoded;
        }
        warnings.clear();
        let pipe = ReadOnlySource::new(BufReader::new(rewound(self.file)?));
        self.decode_source(Box::new(pipe), channels, warnings)
            .or(decoded)
    }

    /// The repaired file, one recording after another.
    fn decode_streams(
        self,
        streams: &[Vec<Part>],
        channels: Channels,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Collected>, DecodeError> {
        let mut all: Option<Collected> = None;
        for parts in streams {
            let spliced = Spliced::new(rewound(self.file)?, parts.clone());
            let decoded = self.decode_source(Box::new(Whole(spliced)), channels, warnings);
            let decoded = match decoded {
                Err(DecodeError::Unsupported(name)) if all.is_some() => {
                    warnings.push(format!(
                        "goes on as {name}, which cannot be read: only what comes before was read"
                    ));
                    break;
                }
                decoded => decoded?,
            };
            match (&mut all, decoded) {
                (Some(all), Some(next)) => {
                    if !all.join(next)? {
                        warnings.push(reader::CHANGES.to_owned());
                        break;
                    }
                }
                (all @ None, first) => *all = first,
                (Some(_), None) => {}
            }
        }
        Ok(all)
    }

    fn decode_source(
        self,
        source: Box<dyn MediaSource>,
        channels: Channels,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Collected>, DecodeError> {
        let mut opened = reader::open(source)?;
        let mut collector = Collector::new(
            channels,
            self.survey.and_then(|survey| survey.duration_secs),
        );
        while let Some(packet) = opened.next_packet()? {
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(DecodeError::Cancelled);
            }
            collector.push(packet)?;
        }
        let collected = collector.finish();
        let mut found = opened.warnings();
        if let (Some(collected), Some(header_secs)) = (&collected, opened.header_secs())
            && self.trusts_header()
        {
            warn_if_cut_off(&collected.recording, header_secs, &mut found);
        }
        warnings.append(&mut found);
        Ok(collected)
    }

    /// Whether the demuxer's own count says something: it is no more than the header's word, and counts for nothing
    /// where the bytes were counted.
    fn trusts_header(self) -> bool {
        self.survey
            .is_none_or(|survey| survey.is_cut_off || survey.duration_secs.is_none())
    }

    /// With the name of what the file is, where it is nothing that can be read.
    fn named(self, error: DecodeError) -> DecodeError {
        match (error, self.survey) {
            (
                DecodeError::NotAudio | DecodeError::NoTrack | DecodeError::Damaged(_),
                Some(Survey {
                    container: Container::NoSound(name),
                    ..
                }),
            ) => DecodeError::NoSound(name),
            (DecodeError::NotAudio, Some(survey)) => DecodeError::Unsupported(survey.name()),
            (DecodeError::Unsupported(fallback), Some(survey)) => {
                let name = match survey.codec {
                    Codec::Unknown => fallback,
                    Codec::Aac => format!("{} of another profile than LC", survey.name()),
                    _ => survey.name(),
                };
                DecodeError::Unsupported(name)
            }
            // Demuxers call damage what they have no decoder for.
            (DecodeError::Damaged(_), Some(survey))
                if matches!(
                    (survey.container, survey.codec),
                    (Container::Ogg, Codec::Named(_)) | (Container::Other(_), _)
                ) =>
            {
                DecodeError::Unsupported(survey.name())
            }
            (error, _) => error,
        }
    }

    /// Why there is not one sample.
    fn silence(self, warnings: &[String]) -> DecodeError {
        let has_promise = self.survey.is_some_and(|survey| {
            survey.is_cut_off || survey.duration_secs.is_some_and(|secs| secs > 0.0)
        });
        match has_promise || !warnings.is_empty() {
            true => DecodeError::Damaged("it ends or breaks before any sound".to_owned()),
            false => DecodeError::NoSamples,
        }
    }

    /// Says when clearly less was decoded than there is, or than a trustworthy header promises.
    fn warn_about_length(self, recording: &Recording, warnings: &mut Vec<String>) {
        let Some(survey) = self.survey else {
            return;
        };
        if let Some(header_secs) = survey.header_secs {
            warn_if_cut_off(recording, header_secs, warnings);
        }
        let secs = secs_of(recording);
        let is_short = survey.is_short(secs);
        match survey.duration_secs {
            Some(counted) if is_short && warnings.is_empty() => warnings.push(format!(
                "is damaged: {secs:.1} of {counted:.1} seconds could be read"
            )),
            // All that was counted is there, whatever the demuxer missed.
            Some(_) if !is_short && !survey.is_cut_off => {
                warnings.retain(|warning| warning != reader::CUT_OFF);
            }
            _ if survey.is_cut_off && warnings.is_empty() => {
                warnings.push(reader::CUT_OFF.to_owned());
            }
            _ => {}
        }
    }
}

fn secs_of(recording: &Recording) -> f64 {
    length(recording) as f64 / f64::from(recording.sample_rate.max(1))
}

/// Says when clearly less was decoded than promised, in place of what was said of that before.
fn warn_if_cut_off(recording: &Recording, header_secs: f64, warnings: &mut Vec<String>) {
    let secs = secs_of(recording);
    if secs + 0.1 < header_secs {
        warnings.retain(|warning| !warning.starts_with("is cut off"));
        warnings.push(format!(
            "is cut off: {secs:.1} of {header_secs:.1} seconds could be read"
        ));
    }
}

/// Another handle of the file, at its beginning.
fn rewound(file: &File) -> io::Result<File> {
    let mut file = file.try_clone()?;
    file.rewind()?;
    Ok(file)
}

/// A repaired file, for the demuxer.
struct Whole(Spliced<File>);

impl Read for Whole {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Whole {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

impl MediaSource for Whole {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.0.length())
    }
}
