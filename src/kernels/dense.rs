//! Layers that mix the channels of one position: 1 x 1 convolutions, and upsampling by 2, which is four of them.

use super::map::Map;
use super::matrix::{Columns, add_rows_by_columns, packed};
use super::simd::{LANES, Lanes, Level, Simd, Tile, Work};
use super::winograd::to_vectors;
use crate::model::{Tensors, WeightsError};

/// What follows a layer's sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activation {
    /// Nothing.
    None,
    /// max(0, x).
    Relu,
}

/// A product with every place's values, plus a bias.
#[derive(Clone, Debug)]
pub(super) struct Dense {
    inputs: usize,
    /// [`Columns`].
    weights: Vec<Lanes>,
    bias: Vec<Lanes>,
    activation: Activation,
}

/// Places in memory: how many, and how many floats from one to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places<'a> {
    pub(super) values: &'a [f32],
    pub(super) stride: usize,
    pub(super) count: usize,
}

impl Dense {
    /// `weight(output, input)`; each place holds `inputs` values.
    pub(super) fn new(
        level: Level,
        inputs: usize,
        bias: &[f32],
        activation: Activation,
        weight: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let outputs = bias.len();
        let width = outputs.div_ceil(LANES);
        Self {
            inputs,
            weights: packed(level, [inputs, width], |input, output| {
                if output < outputs {
                    weight(output, input)
                } else {
                    0.0
                }
            }),
            bias: to_vectors(bias),
            activation,
        }
    }

    /// A 1 x 1 convolution of weights `[out, in]`.
    pub(super) fn pointwise(
        level: Level,
        weights: &[f32],
        bias: &[f32],
        activation: Activation,
    ) -> Self {
        let inputs = weights.len() / bias.len();
        Self::new(level, inputs, bias, activation, |output, input| {
            weights[output * inputs + input]
        })
    }

    /// [`Self::pointwise`] with the weights of the layer `name`.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(super) fn load(
        level: Level,
        tensors: &mut Tensors,
        name: &str,
        [inputs, outputs]: [usize; 2],
        activation: Activation,
    ) -> Result<Self, WeightsError> {
        let weights = tensors.take(&format!("{name}.layer.weight"), &[outputs, inputs, 1, 1])?;
        let bias = tensors.take(&format!("{name}.layer.bias"), &[outputs])?;
        Ok(Self::pointwise(level, &weights, &bias, activation))
    }

    /// Vectors of an output.
    pub(super) fn width(&self) -> usize {
        self.bias.len()
    }

    /// Writes an output a place, `stride` vectors apart.
    pub(super) fn run(&self, level: Level, places: Places<'_>, out: &mut [Lanes], stride: usize) {
        level.run(Product {
            layer: self,
            places,
            out,
            stride,
        });
    }
}

struct Product<'a> {
    layer: &'a Dense,
    places: Places<'a>,
    out: &'a mut [Lanes],
    stride: usize,
}

impl Work for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) {
        let (rows, columns) = (self.places.count, self.layer.width());
        simd.cover(&mut self, rows, columns);
    }
}

impl Tile for Product<'_> {
    #[inline(always)]
    fn run<S: Simd, const M: usize, const N: usize>(&mut self, simd: S, row: usize, column: usize) {
        let layer = self.layer;
        let mut sums = [[simd.splat(0.0); N]; M];
        for n in 0..N {
            let bias = simd.load(&layer.bias[column + n]);
            for m in 0..M {
                sums[m][n] = bias;
            }
        }
        let rows = (self.places.values, self.places.stride, row);
        let columns = Columns {
            depth: layer.inputs,
            width: layer.width(),
            values: &layer.weights,
        };
        let sums = add_rows_by_columns(simd, sums, rows, (columns, column));
        for m in 0..M {
            let out = &mut self.out[(row + m) * self.stride + column..][..N];
            for n in 0..N {
                let value = match layer.activation {
                    Activation::None => sums[m][n],
                    Activation::Relu => simd.max(sums[m][n], simd.splat(0.0)),
                };
                simd.store(value, &mut out[n]);
            }
        }
    }
}

/// Pixels of each side that one pixel becomes.
const SIDE: usize = 2;

/// A transposed convolution of kernel and stride 2: each pixel becomes four.
#[derive(Clone, Debug)]
pub(super) struct Upsampling {
    /// One a pixel that comes out: above left, above right, below left, below right.
    parts: Vec<Dense>,
}

impl Upsampling {
    /// Of weights `[out * 4, in]`, the four pixels of an output channel together.
    pub(super) fn new(level: Level, weights: &[f32], bias: &[f32]) -> Self {
        let inputs = weights.len() / bias.len();
        let pixels = SIDE * SIDE;
        let part = |pixel: usize| {
            let bias: Vec<f32> = bias.iter().skip(pixel).step_by(pixels).copied().collect();
            Dense::new(level, inputs, &bias, Activation::None, |output, input| {
                weights[(output * pixels + pixel) * inputs + input]
            })
        };
        Self {
            parts: (0..pixels).map(part).collect(),
        }
    }

    /// From `input` to the channels of `output` from vector `first` on.
    pub(super) fn run(&self, level: Level, input: &Map, output: &mut Map, first: usize) {
        for row in 0..input.height {
            let places = Places {
                values: input.data[input.at(row, 0)..].as_flattened(),
                stride: input.depth * LANES,
                count: input.width,
            };
            for (pixel, part) in self.parts.iter().enumerate() {
                let start = output.at(SIDE * row + pixel / SIDE, pixel % SIDE) + first;
                let stride = SIDE * output.depth;
                part.run(level, places, &mut output.data[start..], stride);
            }
        }
    }
}
