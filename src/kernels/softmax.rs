//! From the last layer's logits to masks.

use super::elementary::exp;
use super::simd::{LANES, Lanes, Level, Simd, Work};
use crate::source::Source;

/// Logits of one row of pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogitRow<'a> {
    /// `[pixel][source, row in the patch, column in the patch]`, each pixel filled up to whole vectors.
    pub(super) values: &'a [Lanes],
    /// Vectors a pixel.
    pub(super) width: usize,
    /// Frames and bins that a pixel becomes.
    pub(super) patch: usize,
}

/// Writes the masks of the frames of a row of pixels, from `first` on, into `masks` `[source, frame, bin]`.
pub(super) fn softmax(
    level: Level,
    logits: LogitRow<'_>,
    first: usize,
    [frames, bins]: [usize; 2],
    masks: &mut [f32],
) {
    level.run(Softmax {
        logits,
        first,
        plane: frames * bins,
        bins,
        masks,
    });
}

struct Softmax<'a> {
    logits: LogitRow<'a>,
    first: usize,
    plane: usize,
    bins: usize,
    masks: &'a mut [f32],
}

impl Work for Softmax<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let LogitRow {
            values,
            width,
            patch,
        } = self.logits;
        let values = values.as_flattened();
        for row in 0..patch {
            let frame = (self.first + row) * self.bins;
            for bin in (0..self.bins).step_by(LANES) {
                let count = LANES.min(self.bins - bin);
                let mut sources = [[0.0; LANES]; Source::COUNT];
                for lane in 0..count {
                    let pixel = (bin + lane) / patch * width * LANES;
                    let within = row * patch + (bin + lane) % patch;
                    for (source, lanes) in sources.iter_mut().enumerate() {
                        lanes[lane] = values[pixel + source * patch * patch + within];
                    }
                }
                shares(simd, &mut sources);
                for (source, lanes) in sources.iter().enumerate() {
                    let to = source * self.plane + frame + bin;
                    self.masks[to..to + count].copy_from_slice(&lanes[..count]);
                }
            }
        }
    }
}

/// Softmax over the sources, in each lane.
#[inline(always)]
fn shares<S: Simd>(simd: S, sources: &mut [Lanes; Source::COUNT]) {
    let mut largest = simd.load(&sources[0]);
    for source in 1..Source::COUNT {
        largest = simd.max(largest, simd.load(&sources[source]));
    }
    let mut sum = simd.splat(0.0);
    for source in sources.iter_mut() {
        simd.store(simd.sub(simd.load(source), largest), source);
        *source = exp(*source);
        sum = simd.add(sum, simd.load(source));
    }
    let mut sums = [0.0; LANES];
    simd.store(sum, &mut sums);
    for sum in &mut sums {
        *sum = 1.0 / *sum;
    }
    let share = simd.load(&sums);
    for source in sources {
        simd.store(simd.mul(simd.load(source), share), source);
    }
}
