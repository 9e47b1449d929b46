//! 3 x 3 convolutions with ReLU by Winograd's F(4 x 4, 3 x 3): Lavin and Gray 2016, Fast Algorithms for Convolutional
//! Neural Networks. Tiles of 4 x 4 outputs are computed from 6 x 6 inputs with 36 multiplications a pair of channels in
//! place of 144: inputs and weights are transformed, multiplied at each of 36 points (a matrix product over channels),
//! and transformed back. Transformed weights are four times as many: they are made anew whenever a layer runs, in a
//! place that all layers share, or once for all ([`Winograd::prepare`]).

use super::map::{GRID, Map};
use super::matrix::{Columns, add_rows_by_columns, packed};
use super::simd::{LANES, Lanes, Level, Simd, Tile, Work};

/// Outputs of a tile, a side.
const OUT: usize = GRID;
/// Inputs of a tile, a side.
const IN: usize = OUT + 2;
const POINTS: usize = IN * IN;

/// Tiles that are transformed and multiplied together: so many that a point's weights are read seldom, so few that what
/// is computed stays in the second cache. Measured.
const BLOCK: usize = 32;

/// Added to the distance of two points' values: powers of two would have all points compete for the same cache lines.
const SKEW: usize = 2;

/// Weights of a 3 x 3 window.
const TAPS: usize = 9;

/// A layer: convolution, bias, ReLU.
#[derive(Clone, Debug)]
pub(super) struct Winograd {
    weights: Weights,
    bias: Vec<Lanes>,
    /// Vectors of a pixel that comes in.
    depth: usize,
}

#[derive(Clone, Debug)]
enum Weights {
    /// A window's each, in the order of [`Columns`].
    Windows(Vec<[Lanes; TAPS]>),
    /// Transformed: [`Columns`] a point.
    Points(Vec<Lanes>),
}

/// Where weights are transformed and blocks of tiles are computed; grows to what the largest layer needs.
#[derive(Clone, Debug, Default)]
pub(super) struct Scratch {
    weights: Vec<Lanes>,
    inputs: Vec<Lanes>,
    products: Vec<Lanes>,
}

/// Weights of a 3 x 3 convolution as they are shipped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Taps<'a> {
    /// `[out, in, 3, 3]`.
    pub(super) weights: &'a [f32],
    /// `[out]`.
    pub(super) bias: &'a [f32],
}

impl Winograd {
    /// `lanes` names the weights' input channel that each lane of an incoming pixel holds.
    pub(super) fn new(level: Level, taps: Taps<'_>, lanes: &[Option<usize>]) -> Self {
        let outputs = taps.bias.len();
        let inputs = taps.weights.len() / (outputs * TAPS);
        let windows = packed(
            level,
            [lanes.len(), outputs.div_ceil(LANES)],
            |lane, output| {
                let input = lanes[lane].filter(|_| output < outputs);
                input.map_or([0.0; TAPS], |input| {
                    let start = (output * inputs + input) * TAPS;
                    std::array::from_fn(|tap| taps.weights[start + tap])
                })
            },
        );
        // From a window a lane to a lane a window.
        let transposed = |lanes: [[f32; TAPS]; LANES]| {
            std::array::from_fn(|tap| std::array::from_fn(|lane| lanes[lane][tap]))
        };
        Self {
            weights: Weights::Windows(windows.into_iter().map(transposed).collect()),
            bias: to_vectors(taps.bias),
            depth: lanes.len() / LANES,
        }
    }

    /// Fills the first channels of `output`, which is as large as `input`.
    pub(super) fn run(&self, level: Level, input: &Map, output: &mut Map, scratch: &mut Scratch) {
        assert_eq!(input.depth, self.depth, "the layer's own input");
        assert_eq!([input.height, input.width], [output.height, output.width]);
        assert!(output.depth >= self.bias.len(), "room for the channels");
        let steps = Steps {
            weights: self.weights_step(),
            inputs: BLOCK * self.depth + SKEW,
            products: BLOCK * self.bias.len() + SKEW,
        };
        let Scratch {
            weights,
            inputs,
            products,
        } = scratch;
        grow(inputs, POINTS * steps.inputs);
        grow(products, POINTS * steps.products);
        let weights = match &self.weights {
            Weights::Points(points) => points,
            Weights::Windows(windows) => {
                grow(weights, POINTS * steps.weights);
                level.run(Transform {
                    windows,
                    to: weights,
                    step: steps.weights,
                });
                weights
            }
        };
        level.run(Convolution {
            layer: self,
            weights,
            input,
            output,
            inputs,
            products,
            steps,
        });
    }

    /// Transforms the weights once for all.
    pub(super) fn prepare(&mut self, level: Level) {
        if let Weights::Windows(windows) = &self.weights {
            let step = self.weights_step();
            let mut points = vec![[0.0; LANES]; POINTS * step];
            level.run(Transform {
                windows,
                to: &mut points,
                step,
            });
            self.weights = Weights::Points(points);
        }
    }

    fn weights_step(&self) -> usize {
        self.depth * LANES * self.bias.len() + SKEW
    }
}

fn grow(values: &mut Vec<Lanes>, length: usize) {
    if values.len() < length {
        values.resize(length, [0.0; LANES]);
    }
}

/// A layer's bias in whole vectors.
pub(super) fn to_vectors(values: &[f32]) -> Vec<Lanes> {
    let vector = |chunk: &[f32]| {
        let mut lanes = [0.0; LANES];
        lanes[..chunk.len()].copy_from_slice(chunk);
        lanes
    };
    values.chunks(LANES).map(vector).collect()
}

struct Convolution<'a> {
    layer: &'a Winograd,
    weights: &'a [Lanes],
    input: &'a Map,
    output: &'a mut Map,
    inputs: &'a mut [Lanes],
    products: &'a mut [Lanes],
    steps: Steps,
}

/// Vectors from one point's values to the next one's.
#[derive(Clone, Copy)]
struct Steps {
    weights: usize,
    inputs: usize,
    products: usize,
}

impl Work for Convolution<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self {
            layer,
            weights,
            input,
            output,
            inputs,
            products,
            steps,
        } = self;
        let across = input.width.div_ceil(OUT);
        let tiles = input.height.div_ceil(OUT) * across;
        let corner = |tile: usize| [tile / across * OUT, tile % across * OUT];
        let mut first = 0;
        while first < tiles {
            let count = BLOCK.min(tiles - first);
            for index in 0..count {
                let to = &mut inputs[index * layer.depth..];
                transform_input(simd, input, corner(first + index), to, steps.inputs);
            }
            for point in 0..POINTS {
                let columns = Columns {
                    depth: layer.depth * LANES,
                    width: layer.bias.len(),
                    values: &weights[point * steps.weights..],
                };
                let mut product = Product {
                    rows: &inputs[point * steps.inputs..],
                    stride: layer.depth,
                    columns,
                    out: &mut products[point * steps.products..],
                };
                simd.cover(&mut product, count, columns.width);
            }
            for index in 0..count {
                let from = &products[index * layer.bias.len()..];
                transform_output(
                    simd,
                    (from, steps.products),
                    &layer.bias,
                    output,
                    corner(first + index),
                );
            }
            first += count;
        }
    }
}

/// All windows' weights at all points. Points go `step` apart.
struct Transform<'a> {
    windows: &'a [[Lanes; TAPS]],
    to: &'a mut [Lanes],
    step: usize,
}

impl Work for Transform<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        for (index, window) in self.windows.iter().enumerate() {
            transform_weights(simd, window, &mut self.to[index..], self.step);
        }
    }
}

/// A block's inputs times a point's weights.
struct Product<'a> {
    rows: &'a [Lanes],
    /// Vectors a row.
    stride: usize,
    columns: Columns<'a>,
    out: &'a mut [Lanes],
}

impl Tile for Product<'_> {
    #[inline(always)]
    fn run<S: Simd, const M: usize, const N: usize>(&mut self, simd: S, row: usize, column: usize) {
        let rows = (self.rows.as_flattened(), self.stride * LANES, row);
        let sums = [[simd.splat(0.0); N]; M];
        let sums = add_rows_by_columns(simd, sums, rows, (self.columns, column));
        for m in 0..M {
            let out = &mut self.out[(row + m) * self.columns.width + column..][..N];
            for n in 0..N {
                simd.store(sums[m][n], &mut out[n]);
            }
        }
    }
}

/// A window's weights at each point. Points go `step` apart.
#[inline(always)]
fn transform_weights<S: Simd>(simd: S, window: &[Lanes; TAPS], to: &mut [Lanes], step: usize) {
    let mut half = [[simd.splat(0.0); 3]; IN];
    for j in 0..3 {
        let column = [0, 1, 2].map(|i| simd.load(&window[i * 3 + j]));
        let points = weight_transform(simd, column);
        for i in 0..IN {
            half[i][j] = points[i];
        }
    }
    for i in 0..IN {
        let points = weight_transform(simd, half[i]);
        for j in 0..IN {
            simd.store(points[j], &mut to[(i * IN + j) * step]);
        }
    }
}

/// The tile whose outputs begin at `corner`: its inputs begin a pixel earlier in both directions. Points go `step` apart.
#[inline(always)]
fn transform_input<S: Simd>(
    simd: S,
    input: &Map,
    [row, column]: [usize; 2],
    to: &mut [Lanes],
    step: usize,
) {
    let (row_stride, depth) = (input.row_stride(), input.depth);
    let from = &input.data[row * row_stride + column * depth..];
    let from = &from[..(IN - 1) * (row_stride + depth) + depth];
    for vector in 0..depth {
        let mut half = [[simd.splat(0.0); IN]; IN];
        for j in 0..IN {
            let mut pixels = [simd.splat(0.0); IN];
            for i in 0..IN {
                pixels[i] = simd.load(&from[i * row_stride + j * depth + vector]);
            }
            let column = input_transform(simd, pixels);
            for i in 0..IN {
                half[i][j] = column[i];
            }
        }
        for i in 0..IN {
            let points = input_transform(simd, half[i]);
            for j in 0..IN {
                simd.store(points[j], &mut to[(i * IN + j) * step + vector]);
            }
        }
    }
}

/// Back from 36 points to 4 x 4 outputs, of which those within the image are kept.
#[inline(always)]
fn transform_output<S: Simd>(
    simd: S,
    (from, step): (&[Lanes], usize),
    bias: &[Lanes],
    output: &mut Map,
    [row, column]: [usize; 2],
) {
    let zero = simd.splat(0.0);
    let [rows, columns] = [output.height - row, output.width - column].map(|left| left.min(OUT));
    let (start, row_stride, depth) = (output.at(row, column), output.row_stride(), output.depth);
    for (vector, bias) in bias.iter().enumerate() {
        let bias = simd.load(bias);
        let mut half = [[zero; IN]; OUT];
        for j in 0..IN {
            let mut points = [zero; IN];
            for i in 0..IN {
                points[i] = simd.load(&from[(i * IN + j) * step + vector]);
            }
            let column = output_transform(simd, points);
            for i in 0..OUT {
                half[i][j] = column[i];
            }
        }
        for i in 0..rows {
            let pixels = output_transform(simd, half[i]);
            let to = &mut output.data[start + i * row_stride + vector..];
            for j in 0..columns {
                let value = simd.max(simd.add(pixels[j], bias), zero);
                simd.store(value, &mut to[j * depth]);
            }
        }
    }
}

/// G g of Lavin and Gray, section 4.2, with the interpolation points 0, 1, -1, 2, -2.
#[inline(always)]
fn weight_transform<S: Simd>(simd: S, g: [S::Vector; 3]) -> [S::Vector; IN] {
    let [quarter, sixth, minus_sixth] = [1.0 / 4.0, 1.0 / 6.0, -1.0 / 6.0].map(|x| simd.splat(x));
    let [twelfth, twenty_fourth] = [1.0 / 12.0, 1.0 / 24.0].map(|x| simd.splat(x));
    let near_even = simd.mul(simd.add(g[0], g[2]), minus_sixth);
    let near_odd = simd.mul(g[1], sixth);
    let far_even = simd.mul_add(g[2], sixth, simd.mul(g[0], twenty_fourth));
    let far_odd = simd.mul(g[1], twelfth);
    [
        simd.mul(g[0], quarter),
        simd.sub(near_even, near_odd),
        simd.add(near_even, near_odd),
        simd.add(far_even, far_odd),
        simd.sub(far_even, far_odd),
        g[2],
    ]
}

/// B' d of Lavin and Gray, section 4.2.
#[inline(always)]
fn input_transform<S: Simd>(simd: S, d: [S::Vector; IN]) -> [S::Vector; IN] {
    let (two, four) = (simd.splat(2.0), simd.splat(4.0));
    let (minus_four, minus_five) = (simd.splat(-4.0), simd.splat(-5.0));
    let even = simd.mul_add(d[2], minus_four, d[4]);
    let odd = simd.mul_add(d[1], minus_four, d[3]);
    let outer = simd.sub(d[4], d[2]);
    let inner = simd.mul(simd.sub(d[3], d[1]), two);
    [
        simd.mul_add(d[2], minus_five, simd.mul_add(d[0], four, d[4])),
        simd.add(even, odd),
        simd.sub(even, odd),
        simd.add(outer, inner),
        simd.sub(outer, inner),
        simd.mul_add(d[3], minus_five, simd.mul_add(d[1], four, d[5])),
    ]
}

/// A' m of Lavin and Gray, section 4.2.
#[inline(always)]
fn output_transform<S: Simd>(simd: S, m: [S::Vector; IN]) -> [S::Vector; OUT] {
    let (two, four, eight) = (simd.splat(2.0), simd.splat(4.0), simd.splat(8.0));
    let (near_sum, near_difference) = (simd.add(m[1], m[2]), simd.sub(m[1], m[2]));
    let (far_sum, far_difference) = (simd.add(m[3], m[4]), simd.sub(m[3], m[4]));
    [
        simd.add(simd.add(m[0], near_sum), far_sum),
        simd.mul_add(far_difference, two, near_difference),
        simd.mul_add(far_sum, four, near_sum),
        simd.add(simd.mul_add(far_difference, eight, near_difference), m[5]),
    ]
}
