//! Opus for Symphonia, which finds its packets but has no decoder for them. Packets are decoded by `rusty-opus`
//! (RFC 6716); the header's channels, delay and gain are RFC 7845's.

use std::sync::LazyLock;

use rusty_opus::multistream::OpusMSDecoder;
use symphonia::core::{
    audio::{
        AsGenericAudioBufferRef, AudioBuffer, AudioMut, AudioSpec, Channels, GenericAudioBufferRef,
    },
    codecs::{
        CodecInfo,
        audio::{
            AudioCodecParameters, AudioDecoder, AudioDecoderOptions, FinalizeResult,
            well_known::CODEC_ID_OPUS,
        },
        registry::{CodecRegistry, RegisterableAudioDecoder, SupportedAudioCodec},
    },
    errors::{Error, Result},
    packet::PacketRef,
};

/// What Opus is decoded at, in Hz, whatever it was encoded from.
const SAMPLE_RATE: u32 = 48_000;
/// Samples of the longest packet, 120 ms (RFC 6716, section 2.1.4).
const LONGEST_PACKET: usize = 5_760;
/// Of the header's gain (RFC 7845, section 5.1).
const GAIN_STEPS_PER_DB: f32 = 256.0;

/// Symphonia's own decoders, and Opus.
pub(super) fn codecs() -> &'static CodecRegistry {
    static CODECS: LazyLock<CodecRegistry> = LazyLock::new(|| {
        let mut codecs = CodecRegistry::new();
        symphonia::default::register_enabled_codecs(&mut codecs);
        codecs.register_audio_decoder::<OpusDecoder>();
        codecs
    });
    &CODECS
}

/// What a decoder has to know of a stream: its identification header (RFC 7845, section 5.1).
#[derive(Debug, PartialEq)]
struct Head {
    channels: usize,
    /// Samples at the beginning that are not of the song.
    pre_skip: usize,
    gain: f32,
    /// 0 for mono and stereo, 1 for surround of up to eight channels.
    mapping_family: u8,
}

impl Head {
    fn read(header: &[u8]) -> Option<Self> {
        let [
            _,
            channels,
            skip_low,
            skip_high,
            _,
            _,
            _,
            _,
            gain_low,
            gain_high,
            family,
            ..,
        ] = *header.strip_prefix(b"OpusHead")?
        else {
            return None;
        };
        let gain = i16::from_le_bytes([gain_low, gain_high]);
        Some(Self {
            channels: usize::from(channels),
            pre_skip: usize::from(u16::from_le_bytes([skip_low, skip_high])),
            gain: 10_f32.powf(f32::from(gain) / GAIN_STEPS_PER_DB / 20.0),
            mapping_family: family,
        })
    }

    /// Of a stream without a header.
    fn plain(channels: usize) -> Self {
        Self {
            channels,
            pre_skip: 0,
            gain: 1.0,
            mapping_family: 0,
        }
    }
}

struct OpusDecoder {
    params: AudioCodecParameters,
    decoder: OpusMSDecoder,
    head: Head,
    /// Samples that are still to be skipped.
    to_skip: usize,
    interleaved: Vec<f32>,
    buffer: AudioBuffer<f32>,
}

impl OpusDecoder {
    fn new(params: &AudioCodecParameters) -> Option<Self> {
        let head = match &params.extra_data {
            Some(header) => Head::read(header)?,
            None => Head::plain(params.channels.as_ref()?.count()),
        };
        let family = i32::from(head.mapping_family);
        let spec = AudioSpec::new(SAMPLE_RATE, Channels::Discrete(head.channels as u16));
        Some(Self {
            params: params.clone(),
            decoder: OpusMSDecoder::new(SAMPLE_RATE as i32, head.channels, family).ok()?,
            to_skip: head.pre_skip,
            interleaved: vec![0.0; head.channels * LONGEST_PACKET],
            buffer: AudioBuffer::new(spec, LONGEST_PACKET),
            head,
        })
    }

    fn fill(&mut self, packet: &PacketRef<'_>) -> Result<()> {
        let frames = self
            .decoder
            .decode(packet.data, LONGEST_PACKET, &mut self.interleaved)
            .map_err(|_| Error::DecodeError("opus: invalid packet"))?;
        self.buffer.render_uninit(Some(frames));
        let channels = self.head.channels;
        for channel in 0..channels {
            let samples = self.interleaved[channel..].iter().step_by(channels);
            let plane = self.buffer.plane_mut(channel).into_iter().flatten();
            for (to, sample) in plane.zip(samples) {
                *to = sample * self.head.gain;
            }
        }
        // Demuxers tell of the delay in units of their own, if at all; the header counts it in samples.
        let skipped = self.to_skip.min(frames);
        self.to_skip -= skipped;
        let padding = usize::try_from(packet.trim_end.get()).unwrap_or(0);
        let padding = if padding < frames { padding } else { 0 };
        self.buffer.trim(skipped, padding);
        Ok(())
    }
}

impl AudioDecoder for OpusDecoder {
    fn reset(&mut self) {
        if let Some(fresh) = Self::new(&self.params) {
            *self = fresh;
        }
    }

    fn codec_info(&self) -> &CodecInfo {
        &Self::supported_codecs()[0].info
    }

    fn codec_params(&self) -> &AudioCodecParameters {
        &self.params
    }

    fn decode_ref(&mut self, packet: &PacketRef<'_>) -> Result<GenericAudioBufferRef<'_>> {
        self.buffer.clear();
        self.fill(packet)?;
        Ok(self.buffer.as_generic_audio_buffer_ref())
    }

    fn finalize(&mut self) -> FinalizeResult {
        FinalizeResult::default()
    }

    fn last_decoded(&self) -> GenericAudioBufferRef<'_> {
        self.buffer.as_generic_audio_buffer_ref()
    }
}

impl RegisterableAudioDecoder for OpusDecoder {
    fn try_registry_new(
        params: &AudioCodecParameters,
        _options: &AudioDecoderOptions,
    ) -> Result<Box<dyn AudioDecoder>> {
        let decoder = Self::new(params).ok_or(Error::DecodeError("opus: invalid header"))?;
        Ok(Box::new(decoder))
    }

    fn supported_codecs() -> &'static [SupportedAudioCodec] {
        &[SupportedAudioCodec {
            id: CODEC_ID_OPUS,
            info: CodecInfo {
                short_name: "opus",
                long_name: "Opus",
                profiles: &[],
            },
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(channels: u8, gain: i16, family: u8) -> Vec<u8> {
        let mut header = b"OpusHead\x01".to_vec();
        header.push(channels);
        header.extend(312_u16.to_le_bytes());
        header.extend(44_100_u32.to_le_bytes());
        header.extend(gain.to_le_bytes());
        header.push(family);
        header
    }

    fn opens(header: Vec<u8>) -> bool {
        let mut params = AudioCodecParameters::new();
        params
            .for_codec(CODEC_ID_OPUS)
            .with_extra_data(header.into());
        OpusDecoder::new(&params).is_some()
    }

    #[test]
    fn headers_tell_of_channels_delay_and_gain() {
        let stereo = Head::read(&header(2, -1_536, 0)).expect("a header");
        assert_eq!((stereo.channels, stereo.pre_skip), (2, 312));
        assert!((stereo.gain - 0.501).abs() < 1e-3, "-6 dB: {}", stereo.gain);
        for (channels, family) in [(1, 0), (2, 0), (1, 1), (6, 1), (8, 1)] {
            assert!(opens(header(channels, 0, family)), "{channels}, {family}");
        }
    }

    #[test]
    fn what_cannot_be_decoded_is_refused() {
        for header in [
            Vec::new(),
            b"OpusHead".to_vec(),
            header(0, 0, 0),
            header(3, 0, 0),
            header(9, 0, 1),
            header(2, 0, 255),
        ] {
            assert!(!opens(header.clone()), "{header:?}");
        }
    }
}
