//! AIFF and AIFF-C (Apple, 1989 and 1991): chunks as in RIFF, with big-endian lengths and an 80-bit sampling rate.

use std::io::{Read, Seek};

use super::{
    kind::{Codec, Container},
    samples::{Kind, Samples},
    survey::Survey,
    window::Window,
};

/// Longest `COMM` chunk that is read: 18 or 22 bytes and the codec's name.
const MAX_COMMON_BYTES: u64 = 22 + 256;
/// As in WAV: greater lengths that the file does not have are of programs that could not know them.
const UNKNOWN_LENGTH: u64 = 0x7fff_0000;

/// Surveys a file that begins at `start`.
pub(super) fn survey<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let is_compressed = window.array(start + 8) == Some(*b"AIFC");
    let (mut common, mut data) = (None, None);
    let mut at = start + 12;
    while let (Some(name), Some(size)) = (window.array::<4>(at), window.u32_be(at + 4)) {
        let (body, size) = (at + 8, u64::from(size));
        match &name {
            b"COMM" => {
                let size = size.clamp(18, MAX_COMMON_BYTES) as usize;
                common = Some(window.up_to(body, size).to_vec());
            }
            b"SSND" => data = Some((body, size)),
            _ => {}
        }
        if common.is_some() && data.is_some() {
            break;
        }
        let Some(next) = body
            .checked_add(size)
            .and_then(|end| end.checked_add(size & 1))
        else {
            break;
        };
        at = next;
    }
    let mut survey = Survey::new(Container::Aiff, Codec::Unknown);
    let common = common
        .as_deref()
        .and_then(|bytes| Common::read(bytes, is_compressed));
    let (Some(common), Some((body, claimed))) = (common, data) else {
        survey.is_cut_off = true;
        return Some(survey);
    };
    survey.codec = common.codec();
    survey.sample_rate = Some(common.sample_rate).filter(|&rate| rate > 0);
    survey.channel_count = Some(common.channel_count).filter(|&count| count > 0);
    if let Some(samples) = common.samples() {
        count(window, &mut survey, &samples, (body, claimed));
    }
    Some(survey)
}

/// Counts samples of a fixed size.
fn count<S: Read + Seek>(
    window: &mut Window<S>,
    survey: &mut Survey,
    samples: &Samples,
    (body, claimed): (u64, u64),
) -> Option<()> {
    // An offset and a block size of four bytes each stand before the samples.
    let offset = u64::from(window.u32_be(body)?);
    let first = body.checked_add(8)?.checked_add(offset)?;
    let rest = window.length().checked_sub(first)?;
    let claimed = claimed.saturating_sub(8 + offset);
    let is_known = claimed > 0 && (claimed <= rest || claimed < UNKNOWN_LENGTH);
    samples.count(survey, first, rest, Some(claimed).filter(|_| is_known))
}

/// The `COMM` chunk.
struct Common {
    channel_count: u16,
    bits: u16,
    sample_rate: u32,
    /// AIFF-C's codec.
    codec: Option<[u8; 4]>,
}

impl Common {
    fn read(bytes: &[u8], is_compressed: bool) -> Option<Self> {
        Some(Self {
            channel_count: u16::from_be_bytes(bytes.get(..2)?.try_into().ok()?),
            bits: u16::from_be_bytes(bytes.get(6..8)?.try_into().ok()?),
            sample_rate: extended(bytes.get(8..18)?.try_into().ok()?)?,
            codec: match is_compressed {
                true => Some(bytes.get(18..22)?.try_into().ok()?),
                false => None,
            },
        })
    }

    fn codec(&self) -> Codec {
        if let Some(samples) = self.samples() {
            return samples.codec();
        }
        match self.codec.as_ref() {
            None => Codec::Pcm,
            Some(b"ima4") => Codec::Named("IMA ADPCM"),
            Some(b"MAC3" | b"MAC6") => Codec::Named("MACE"),
            Some(b"QDMC" | b"QDM2") => Codec::Named("QDesign Music"),
            Some(_) => Codec::Named("an unknown codec"),
        }
    }

    /// The form of samples of a fixed size. Integers of other sizes than whole bytes lie at the upper end of these.
    fn samples(&self) -> Option<Samples> {
        let whole = self.bits.div_ceil(8);
        let (kind, bytes) = match self.codec.as_ref() {
            None | Some(b"NONE" | b"twos" | b"sowt") => (Kind::Integer, whole),
            Some(b"raw ") if whole == 1 => (Kind::Unsigned, 1),
            Some(b"in24") => (Kind::Integer, 3),
            Some(b"in32") => (Kind::Integer, 4),
            Some(b"fl32" | b"FL32") => (Kind::Float, 4),
            Some(b"fl64" | b"FL64") => (Kind::Float, 8),
            Some(b"alaw" | b"ALAW") => (Kind::Alaw, 1),
            Some(b"ulaw" | b"ULAW") => (Kind::Mulaw, 1),
            _ => return None,
        };
        let samples = Samples {
            kind,
            bytes: u8::try_from(bytes).ok()?,
            is_big_endian: self.codec.as_ref() != Some(b"sowt"),
            channel_count: self.channel_count,
            sample_rate: self.sample_rate,
        };
        samples.frame_bytes().is_some().then_some(samples)
    }
}

/// An 80-bit floating-point number (IEEE 754 extended) as a sampling rate.
fn extended(bytes: [u8; 10]) -> Option<u32> {
    let exponent = i32::from(u16::from_be_bytes([bytes[0], bytes[1]]) & 0x7fff) - 16_383;
    let mantissa = u64::from_be_bytes(bytes[2..].try_into().ok()?);
    let value = mantissa as f64 * f64::from(exponent - 63).exp2();
    (1.0..=f64::from(u32::MAX))
        .contains(&value)
        .then_some(value.round() as u32)
}
