//! The result of a survey: kind, rate, duration and damage of an audio file, by its bytes.

use super::{
    kind::{self, Codec, Container},
    spliced::Part,
};

/// Most joined files that are read.
pub(super) const MAX_JOINED: usize = 64;
/// What decoders may lack of samples that were counted one by one.
const EXACT_SECS: f64 = 0.05;
/// What encoders' padding makes at most: of short songs, and of long ones as a share.
const PADDING_SECS: f64 = 0.5;
const PADDING_SHARE: f64 = 0.03;

/// What is known of an audio file by its bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    /// What the sound is packed into.
    pub container: Container,
    /// How the sound is encoded.
    pub codec: Codec,
    /// Its own sampling rate in Hz.
    pub sample_rate: Option<u32>,
    /// Channels.
    pub channel_count: Option<u16>,
    /// Sound that the bytes hold, counted rather than believed; without it nothing could be counted.
    pub duration_secs: Option<f64>,
    /// What a trustworthy header promises, where that is more than there is.
    pub header_secs: Option<f64>,
    /// Whether bytes are missing at the end.
    pub is_cut_off: bool,
    /// The recordings that follow one another in the file, each put together so that a decoder takes it; none where
    /// the file is fine as it is.
    pub streams: Vec<Vec<Part>>,
}

impl Survey {
    pub(super) fn new(container: Container, codec: Codec) -> Self {
        Self {
            container,
            codec,
            sample_rate: None,
            channel_count: None,
            duration_secs: None,
            header_secs: None,
            is_cut_off: false,
            streams: Vec::new(),
        }
    }

    /// Appends a recording that follows in the same file.
    pub(super) fn join(&mut self, next: Self) {
        self.sample_rate = self.sample_rate.max(next.sample_rate);
        self.duration_secs = self
            .duration_secs
            .zip(next.duration_secs)
            .map(|(own, next)| own + next);
        self.is_cut_off = next.is_cut_off;
        self.header_secs = None;
        self.streams.extend(next.streams);
    }

    /// Whether a decoder that gave so many seconds of sound left some of it out. Where encoders pad songs, the padding
    /// was counted, too.
    pub fn is_short(&self, decoded_secs: f64) -> bool {
        let tolerance = |secs: f64| match self.codec {
            Codec::Pcm | Codec::Float64 | Codec::Flac => EXACT_SECS,
            _ => PADDING_SECS.max(secs * PADDING_SHARE),
        };
        self.duration_secs
            .is_some_and(|secs| decoded_secs + tolerance(secs) < secs)
    }

    /// Container and codec as people call them: "WAV", "Ogg with Opus".
    pub fn name(&self) -> String {
        kind::name(self.container, self.codec)
    }

    /// What a browser is asked whether it can play it (RFC 6381).
    pub fn media_type(&self) -> &'static str {
        kind::media_type(self.container, self.codec)
    }
}
