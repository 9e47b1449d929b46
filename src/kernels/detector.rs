//! The detector: [`DetectorConfig`]'s, as `model::Detector` has it.

use super::block::{Block, BlockShape, Buffers};
use super::dense::{Activation, Dense, Places};
use super::map::{Map, lanes_of, vectors};
use super::mel::{MelBands, Separated};
use super::pool::pool;
use super::simd::{LANES, Lanes, Level};
use crate::model::detector_config::{
    FREQUENCY_BOTTLENECK, MOVEMENT_STEPS, PATCH, POOLS, TEMPLATES,
};
use crate::model::{DetectorConfig, FRAMES_PER_STEP, Tensors, WeightsError};
use crate::source::Source;

/// The layers, with their weights.
#[derive(Clone, Debug)]
pub(super) struct Detector {
    config: DetectorConfig,
    mel: MelBands,
    blocks: Vec<Block>,
    /// `[template, channel, row]`.
    templates: Vec<f32>,
    mix: Dense,
    context: Dense,
    movement: Dense,
    last: Dense,
}

/// Activations of a tile.
#[derive(Clone, Debug)]
pub(super) struct Activations {
    input: Map,
    outputs: Vec<Map>,
    pooled: Vec<Map>,
}

impl Detector {
    /// Takes the weights, whose names begin with "detector".
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(super) fn load(
        level: Level,
        tensors: &mut Tensors,
        config: &DetectorConfig,
    ) -> Result<Self, WeightsError> {
        let mut blocks = Vec::new();
        let mut inputs = config.inputs();
        for (index, (outputs, bins)) in config.channels.into_iter().zip(config.rows()).enumerate() {
            let shape = BlockShape {
                channels: [inputs, outputs],
                bins,
                frequency_bottleneck: Some(FREQUENCY_BOTTLENECK),
            };
            let (name, lanes) = (format!("detector.blocks.{index}"), lanes_of(inputs));
            blocks.push(Block::load(level, tensors, &name, shape, &lanes)?);
            inputs = outputs;
        }
        let ([.., rows], hidden) = (config.rows(), config.hidden);
        let templates = tensors.take("detector.templates", &[1, TEMPLATES * inputs, 1, rows])?;
        let mut pointwise = |name: &str, channels: [usize; 2], activation: Activation| {
            let name = format!("detector.{name}");
            Dense::load(level, tensors, &name, channels, activation)
        };
        Ok(Self {
            config: config.clone(),
            mel: MelBands::new(config.bands),
            blocks,
            templates,
            mix: pointwise("mix", [TEMPLATES * inputs, hidden], Activation::Relu)?,
            context: pointwise("context", [2 * hidden, hidden], Activation::Relu)?,
            last: pointwise("last", [hidden, Source::COUNT], Activation::None)?,
            movement: load_movement(level, tensors, hidden)?,
        })
    }

    /// All blocks.
    pub(super) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut Block> {
        self.blocks.iter_mut()
    }

    /// Room for tiles of so many frames.
    pub(super) fn activations(&self, frames: usize) -> Activations {
        let mut steps = frames / PATCH;
        let mut activations = Activations {
            input: Map::new(
                steps,
                self.config.bands / PATCH,
                vectors(self.config.inputs()),
            ),
            outputs: Vec::new(),
            pooled: Vec::new(),
        };
        let sizes = self.config.rows().into_iter().zip(self.config.channels);
        for (index, (rows, channels)) in sizes.enumerate() {
            let map = |steps, rows| Map::new(steps, rows, vectors(channels));
            activations.outputs.push(map(steps, rows));
            if let Some([down, across]) = POOLS.get(index) {
                steps /= down;
                activations.pooled.push(map(steps, rows / across));
            }
        }
        activations
    }

    /// Logits that each source plays, `[source, frame]`, a step's for each of its frames.
    pub(super) fn run(
        &self,
        level: Level,
        tile: Separated<'_>,
        activations: &mut Activations,
        buffers: &mut Buffers,
        logits: &mut [f32],
    ) {
        let Activations {
            input,
            outputs,
            pooled,
        } = activations;
        self.mel.run(level, tile, input);
        for (index, block) in self.blocks.iter().enumerate() {
            let input = match index {
                0 => &*input,
                _ => &pooled[index - 1],
            };
            let output = &mut outputs[index];
            block.run(level, input, output, buffers);
            if let Some(&size) = POOLS.get(index) {
                pool(level, output, &mut pooled[index], size);
            }
        }
        let steps = self.decide(level, &outputs[outputs.len() - 1]);
        for (source, logits) in logits
            .chunks_exact_mut(steps.len() * FRAMES_PER_STEP)
            .enumerate()
        {
            for (frame, logit) in logits.iter_mut().enumerate() {
                *logit = steps[frame / FRAMES_PER_STEP][source];
            }
        }
    }

    /// From the blocks' features to each step's logits, a source a lane.
    fn decide(&self, level: Level, features: &Map) -> Vec<Lanes> {
        let (steps, hidden) = (features.height, self.config.hidden);
        let apply = |layer: &Dense, values: &[f32], stride: usize| {
            let mut out = vec![[0.0; LANES]; steps * layer.width()];
            let places = Places {
                values,
                stride,
                count: steps,
            };
            layer.run(level, places, &mut out, layer.width());
            out
        };
        let matched = self.match_templates(features);
        let mixed = apply(&self.mix, &matched, matched.len() / steps);
        let mixed_stride = self.mix.width() * LANES;
        let mut overall = vec![0.0; hidden];
        for step in mixed.as_flattened().chunks_exact(mixed_stride) {
            for (sum, value) in overall.iter_mut().zip(step) {
                *sum += value / steps as f32;
            }
        }
        let mut beside = Vec::with_capacity(steps * 2 * hidden);
        for step in mixed.as_flattened().chunks_exact(mixed_stride) {
            beside.extend_from_slice(&step[..hidden]);
            beside.extend_from_slice(&overall);
        }
        let context = apply(&self.context, &beside, 2 * hidden);
        // Silence before and after, and no gaps between steps: windows of neighbouring steps lie one after the other.
        let margin = MOVEMENT_STEPS / 2 * hidden;
        let mut around = vec![0.0; margin];
        for step in context
            .as_flattened()
            .chunks_exact(self.context.width() * LANES)
        {
            around.extend_from_slice(&step[..hidden]);
        }
        around.resize(around.len() + margin, 0.0);
        let moved = apply(&self.movement, &around, hidden);
        let sum: Vec<f32> = context
            .as_flattened()
            .iter()
            .zip(moved.as_flattened())
            .map(|(context, moved)| context + moved)
            .collect();
        apply(&self.last, &sum, self.context.width() * LANES)
    }

    /// Weighted sums over the rows, [`TEMPLATES`] a channel, none below 0: `[step, template, channel]`.
    fn match_templates(&self, features: &Map) -> Vec<f32> {
        let [.., channels] = self.config.channels;
        let rows = features.width;
        let mut sums = vec![0.0; features.height * TEMPLATES * channels];
        for (step, sums) in sums.chunks_exact_mut(TEMPLATES * channels).enumerate() {
            let pixels = features.data[features.at(step, 0)..].as_flattened();
            for (index, sum) in sums.iter_mut().enumerate() {
                let channel = index % channels;
                let template = &self.templates[index * rows..][..rows];
                let pixels = pixels.chunks(features.depth * LANES).zip(template);
                let matched: f32 = pixels.map(|(pixel, share)| pixel[channel] * share).sum();
                *sum = matched.max(0.0);
            }
        }
        sums
    }
}

/// A convolution over [`MOVEMENT_STEPS`] steps, as a product with all values of so many.
fn load_movement(
    level: Level,
    tensors: &mut Tensors,
    hidden: usize,
) -> Result<Dense, WeightsError> {
    let weights = tensors.take(
        "detector.movement.weight",
        &[hidden, hidden, MOVEMENT_STEPS],
    )?;
    let bias = tensors.take("detector.movement.bias", &[hidden])?;
    let inputs = MOVEMENT_STEPS * hidden;
    Ok(Dense::new(
        level,
        inputs,
        &bias,
        Activation::Relu,
        |output, input| {
            let (step, channel) = (input / hidden, input % hidden);
            weights[(output * hidden + channel) * MOVEMENT_STEPS + step]
        },
    ))
}
