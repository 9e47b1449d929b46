//! Core Audio Format (Apple, 1.0): chunks of a name and a length of eight bytes, all numbers big-endian.

use std::io::{Read, Seek};

use super::{
    kind::{Codec, Container},
    samples::{Kind, Samples},
    survey::Survey,
    window::Window,
};

/// More chunks than this are taken for damage.
const MAX_CHUNKS: usize = 4096;
/// What the description of linear PCM says in its flags.
const IS_FLOAT: u32 = 1;
const IS_LITTLE_ENDIAN: u32 = 2;

/// Surveys a file that begins at `start`.
pub(super) fn survey<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let mut survey = Survey::new(Container::Caf, Codec::Unknown);
    let (mut description, mut data) = (None, None);
    let mut at = start.checked_add(8)?;
    for _ in 0..MAX_CHUNKS {
        let (Some(name), Some(size)) = (window.array::<4>(at), window.array(at + 4)) else {
            break;
        };
        let (body, size) = (at + 12, i64::from_be_bytes(size));
        match &name {
            b"desc" => description = window.array(body).map(Description::read),
            b"data" => data = Some((body, size)),
            _ => {}
        }
        let next = u64::try_from(size).ok();
        let Some(next) = next.and_then(|size| body.checked_add(size)) else {
            break;
        };
        at = next;
    }
    let (Some(description), Some(data)) = (description, data) else {
        survey.is_cut_off = true;
        return Some(survey);
    };
    survey.codec = description.codec();
    survey.sample_rate = Some(description.sample_rate).filter(|&rate| rate > 0);
    survey.channel_count = Some(description.channel_count).filter(|&count| count > 0);
    if let Some(samples) = description.samples() {
        count(window, &mut survey, &samples, data);
    }
    Some(survey)
}

/// Counts samples of a fixed size.
fn count<S: Read + Seek>(
    window: &mut Window<S>,
    survey: &mut Survey,
    samples: &Samples,
    (body, size): (u64, i64),
) -> Option<()> {
    // A number that counts edits stands before them.
    let first = body.checked_add(4)?;
    let rest = window.length().checked_sub(first)?;
    // Programs that could not know the size write -1.
    let claimed = u64::try_from(size).ok().map(|size| size.saturating_sub(4));
    samples.count(survey, first, rest, claimed)
}

/// The chunk "desc".
struct Description {
    sample_rate: u32,
    format: [u8; 4],
    flags: u32,
    channel_count: u16,
    bits: u32,
}

impl Description {
    fn read(bytes: [u8; 32]) -> Self {
        let field = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|offset| bytes[at + offset]));
        let rate = f64::from_bits(u64::from(field(0)) << 32 | u64::from(field(4)));
        Self {
            // A rate that is none becomes 0.
            sample_rate: rate.round() as u32,
            format: bytes[8..12].try_into().unwrap_or_default(),
            flags: field(12),
            channel_count: u16::try_from(field(24)).unwrap_or(0),
            bits: field(28),
        }
    }

    fn codec(&self) -> Codec {
        if let Some(samples) = self.samples() {
            return samples.codec();
        }
        match &self.format {
            b"lpcm" => Codec::Pcm,
            b"alac" => Codec::Alac,
            b"aac " | b"aach" | b"aacp" => Codec::Aac,
            b"opus" => Codec::Opus,
            b"flac" => Codec::Flac,
            b".mp3" => Codec::Mp3,
            b".mp2" => Codec::Named("MPEG audio, layer II"),
            b".mp1" => Codec::Named("MPEG audio, layer I"),
            b"ima4" => Codec::Named("IMA ADPCM"),
            b"ac-3" => Codec::Named("Dolby AC-3"),
            b"ec-3" => Codec::Named("Dolby E-AC-3"),
            b"ilbc" => Codec::Named("iLBC"),
            _ => Codec::Named("an unknown codec"),
        }
    }

    /// The form of samples of a fixed size.
    fn samples(&self) -> Option<Samples> {
        let kind = match &self.format {
            b"lpcm" if self.flags & IS_FLOAT != 0 => Kind::Float,
            b"lpcm" => Kind::Integer,
            b"alaw" => Kind::Alaw,
            b"ulaw" => Kind::Mulaw,
            _ => return None,
        };
        let bytes = match kind {
            Kind::Alaw | Kind::Mulaw => 1,
            _ => self.bits.div_ceil(8),
        };
        let samples = Samples {
            kind,
            bytes: u8::try_from(bytes).ok()?,
            is_big_endian: self.flags & IS_LITTLE_ENDIAN == 0,
            channel_count: self.channel_count,
            sample_rate: self.sample_rate,
        };
        samples.frame_bytes().is_some().then_some(samples)
    }
}
