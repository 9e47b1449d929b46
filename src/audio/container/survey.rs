//! The result of a survey: kind, rate, duration and damage of an audio file, by its bytes.

use super::{
    kind::{self, Codec, Container},
    spliced::Part,
};

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

    /// Container and codec as people call them: "WAV", "Ogg with Opus".
    pub fn name(&self) -> String {
        kind::name(self.container, self.codec)
    }

    /// What a browser is asked whether it can play it (RFC 6381).
    pub fn media_type(&self) -> &'static str {
        kind::media_type(self.container, self.codec)
    }
}
