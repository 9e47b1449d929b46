//! AIFF and AIFF-C (Apple, 1989 and 1991): chunks as in RIFF, with big-endian lengths and an 80-bit sampling rate.

use std::io::{Read, Seek};

use super::{
    kind::{Codec, Container},
    spliced::Part,
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
    if let Some(frame) = common.frame_bytes() {
        count(window, &mut survey, &common, (body, claimed), frame);
    }
    Some(survey)
}

/// Counts the samples of a file whose amplitudes have a fixed size, and puts it together anew.
fn count<S: Read + Seek>(
    window: &mut Window<S>,
    survey: &mut Survey,
    common: &Common,
    (body, claimed): (u64, u64),
    frame: u64,
) -> Option<()> {
    // An offset and a block size of four bytes each stand before the samples.
    let offset = u64::from(window.u32_be(body)?);
    let samples = body.checked_add(8)?.checked_add(offset)?;
    let rest = window.length().checked_sub(samples)?;
    let claimed = claimed.saturating_sub(8 + offset);
    let is_known = claimed > 0 && (claimed <= rest || claimed < UNKNOWN_LENGTH);
    let length = if is_known { claimed.min(rest) } else { rest } / frame * frame;
    let secs = |bytes: u64| bytes as f64 / frame as f64 / f64::from(common.sample_rate.max(1));
    survey.is_cut_off = is_known && claimed > rest;
    survey.header_secs = Some(secs(claimed)).filter(|_| survey.is_cut_off);
    survey.duration_secs = Some(secs(length));
    let header = common.header(length / frame, length)?;
    survey.streams = vec![vec![
        Part::New(header),
        Part::Kept(samples..samples + length),
    ]];
    Some(())
}

/// The `COMM` chunk.
struct Common {
    channel_count: u16,
    bits: u16,
    sample_rate: u32,
    rate_bytes: [u8; 10],
    /// AIFF-C's codec.
    codec: Option<[u8; 4]>,
}

impl Common {
    fn read(bytes: &[u8], is_compressed: bool) -> Option<Self> {
        let rate_bytes: [u8; 10] = bytes.get(8..18)?.try_into().ok()?;
        Some(Self {
            channel_count: u16::from_be_bytes(bytes.get(..2)?.try_into().ok()?),
            bits: u16::from_be_bytes(bytes.get(6..8)?.try_into().ok()?),
            sample_rate: extended(rate_bytes)?,
            rate_bytes,
            codec: match is_compressed {
                true => Some(bytes.get(18..22)?.try_into().ok()?),
                false => None,
            },
        })
    }

    fn codec(&self) -> Codec {
        match self.codec.as_ref() {
            None
            | Some(b"NONE" | b"twos" | b"sowt" | b"in24" | b"in32" | b"fl32" | b"FL32" | b"raw ") => {
                Codec::Pcm
            }
            Some(b"fl64" | b"FL64") => Codec::Float64,
            Some(b"alaw" | b"ALAW") => Codec::Named("A-law"),
            Some(b"ulaw" | b"ULAW") => Codec::Named("mu-law"),
            Some(b"ima4") => Codec::Named("IMA ADPCM"),
            Some(b"MAC3" | b"MAC6") => Codec::Named("MACE"),
            Some(b"QDMC" | b"QDM2") => Codec::Named("QDesign Music"),
            Some(_) => Codec::Named("an unknown codec"),
        }
    }

    fn frame_bytes(&self) -> Option<u64> {
        let sample = match self.codec.as_ref() {
            Some(b"alaw" | b"ALAW" | b"ulaw" | b"ULAW") => 1,
            Some(b"fl32" | b"FL32" | b"in32") => 4,
            Some(b"fl64" | b"FL64") => 8,
            Some(b"in24") => 3,
            None | Some(b"NONE" | b"twos" | b"sowt" | b"raw ") => u64::from(self.bits.div_ceil(8)),
            _ => return None,
        };
        Some(sample * u64::from(self.channel_count)).filter(|&frame| frame > 0)
    }

    /// Everything before the samples of a file of so many instants.
    fn header(&self, frames: u64, length: u64) -> Option<Vec<u8>> {
        let mut common = [
            &self.channel_count.to_be_bytes()[..],
            &u32::try_from(frames).ok()?.to_be_bytes(),
            &self.bits.to_be_bytes(),
            &self.rate_bytes,
        ]
        .concat();
        if let Some(codec) = self.codec {
            common.extend(codec);
            // The codec's name: an empty Pascal string, padded.
            common.extend([0, 0]);
        }
        let version: &[u8] = match self.codec {
            // The one version of AIFF-C, 2726318400.
            Some(_) => b"FVER\0\0\0\x04\xa2\x80\x51\x40",
            None => b"",
        };
        let size = |bytes: u64| u32::try_from(bytes).ok().map(u32::to_be_bytes);
        let inner = 4 + version.len() + 8 + common.len() + 16;
        let parts: [&[u8]; 9] = [
            b"FORM",
            &size(inner as u64 + length)?,
            if self.codec.is_some() {
                b"AIFC"
            } else {
                b"AIFF"
            },
            version,
            b"COMM",
            &size(common.len() as u64)?,
            &common,
            b"SSND",
            &size(length + 8)?,
        ];
        Some([&parts.concat()[..], &[0; 8]].concat())
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
