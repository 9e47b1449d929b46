//! Two 3 x 3 convolutions with ReLU, then, where configured, layers along the frequency axis.

use super::frequency::{FrequencyLayers, Linear};
use super::map::Map;
use super::simd::{Lanes, Level};
use super::winograd::{Scratch, Taps, Winograd};
use crate::model::{Tensors, WeightsError};

/// A block's layers.
#[derive(Clone, Debug)]
pub(super) struct Block {
    first: Winograd,
    second: Winograd,
    frequency: Option<FrequencyLayers>,
    /// Vectors that come out.
    depth: usize,
}

/// What computing needs besides the activations that last.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers {
    scratch: Scratch,
    /// Between a block's two convolutions.
    middle: Map,
    hidden: Vec<Lanes>,
}

/// A block's sizes.
#[derive(Clone, Copy, Debug)]
pub(super) struct BlockShape {
    /// In and out.
    pub(super) channels: [usize; 2],
    pub(super) bins: usize,
    pub(super) frequency_bottleneck: Option<usize>,
}

impl Block {
    /// Takes the block's weights, whose names begin with `name`. `lanes` is how channels lie in what comes in.
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(super) fn load(
        level: Level,
        tensors: &mut Tensors,
        name: &str,
        shape: BlockShape,
        lanes: &[Option<usize>],
    ) -> Result<Self, WeightsError> {
        let [inputs, outputs] = shape.channels;
        let mut convolution = |layer: &str, inputs: usize, lanes: &[Option<usize>]| {
            let name = format!("{name}.{layer}.layer");
            let weights = tensors.take(&format!("{name}.weight"), &[outputs, inputs, 3, 3])?;
            let bias = tensors.take(&format!("{name}.bias"), &[outputs])?;
            let taps = Taps {
                weights: &weights,
                bias: &bias,
            };
            Ok::<_, WeightsError>(Winograd::new(level, taps, lanes))
        };
        let first = convolution("first", inputs, lanes)?;
        let second = convolution("second", outputs, &super::map::lanes_of(outputs))?;
        let mut linear = |layer: &str, inputs: usize, outputs: usize| {
            let name = format!("{name}.frequency.{layer}");
            Ok::<_, WeightsError>(Linear {
                weights: tensors.take(&format!("{name}.weight"), &[inputs, outputs])?,
                bias: tensors.take(&format!("{name}.bias"), &[outputs])?,
            })
        };
        let frequency = match shape.frequency_bottleneck {
            Some(factor) => {
                let (bins, hidden) = (shape.bins, shape.bins / factor);
                let narrow = linear("narrow", bins, hidden)?;
                let widen = linear("widen", hidden, bins)?;
                Some(FrequencyLayers::new(level, narrow, widen))
            }
            None => None,
        };
        Ok(Self {
            first,
            second,
            frequency,
            depth: super::map::vectors(outputs),
        })
    }

    /// [`Winograd::prepare`] for both convolutions.
    pub(super) fn prepare(&mut self, level: Level) {
        self.first.prepare(level);
        self.second.prepare(level);
    }

    /// From `input` to the first channels of `output`.
    pub(super) fn run(&self, level: Level, input: &Map, output: &mut Map, buffers: &mut Buffers) {
        self.start(level, input, buffers);
        self.finish(level, output, buffers);
    }

    /// From all of `map` to its first channels.
    pub(super) fn run_in_place(&self, level: Level, map: &mut Map, buffers: &mut Buffers) {
        self.start(level, map, buffers);
        self.finish(level, map, buffers);
    }

    fn start(&self, level: Level, input: &Map, buffers: &mut Buffers) {
        let Buffers {
            scratch, middle, ..
        } = buffers;
        middle.reshape(input.height, input.width, self.depth);
        self.first.run(level, input, middle, scratch);
    }

    fn finish(&self, level: Level, output: &mut Map, buffers: &mut Buffers) {
        let Buffers {
            scratch,
            middle,
            hidden,
        } = buffers;
        self.second.run(level, middle, output, scratch);
        if let Some(layers) = &self.frequency {
            layers.run(level, output, self.depth, hidden);
        }
    }
}
