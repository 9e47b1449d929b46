//! The one file that talks to the demuxers and decoders: finds the track, yields its packets decoded.

use std::io::ErrorKind;

use symphonia::core::{
    audio::GenericAudioBufferRef,
    codecs::audio::{
        AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions, well_known as codec,
    },
    errors::Error,
    formats::{
        FormatOptions, FormatReader, Track, TrackType, probe::Hint, well_known::FORMAT_ID_WAVE,
    },
    io::{MediaSource, MediaSourceStream},
    meta::MetadataOptions,
};

use super::{error::DecodeError, opus};
use crate::audio::Recording;

/// The warning for a stream that ends in mid-packet.
pub(super) const CUT_OFF: &str = "is cut off: it ends too early";
/// The warning for a stream that changes its format.
pub(super) const CHANGES: &str =
    "changes its sample rate or channels midway: only the first part was read";

/// A file whose audio track was found.
pub(super) struct Opened {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track_id: u32,
    /// The track's length by its header, where headers of the kind can be trusted.
    expected_frames: Option<u64>,
    damaged_packets: usize,
    ended: Option<&'static str>,
    /// Whether the file was written by a program that could not know its length: it ends where it ends.
    is_stream: bool,
    /// Rate and channels of the first packet.
    shape: Option<(u32, usize)>,
}

/// Finds the container, its first decodable audio track, and a decoder.
pub(super) fn open(source: Box<dyn MediaSource>) -> Result<Opened, DecodeError> {
    let stream = MediaSourceStream::new(source, Default::default());
    let format = symphonia::default::get_probe()
        .probe(
            &Hint::new(),
            stream,
            FormatOptions::default(),
            MetadataOptions::default(),
        )
        .map_err(probe_error)?;
    let track = format
        .default_track(TrackType::Audio)
        .ok_or(DecodeError::NoTrack)?;
    let params = track
        .codec_params
        .as_ref()
        .and_then(|params| params.audio())
        .ok_or(DecodeError::NoTrack)?;
    let options = AudioDecoderOptions::default().gapless(has_exact_length(track, params));
    let decoder = opus::codecs()
        .make_audio_decoder(params, &options)
        .map_err(|error| decoder_error(error, params))?;
    let expected_frames = track.num_frames.filter(|_| has_exact_length(track, params));
    let is_stream = format.format_info().format == FORMAT_ID_WAVE && track.num_frames.is_none();
    let track_id = track.id;
    Ok(Opened {
        format,
        decoder,
        track_id,
        expected_frames,
        damaged_packets: 0,
        ended: None,
        is_stream,
        shape: None,
    })
}

/// Whether the track's length is more than a guess. An MP3 without an encoder's header has its length guessed from the
/// first frames' bit rate, and gapless decoding would cut the song there.
fn has_exact_length(track: &Track, params: &AudioCodecParameters) -> bool {
    params.codec != codec::CODEC_ID_MP3 || track.delay.is_some()
}

fn probe_error(error: Error) -> DecodeError {
    match error {
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            DecodeError::Damaged("it ends within its header".to_owned())
        }
        Error::IoError(error) => DecodeError::Read(error),
        Error::Unsupported(reason) if reason.starts_with("core (probe)") => DecodeError::NotAudio,
        Error::Unsupported(reason) if reason.ends_with("missing moov atom") => {
            DecodeError::Damaged("its index is missing, as in an incomplete download".to_owned())
        }
        Error::Unsupported(reason) => DecodeError::Unsupported(reason.to_owned()),
        other => DecodeError::Damaged(other.to_string()),
    }
}

fn decoder_error(error: Error, params: &AudioCodecParameters) -> DecodeError {
    match error {
        Error::Unsupported(_) => DecodeError::Unsupported(codec_name(params.codec)),
        other => DecodeError::Damaged(other.to_string()),
    }
}

/// Names of codecs that visitors may meet; the identifier for others.
fn codec_name(id: AudioCodecId) -> String {
    let name = match id {
        codec::CODEC_ID_SPEEX => "Speex",
        codec::CODEC_ID_MUSEPACK => "Musepack",
        codec::CODEC_ID_AC3 => "AC-3",
        codec::CODEC_ID_EAC3 => "E-AC-3",
        codec::CODEC_ID_DCA => "DTS",
        codec::CODEC_ID_WMA => "Windows Media Audio",
        codec::CODEC_ID_AAC => "a profile of AAC other than LC",
        codec::CODEC_ID_WAVPACK => "WavPack",
        codec::CODEC_ID_MONKEYS_AUDIO => "Monkey's Audio",
        other => return format!("codec {other}"),
    };
    name.to_owned()
}

impl Opened {
    /// The next packet of the track that can be decoded; `None` at the end.
    pub(super) fn next_packet(&mut self) -> Result<Option<Recording>, DecodeError> {
        while self.ended.is_none() {
            let packet = match self.format.next_packet() {
                Ok(Some(packet)) => packet,
                Ok(None) => break,
                Err(Error::IoError(error))
                    if self.is_stream && error.kind() == ErrorKind::UnexpectedEof =>
                {
                    break;
                }
                Err(error) => {
                    self.ended = Some(end_reason(error)?);
                    break;
                }
            };
            if packet.track_id != self.track_id {
                continue;
            }
            match self.decoder.decode(&packet) {
                Ok(buffer) if buffer.frames() == 0 => {}
                Ok(buffer) => {
                    let recording = to_recording(&buffer);
                    let shape = (recording.sample_rate, recording.channels.len());
                    if *self.shape.get_or_insert(shape) == shape {
                        return Ok(Some(recording));
                    }
                    self.ended = Some(CHANGES);
                }
                Err(Error::DecodeError(_) | Error::IoError(_)) => self.damaged_packets += 1,
                Err(error) => self.ended = Some(end_reason(error)?),
            }
        }
        Ok(None)
    }

    /// What was wrong so far, as predicates.
    pub(super) fn warnings(&self) -> Vec<String> {
        let packets = match self.damaged_packets {
            0 => None,
            1 => Some("has a damaged packet: skipped".to_owned()),
            count => Some(format!("has {count} damaged packets: skipped")),
        };
        let ended = self.ended.map(str::to_owned);
        ended.into_iter().chain(packets).collect()
    }

    /// The duration that the header promises.
    pub(super) fn header_secs(&self) -> Option<f64> {
        let (rate, _) = self.shape?;
        Some(self.expected_frames? as f64 / f64::from(rate))
    }
}

/// Whether an error at a packet's start merely ends the song.
fn end_reason(error: Error) -> Result<&'static str, DecodeError> {
    match error {
        Error::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(CUT_OFF),
        Error::IoError(error) => Err(DecodeError::Read(error)),
        Error::ResetRequired => {
            Ok("holds several streams one after another: only the first was read")
        }
        _ => Ok("is damaged: only the part before the damage was read"),
    }
}

fn to_recording(buffer: &GenericAudioBufferRef<'_>) -> Recording {
    let mut channels = Vec::new();
    buffer.copy_to_vecs_planar::<f32>(&mut channels);
    Recording {
        channels,
        sample_rate: buffer.spec().rate(),
    }
}
