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

/// What computing needs besides activations.
#[derive(Clone, Debug, Default)]
pub(super) struct Buffers {
    scratch: Scratch,
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

    /// From `input` to the first channels of `output`, through `middle`.
    pub(super) fn run(
        &self,
        level: Level,
        input: &Map,
        middle: &mut Map,
        output: &mut Map,
        buffers: &mut Buffers,
    ) {
        self.first.run(level, input, middle, &mut buffers.scratch);
        self.second.run(level, middle, output, &mut buffers.scratch);
        if let Some(layers) = &self.frequency {
            layers.run(level, output, self.depth, &mut buffers.hidden);
        }
    }
}
