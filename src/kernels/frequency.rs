//! Two fully connected layers over all bins of a frame, the same for every channel, added to their input.

use super::map::Map;
use super::matrix::{Rows, add_packed_rows};
use super::simd::{LANES, Lanes, Level, Simd, Tile, Work};

/// Both layers: narrow, ReLU, widen.
#[derive(Clone, Debug)]
pub(super) struct FrequencyLayers {
    narrow: Rows,
    narrow_bias: Vec<f32>,
    widen: Rows,
    widen_bias: Vec<f32>,
}

/// A fully connected layer as it is shipped: weights `[in, out]` and bias `[out]`.
#[derive(Clone, Debug)]
pub(super) struct Linear {
    pub(super) weights: Vec<f32>,
    pub(super) bias: Vec<f32>,
}

impl Linear {
    fn pack(&self, level: Level) -> Rows {
        let outputs = self.bias.len();
        let inputs = self.weights.len() / outputs;
        Rows::pack(level, [outputs, inputs], |output, input| {
            self.weights[input * outputs + output]
        })
    }
}

impl FrequencyLayers {
    pub(super) fn new(level: Level, narrow: Linear, widen: Linear) -> Self {
        Self {
            narrow: narrow.pack(level),
            narrow_bias: narrow.bias,
            widen: widen.pack(level),
            widen_bias: widen.bias,
        }
    }

    /// In place, on the first `depth` vectors of each pixel.
    pub(super) fn run(&self, level: Level, map: &mut Map, depth: usize, hidden: &mut Vec<Lanes>) {
        assert_eq!(map.width, self.widen.height, "a value a bin");
        hidden.clear();
        hidden.resize(self.narrow.height * depth, [0.0; LANES]);
        level.run(Frames {
            layers: self,
            map,
            depth,
            hidden,
        });
    }
}

struct Frames<'a> {
    layers: &'a FrequencyLayers,
    map: &'a mut Map,
    depth: usize,
    hidden: &'a mut [Lanes],
}

impl Work for Frames<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            layers,
            map,
            depth,
            hidden,
        } = self;
        let stride = map.depth;
        for row in 0..map.height {
            let start = map.at(row, 0);
            let bins = &mut map.data[start..][..map.width * stride];
            let mut narrow = Narrow {
                layers,
                bins,
                stride,
                hidden,
                depth,
            };
            simd.cover(&mut narrow, layers.narrow.height, depth);
            let mut widen = Widen {
                layers,
                bins,
                stride,
                hidden,
                depth,
            };
            simd.cover(&mut widen, layers.widen.height, depth);
        }
    }
}

#[inline(always)]
fn biases<S: Simd, const M: usize, const N: usize>(
    simd: S,
    bias: &[f32],
    row: usize,
) -> [[S::Vector; N]; M] {
    let mut sums = [[simd.splat(0.0); N]; M];
    for m in 0..M {
        sums[m] = [simd.splat(bias[row + m]); N];
    }
    sums
}

/// From all bins to the hidden values.
struct Narrow<'a> {
    layers: &'a FrequencyLayers,
    bins: &'a [Lanes],
    stride: usize,
    hidden: &'a mut [Lanes],
    depth: usize,
}

impl Tile for Narrow<'_> {
    #[inline(always)]
    fn run<S: Simd, const M: usize, const N: usize>(&mut self, simd: S, row: usize, column: usize) {
        let sums = biases::<S, M, N>(simd, &self.layers.narrow_bias, row);
        let bins = (self.bins, self.stride, column);
        let sums = add_packed_rows(simd, sums, (&self.layers.narrow, row), bins);
        for m in 0..M {
            let out = &mut self.hidden[(row + m) * self.depth + column..][..N];
            for n in 0..N {
                simd.store(simd.max(sums[m][n], simd.splat(0.0)), &mut out[n]);
            }
        }
    }
}

/// From the hidden values to all bins, added to what is there.
struct Widen<'a> {
    layers: &'a FrequencyLayers,
    bins: &'a mut [Lanes],
    stride: usize,
    hidden: &'a [Lanes],
    depth: usize,
}

impl Tile for Widen<'_> {
    #[inline(always)]
    fn run<S: Simd, const M: usize, const N: usize>(&mut self, simd: S, row: usize, column: usize) {
        let sums = biases::<S, M, N>(simd, &self.layers.widen_bias, row);
        let hidden = (self.hidden, self.depth, column);
        let sums = add_packed_rows(simd, sums, (&self.layers.widen, row), hidden);
        for m in 0..M {
            let out = &mut self.bins[(row + m) * self.stride + column..][..N];
            for n in 0..N {
                simd.store(simd.add(simd.load(&out[n]), sums[m][n]), &mut out[n]);
            }
        }
    }
}
