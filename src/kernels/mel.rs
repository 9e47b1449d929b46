//! The detector's inputs: mel bands of the mixture and of each separated source.

use std::f32::consts::LN_10;

use super::elementary::{exp, ln};
use super::map::Map;
use super::simd::{LANES, Lanes, Level, Simd, Work};
use crate::dsp::{BINS, features::MAGNITUDE_FLOOR, mel};
use crate::model::detector_config::PATCH;
use crate::source::Source;

/// The mixture and each source: a lane each.
const PARTS: usize = 1 + Source::COUNT;
const _: () = assert!(PARTS <= LANES, "a bin's parts fit into one vector");

/// Filters of few bins each.
#[derive(Clone, Debug)]
pub(super) struct MelBands {
    /// A band's first bin and the shares of the bins from there on.
    bands: Vec<(usize, Vec<f32>)>,
}

/// A tile's log magnitudes `[frame, bin]` and masks `[source, frame, bin]`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Separated<'a> {
    pub(super) log_magnitudes: &'a [f32],
    pub(super) masks: &'a [f32],
}

impl MelBands {
    pub(super) fn new(bands: usize) -> Self {
        let filters = mel::filters(bands);
        let band = |band: usize| {
            let shares = || (0..BINS).map(|bin| filters[bin * bands + band]);
            let first = shares().position(|share| share > 0.0).unwrap_or(0);
            let last = shares().rposition(|share| share > 0.0).unwrap_or(0);
            (first, shares().take(last + 1).skip(first).collect())
        };
        Self {
            bands: (0..bands).map(band).collect(),
        }
    }

    /// Fills the detector's input: squares of frames and bands become a pixel's channels, `[part, frame, band]`.
    pub(super) fn run(&self, level: Level, tile: Separated<'_>, input: &mut Map) {
        level.run(Mel {
            bands: &self.bands,
            tile,
            input,
        });
    }
}

struct Mel<'a> {
    bands: &'a [(usize, Vec<f32>)],
    tile: Separated<'a>,
    input: &'a mut Map,
}

impl Work for Mel<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Separated {
            log_magnitudes,
            masks,
        } = self.tile;
        let mut parts = [[0.0; LANES]; BINS];
        for frame in 0..self.input.height * PATCH {
            let start = frame * BINS;
            magnitudes(&log_magnitudes[start..start + BINS], &mut parts);
            for source in 0..Source::COUNT {
                let masks = &masks[source * log_magnitudes.len() + start..][..BINS];
                for (parts, mask) in parts.iter_mut().zip(masks) {
                    parts[1 + source] = mask * parts[0];
                }
            }
            for (band, (first, shares)) in self.bands.iter().enumerate() {
                let mut sum = simd.splat(MAGNITUDE_FLOOR);
                for (share, part) in shares.iter().zip(&parts[*first..]) {
                    sum = simd.mul_add(simd.splat(*share), simd.load(part), sum);
                }
                let mut logarithms = [0.0; LANES];
                simd.store(sum, &mut logarithms);
                logarithms = ln(logarithms);
                let at = self.input.at(frame / PATCH, band / PATCH);
                let pixel = self.input.data[at..at + self.input.depth].as_flattened_mut();
                let within = frame % PATCH * PATCH + band % PATCH;
                for part in 0..PARTS {
                    pixel[part * PATCH * PATCH + within] = (logarithms[part] / LN_10 + 1.0) / 2.0;
                }
            }
        }
    }
}

/// The mixture's magnitudes, of log magnitudes as `dsp::features` has them, into each bin's first lane.
#[inline(always)]
fn magnitudes(log_magnitudes: &[f32], parts: &mut [Lanes; BINS]) {
    for (values, parts) in log_magnitudes
        .chunks_exact(LANES)
        .zip(parts.chunks_exact_mut(LANES))
    {
        let mut exponents = [0.0; LANES];
        for (exponent, value) in exponents.iter_mut().zip(values) {
            *exponent = (2.0 * value - 1.0) * LN_10;
        }
        let powers = exp(exponents);
        for (part, power) in parts.iter_mut().zip(powers) {
            part[0] = power - MAGNITUDE_FLOOR;
        }
    }
}
const _: () = assert!(BINS.is_multiple_of(LANES), "bins fill whole vectors");
