//! The detector's inputs and a replay buffer for them. Separating a tile costs many times as much as a training step on
//! it, so each serves several steps, mixed with earlier ones (data echoing, Choi et al. 2019).

use std::collections::VecDeque;

use burn::module::Module;
use burn::tensor::{Tensor, activation::softmax};
use rand::SeedableRng;
use rand::seq::index;
use rand_chacha::ChaCha8Rng;

use super::libtorch;
use super::loss::{Example, detection_loss};
use crate::model::{Detector, Networks};

/// Inputs and targets of a detector.
#[derive(Clone, Debug)]
pub struct DetectorInputs {
    /// Mel spectrograms, `[batch, 1 + sources, frames, bands]`.
    pub mel: Tensor<4>,
    /// 1 where the source plays, `[batch, sources, frames]`.
    pub activity: Tensor<3>,
}

impl DetectorInputs {
    /// Separates `example` and computes the mel spectrograms; all on a device without autodiff.
    pub fn new(networks: &Networks, example: &Example) -> Self {
        let input = example.input.clone();
        let masks = softmax(libtorch::logits(&networks.separator, input.clone()), 1);
        Self {
            mel: networks.detector.mel(input, masks),
            activity: example.activity.clone(),
        }
    }

    /// Mean binary cross-entropy of `detector` on these tiles; one number.
    pub fn loss(&self, detector: &Detector) -> Tensor<1> {
        detection_loss(
            libtorch::frame_logits(detector, self.mel.clone()),
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

/// The most recent batches of detector inputs.
#[derive(Debug)]
pub struct ReplayBuffer {
    batches: VecDeque<DetectorInputs>,
    capacity: usize,
}

impl ReplayBuffer {
    /// An empty buffer for `capacity` batches, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            batches: VecDeque::new(),
            capacity,
        }
    }

    /// Adds the detector inputs of `example`, which is on a device without autodiff.
    pub fn add(&mut self, networks: &Networks, example: &Example) {
        self.push(DetectorInputs::new(&networks.valid(), example));
    }

    /// Adds a batch, dropping the oldest when full.
    fn push(&mut self, batch: DetectorInputs) {
        if self.batches.len() == self.capacity {
            self.batches.pop_front();
        }
        self.batches.push_back(batch);
    }

    /// Draws a batch of different tiles from the whole buffer; the same `seed` gives the same tiles.
    pub fn draw(&self, seed: u64) -> DetectorInputs {
        let size = self.batches.back().map_or(0, DetectorInputs::size);
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let drawn = index::sample(&mut random, size * self.batches.len(), size);
        let (mels, activities): (Vec<_>, Vec<_>) = drawn
            .iter()
            .map(|index| self.batches[index / size].tile(index % size))
            .unzip();
        DetectorInputs {
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
    fn batch(first: usize) -> DetectorInputs {
        let device = Device::flex();
        let numbers = (first..first + SIZE).map(|number| number as f32);
        let numbers = Tensor::<1>::from_floats(numbers.collect::<Vec<_>>().as_slice(), &device);
        DetectorInputs {
            mel: numbers.clone().reshape([SIZE, 1, 1, 1]),
            activity: numbers.reshape([SIZE, 1, 1]),
        }
    }

    fn drawn(buffer: &ReplayBuffer, seed: u64) -> Vec<f32> {
        let tiles = buffer.draw(seed);
        let mel = tiles.mel.into_data().try_to_vec::<f32>().expect("floats");
        let activity = tiles.activity.into_data();
        assert_eq!(activity.try_to_vec::<f32>().expect("floats"), mel);
        mel
    }

    #[test]
    fn draws_different_tiles_of_the_last_batches() {
        let mut buffer = ReplayBuffer::new(2);
        for first in [0, 10, 20] {
            buffer.push(batch(first));
        }
        let mut seen = Vec::new();
        for seed in 0..50 {
            let mut tiles = drawn(&buffer, seed);
            assert_eq!(tiles, drawn(&buffer, seed));
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
