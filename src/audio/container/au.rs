//! Sun's and NeXT's AU: a header of six big-endian numbers, then samples.

use std::io::{Read, Seek};

use super::{
    kind::{Codec, Container},
    samples::{Kind, Samples},
    survey::Survey,
    window::Window,
};

/// The length that programs write who could not know it.
const UNKNOWN_LENGTH: u32 = u32::MAX;

/// Surveys a file that begins at `start`.
pub(super) fn survey<S: Read + Seek>(window: &mut Window<S>, start: u64) -> Option<Survey> {
    let mut survey = Survey::new(Container::Au, Codec::Unknown);
    let mut field = |index: u64| window.u32_be(start + 4 * index);
    let fields = [1, 2, 3, 4, 5].map(&mut field);
    let [
        Some(offset),
        Some(claimed),
        Some(encoding),
        Some(sample_rate),
        Some(channels),
    ] = fields
    else {
        survey.is_cut_off = true;
        return Some(survey);
    };
    let (kind, bytes) = match encoding {
        1 => (Kind::Mulaw, 1),
        2..=5 => (Kind::Integer, encoding as u8 - 1),
        6 => (Kind::Float, 4),
        7 => (Kind::Float, 8),
        27 => (Kind::Alaw, 1),
        _ => {
            survey.codec = Codec::Named("an unknown codec");
            return Some(survey);
        }
    };
    let samples = Samples {
        kind,
        bytes,
        is_big_endian: true,
        channel_count: u16::try_from(channels).unwrap_or(0),
        sample_rate,
    };
    survey.codec = samples.codec();
    survey.sample_rate = Some(sample_rate).filter(|&rate| rate > 0);
    survey.channel_count = Some(samples.channel_count).filter(|&count| count > 0);
    let first = start.checked_add(u64::from(offset))?;
    let known = Some(u64::from(claimed)).filter(|_| claimed != UNKNOWN_LENGTH && claimed > 0);
    let rest = window.length().checked_sub(first);
    let counted = rest.and_then(|rest| samples.count(&mut survey, first, rest, known));
    if counted.is_none() {
        survey.is_cut_off = true;
    }
    Some(survey)
}
