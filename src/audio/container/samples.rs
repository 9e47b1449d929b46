//! Samples of a fixed size from other containers (AIFF, AU, CAF), put together as a WAV, which every decoder takes.

use std::ops::Range;

use super::{
    kind::Codec,
    spliced::{Part, Recoding},
    survey::Survey,
    wav_format::{Format, header},
};

/// What samples are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Integers with a sign.
    Integer,
    /// Integers without.
    Unsigned,
    /// Floating-point numbers.
    Float,
    /// G.711's European curve.
    Alaw,
    /// G.711's American curve.
    Mulaw,
}

/// The form of samples of a fixed size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Samples {
    pub kind: Kind,
    /// Bytes of one.
    pub bytes: u8,
    pub is_big_endian: bool,
    pub channel_count: u16,
    pub sample_rate: u32,
}

impl Samples {
    pub(super) fn codec(&self) -> Codec {
        match (self.kind, self.bytes) {
            (Kind::Float, 8) => Codec::Float64,
            (Kind::Alaw, _) => Codec::Named("A-law"),
            (Kind::Mulaw, _) => Codec::Named("mu-law"),
            _ => Codec::Pcm,
        }
    }

    /// Bytes of one sample of every channel; `None` where there is no such thing.
    pub(super) fn frame_bytes(&self) -> Option<u64> {
        let bytes = u64::from(self.bytes) * u64::from(self.channel_count);
        let is_possible = match self.kind {
            Kind::Integer | Kind::Unsigned => (1..=4).contains(&self.bytes),
            Kind::Float => matches!(self.bytes, 4 | 8),
            Kind::Alaw | Kind::Mulaw => self.bytes == 1,
        };
        Some(bytes).filter(|&bytes| is_possible && bytes > 0)
    }

    /// Seconds of so many bytes.
    fn secs(&self, bytes: u64) -> Option<f64> {
        let frames = bytes / self.frame_bytes()?;
        (self.sample_rate > 0).then(|| frames as f64 / f64::from(self.sample_rate))
    }

    /// Counts the samples that begin at `first`, behind which the file has `rest` bytes, and puts them together as a WAV.
    /// `claimed` is what the header says of their bytes, if it can be believed. `None`, and nothing counted, where samples
    /// of this form cannot be.
    pub(super) fn count(
        &self,
        survey: &mut Survey,
        first: u64,
        rest: u64,
        claimed: Option<u64>,
    ) -> Option<()> {
        let frame = self.frame_bytes()?;
        let missed = claimed.filter(|&claimed| claimed > rest);
        let length = claimed.map_or(rest, |claimed| claimed.min(rest)) / frame * frame;
        survey.is_cut_off = missed.is_some();
        survey.header_secs = missed.and_then(|claimed| self.secs(claimed));
        survey.duration_secs = self.secs(length);
        survey.streams = vec![self.stream(first..first + length)];
        Some(())
    }

    /// A WAV of the samples in a range of whole ones.
    fn stream(&self, range: Range<u64>) -> Vec<Part> {
        let tag = match self.kind {
            Kind::Integer | Kind::Unsigned => 1,
            Kind::Float => 3,
            Kind::Alaw => 6,
            Kind::Mulaw => 7,
        };
        let bits = 8 * u16::from(self.bytes);
        let format = Format::new(tag, bits, self.channel_count, self.sample_rate);
        let header = header(&format, range.end - range.start);
        let samples = match (self.kind, self.bytes) {
            (Kind::Integer, 1) => Part::Recoded(range, Recoding::Unsigned),
            (_, 2..) if self.is_big_endian => Part::Recoded(range, Recoding::Reversed(self.bytes)),
            _ => Part::Kept(range),
        };
        vec![Part::New(header), samples]
    }
}
