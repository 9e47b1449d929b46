//! The separator: [`UNetConfig`]'s, as `model::UNet` has it.

use super::block::{Block, BlockShape, Buffers};
use super::dense::{Activation, Dense, Places, Upsampling};
use super::map::{Map, lanes_of, lanes_of_pair, vectors};
use super::pool::pool;
use super::simd::{LANES, Lanes, Level};
use super::softmax::{LogitRow, softmax};
use crate::model::{Tensors, UNetConfig, WeightsError};
use crate::source::Source;

/// The layers, with their weights.
#[derive(Clone, Debug)]
pub(super) struct UNet {
    config: UNetConfig,
    contracting: Vec<Block>,
    bottom: Block,
    doublings: Vec<Upsampling>,
    expanding: Vec<Block>,
    last: Dense,
}

/// Activations of a tile.
#[derive(Clone, Debug)]
pub(super) struct Activations {
    input: Map,
    /// A contracting block's output and, behind it, what comes up from below, a level; then, in the first channels, the
    /// expanding block's output. The bottom's output last.
    levels: Vec<Map>,
    pooled: Vec<Map>,
    logits: Vec<Lanes>,
}

impl UNet {
    /// Takes the weights, whose names begin with "separator".
    ///
    /// # Errors
    /// When a tensor is missing or has another shape.
    pub(super) fn load(
        level: Level,
        tensors: &mut Tensors,
        config: &UNetConfig,
    ) -> Result<Self, WeightsError> {
        let (depth, channels) = (config.levels(), &config.channels);
        let patch_pixels = config.patch * config.patch;
        let mut block = |name: String, inputs: usize, at: usize, lanes: &[Option<usize>]| {
            let shape = BlockShape {
                channels: [inputs, channels[at]],
                bins: config.level_bins() >> at,
                frequency_bottleneck: config.frequency_bottleneck,
            };
            Block::load(level, tensors, &format!("separator.{name}"), shape, lanes)
        };
        let mut contracting = Vec::new();
        let mut inputs = patch_pixels;
        for at in 0..depth {
            let name = format!("contracting.{at}");
            contracting.push(block(name, inputs, at, &lanes_of(inputs))?);
            inputs = channels[at];
        }
        let bottom = block("bottom".to_owned(), inputs, depth, &lanes_of(inputs))?;
        let mut expanding = Vec::new();
        for at in (0..depth).rev() {
            let (name, lanes) = (
                format!("expanding.{}", expanding.len()),
                lanes_of_pair(channels[at]),
            );
            expanding.push(block(name, 2 * channels[at], at, &lanes)?);
        }
        let mut doublings = Vec::new();
        for at in (0..depth).rev() {
            let name = format!("separator.doublings.{}.spread.layer", doublings.len());
            let [inputs, outputs] = [channels[at + 1], 4 * channels[at]];
            let weights = tensors.take(&format!("{name}.weight"), &[outputs, inputs, 1, 1])?;
            let bias = tensors.take(&format!("{name}.bias"), &[outputs])?;
            doublings.push(Upsampling::new(level, &weights, &bias));
        }
        Ok(Self {
            config: config.clone(),
            contracting,
            bottom,
            doublings,
            expanding,
            last: Dense::load(
                level,
                tensors,
                "separator.last",
                [channels[0], Source::COUNT * patch_pixels],
                Activation::None,
            )?,
        })
    }

    /// All blocks.
    pub(super) fn blocks_mut(&mut self) -> impl Iterator<Item = &mut Block> {
        let bottom = std::iter::once(&mut self.bottom);
        self.contracting
            .iter_mut()
            .chain(bottom)
            .chain(&mut self.expanding)
    }

    /// Room for tiles of so many frames.
    pub(super) fn activations(&self, frames: usize) -> Activations {
        let config = &self.config;
        let map = |level: usize, depth: usize| {
            let [frames, bins] = [frames, config.bins].map(|side| (side / config.patch) >> level);
            Map::new(frames, bins, depth)
        };
        let depth = |level: usize| vectors(config.channels[level]);
        let levels = config.levels();
        Activations {
            input: map(0, vectors(config.patch * config.patch)),
            levels: (0..levels)
                .map(|level| map(level, 2 * depth(level)))
                .chain([map(levels, depth(levels))])
                .collect(),
            pooled: (0..levels)
                .map(|level| map(level + 1, depth(level)))
                .collect(),
            logits: vec![[0.0; LANES]; config.level_bins() * self.last.width()],
        }
    }

    /// Masks `[source, frame, bin]` of log magnitudes `[frame, bin]`.
    pub(super) fn run(
        &self,
        level: Level,
        log_magnitudes: &[f32],
        activations: &mut Activations,
        buffers: &mut Buffers,
        masks: &mut [f32],
    ) {
        let (patch, bins) = (self.config.patch, self.config.bins);
        let Activations {
            input,
            levels,
            pooled,
            logits,
        } = activations;
        fill_patches(log_magnitudes, bins, patch, input);
        for (at, block) in self.contracting.iter().enumerate() {
            let input = if at == 0 { &*input } else { &pooled[at - 1] };
            block.run(level, input, &mut levels[at], buffers);
            pool(level, &levels[at], &mut pooled[at], [2, 2]);
        }
        let depth = self.contracting.len();
        self.bottom
            .run(level, &pooled[depth - 1], &mut levels[depth], buffers);
        let upwards = (0..depth).rev().zip(&self.doublings).zip(&self.expanding);
        for ((at, doubling), block) in upwards {
            let (joined, below) = levels[at..].split_at_mut(1);
            let joined = &mut joined[0];
            doubling.run(level, &below[0], joined, joined.depth / 2);
            block.run_in_place(level, joined, buffers);
        }
        let features = &levels[0];
        let width = self.last.width();
        for row in 0..features.height {
            let places = Places {
                values: features.data[features.at(row, 0)..].as_flattened(),
                stride: features.depth * LANES,
                count: features.width,
            };
            self.last.run(level, places, logits, width);
            let row_logits = LogitRow {
                values: logits,
                width,
                patch,
            };
            let frames = features.height * patch;
            softmax(level, row_logits, row * patch, [frames, bins], masks);
        }
    }
}

/// Squares of `patch` x `patch` values become a pixel's channels.
fn fill_patches(values: &[f32], bins: usize, patch: usize, map: &mut Map) {
    for row in 0..map.height {
        for column in 0..map.width {
            let at = map.at(row, column);
            let channels = map.data[at..at + map.depth].as_flattened_mut();
            for down in 0..patch {
                let from = (row * patch + down) * bins + column * patch;
                channels[down * patch..][..patch].copy_from_slice(&values[from..from + patch]);
            }
        }
    }
}
