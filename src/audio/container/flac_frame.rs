//! A frame's header of FLAC (RFC 9639, section 9.1).

use crate::audio::flac::crc_8;

/// A frame's header, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Whether blocks differ in length: then the number is the first sample's, else the frame's.
    is_variable: bool,
    number: u64,
    pub samples: u64,
    /// In Hz; `None` where only the stream information has it.
    pub sample_rate: Option<u32>,
    channel_count: u8,
    /// Bits a sample; likewise.
    bits: Option<u8>,
}

impl Frame {
    /// A header's greatest length.
    pub(super) const MAX_HEADER_BYTES: usize = 16;

    /// Reads the header that `bytes` begin with, which its checksum vouches for.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let &[0xff, second, sizes, shape, ..] = bytes else {
            return None;
        };
        if second & 0xfe != 0xf8 || shape & 1 != 0 {
            return None;
        }
        let (number, mut at) = coded_number(bytes, 4)?;
        let mut field = |length: usize| {
            let field = bytes.get(at..at + length)?;
            at += length;
            let value = field
                .iter()
                .fold(0, |sum, &byte| (sum << 8) | u64::from(byte));
            Some(value)
        };
        let samples = match sizes >> 4 {
            0 => return None,
            1 => 192,
            code @ 2..=5 => 144 << code,
            6 => field(1)? + 1,
            7 => field(2)? + 1,
            code => 1 << code,
        };
        let sample_rate = match sizes & 15 {
            0 => None,
            15 => return None,
            12 => Some(field(1)? * 1000),
            13 => Some(field(2)?),
            14 => Some(field(2)? * 10),
            code => Some(RATES[usize::from(code) - 1]),
        };
        if crc_8(bytes.get(..at)?) != *bytes.get(at)? {
            return None;
        }
        Some(Self {
            is_variable: second & 1 != 0,
            number,
            samples,
            sample_rate: sample_rate.map(|rate| rate as u32),
            channel_count: match shape >> 4 {
                channels @ 0..=7 => channels + 1,
                8..=10 => 2,
                _ => return None,
            },
            bits: match (shape >> 1) & 7 {
                0 => None,
                3 => return None,
                code => Some(BITS[usize::from(code)]),
            },
        })
    }

    /// Whether both belong to one stream.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let shape = |frame: &Self| {
            let channels = frame.channel_count;
            (frame.is_variable, frame.sample_rate, frame.bits, channels)
        };
        shape(self) == shape(other)
    }

    /// The number of its first sample, in a stream whose blocks have this many, if all have the same.
    pub(super) fn position(&self, block: u64) -> Option<u64> {
        match self.is_variable {
            true => Some(self.number),
            false => self.number.checked_mul(block),
        }
    }

    /// The stream information of a stream that this frame begins, of unknown length (section 8.2), where the frame says
    /// enough.
    pub(super) fn stream_info(&self) -> Option<[u8; 34]> {
        let (rate, bits) = (self.sample_rate.filter(|&rate| rate > 0)?, self.bits?);
        let (least, most) = match self.is_variable {
            true => (16, u16::MAX),
            false => {
                let block = u16::try_from(self.samples)
                    .ok()
                    .filter(|&block| block >= 16)?;
                (block, block)
            }
        };
        let packed = u64::from(rate) << 44
            | u64::from(self.channel_count - 1) << 41
            | u64::from(bits - 1) << 36;
        let mut info = [0; 34];
        info[..2].copy_from_slice(&least.to_be_bytes());
        info[2..4].copy_from_slice(&most.to_be_bytes());
        info[10..18].copy_from_slice(&packed.to_be_bytes());
        Some(info)
    }
}

/// Sampling rates of the codes from 1 on.
const RATES: [u64; 11] = [
    88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
];
/// Bits a sample of the codes; 0 and 3 mean none.
const BITS: [u8; 8] = [0, 8, 12, 0, 16, 20, 24, 32];

/// A number coded as UTF-8 codes characters, in up to seven bytes; and where it ends.
fn coded_number(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let first = *bytes.get(at)?;
    let length = first.leading_ones() as usize;
    match length {
        0 => return Some((u64::from(first), at + 1)),
        2..=7 => {}
        _ => return None,
    }
    let rest = bytes.get(at + 1..at + length)?;
    let mut number = u64::from(first) & (0x7f >> length);
    for byte in rest {
        number = (byte & 0xc0 == 0x80).then_some((number << 6) | u64::from(byte & 0x3f))?;
    }
    Some((number, at + length))
}
