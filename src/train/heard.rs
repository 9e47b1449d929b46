//! L6: what a detector learns from: tiles as it hears them. To separate a tile costs many times what a step of learning
//! from it does, so that each serves several steps, mixed with the ones before (data echoing, Choi et al. 2019).

use std::collections::VecDeque;

use burn::module::Module;
use burn::tensor::Tensor;
use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;

use super::loss::{Example, detection_loss};
use crate::model::{Detector, Networks};

/// Tiles as a detector hears them.
#[derive(Clone, Debug)]
pub struct HeardTiles {
    /// Mel spectrograms, `[batch, 1 + sources, frames, bands]`.
    pub mel: Tensor<4>,
    /// 1 where the source plays, `[batch, sources, frames]`.
    pub activity: Tensor<3>,
}

impl HeardTiles {
    /// What the detector of `networks` hears of `example`; all of it on a device without autodiff.
    pub fn of(networks: &Networks, example: &Example) -> Self {
        let input = example.input.clone();
        let masks = networks.separator.forward(input.clone());
        Self {
            mel: networks.detector.mel(input, masks),
            activity: example.activity.clone(),
        }
    }

    /// Mean cross-entropy of what `detector` makes of the tiles; one number.
    pub fn loss(&self, detector: &Detector) -> Tensor<1> {
        detection_loss(
            detector.frame_logits(self.mel.clone()),
            self.activity.clone(),
        )
    }

    /// The same tiles on the device with autodiff.
    pub fn with_autodiff(self) -> Self {
        Self {
            mel: Tensor::from_inner(self.mel),
            activity: Tensor::from_inner(self.activity),
        }
    }

    fn size(&self) -> usize {
        self.mel.dims()[0]
    }

    fn tile(&self, index: usize) -> (Tensor<4>, Tensor<3>) {
        let (mel, activity) = (self.mel.clone(), self.activity.clone());
        (mel.narrow(0, index, 1), activity.narrow(0, index, 1))
    }
}

/// The batches heard last.
#[derive(Debug)]
pub struct Memory {
    batches: VecDeque<HeardTiles>,
    capacity: usize,
}

impl Memory {
    /// Holds `capacity` batches, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            batches: VecDeque::new(),
            capacity,
        }
    }

    /// Takes in what the detector of `networks` hears of `example`, which is on a device without autodiff.
    pub fn hear(&mut self, networks: &Networks, example: &Example) {
        self.push(HeardTiles::of(&networks.valid(), example));
    }

    /// Takes in a batch; the oldest one is forgotten if there is no room.
    fn push(&mut self, batch: HeardTiles) {
        if self.batches.len() == self.capacity {
            self.batches.pop_front();
        }
        self.batches.push_back(batch);
    }

    /// As many different tiles as a batch has, of all that is held; the same `seed` draws the same ones.
    pub fn draw(&self, seed: u64) -> HeardTiles {
        let size = self.batches.back().map_or(0, HeardTiles::size);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let drawn = index::sample(&mut random, size * self.batches.len(), size);
        let (mels, activities): (Vec<_>, Vec<_>) = drawn
            .iter()
            .map(|index| self.batches[index / size].tile(index % size))
            .unzip();
        HeardTiles {
            mel: Tensor::cat(mels, 0),
            activity: Tensor::cat(activities, 0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    const SIZE: usize = 3;

    /// Tiles that hold their numbers, from `first` on.
    fn batch(first: usize) -> HeardTiles {
        let device = Device::flex();
        let numbers = (first..first + SIZE).map(|number| number as f32);
        let numbers = Tensor::<1>::from_floats(numbers.collect::<Vec<_>>().as_slice(), &device);
        HeardTiles {
            mel: numbers.clone().reshape([SIZE, 1, 1, 1]),
            activity: numbers.reshape([SIZE, 1, 1]),
        }
    }

    fn drawn(memory: &Memory, seed: u64) -> Vec<f32> {
        let tiles = memory.draw(seed);
        let mel = tiles.mel.into_data().try_to_vec::<f32>().expect("floats");
        let activity = tiles.activity.into_data();
        assert_eq!(activity.try_to_vec::<f32>().expect("floats"), mel);
        mel
    }

    #[test]
    fn draws_different_tiles_of_the_last_batches() {
        let mut memory = Memory::new(2);
        for first in [0, 10, 20] {
            memory.push(batch(first));
        }
        let mut seen = Vec::new();
        for seed in 0..50 {
            let mut tiles = drawn(&memory, seed);
            assert_eq!(tiles, drawn(&memory, seed));
            tiles.sort_by(f32::total_cmp);
            tiles.dedup();
            assert_eq!(tiles.len(), SIZE);
            seen.extend(tiles);
        }
        seen.sort_by(f32::total_cmp);
        seen.dedup();
        assert_eq!(seen, [10.0, 11.0, 12.0, 20.0, 21.0, 22.0]);
    }
}
