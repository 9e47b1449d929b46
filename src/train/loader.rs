//! Prepares the batches of a run on background threads. A batch depends on the seed and its index alone.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use burn::tensor::Device;

use super::batch::{Augmentation, Sampler};
use super::config::{InputView, TrainConfig};
use super::dataset::Dataset;
use super::images::{ImageBatch, songs_of_step};
use super::loss::{Batch, Example};

/// Number of batches of tiles in a validation.
const VALIDATION_BATCHES: usize = 12;

/// Maximum number of threads: each keeps one batch in device memory.
const MOST_THREADS: usize = 15;

/// Batch `index` of a run.
fn training_batch(config: &TrainConfig, dataset: &Dataset, index: usize) -> Batch {
    match config.view {
        InputView::Tiles => {
            let seed = config.seed_of(index);
            let mut sampler = Sampler::new(dataset, Augmentation::Random, config.tile_frames, seed);
            Batch::Tiles(sampler.draw(config.batch_size))
        }
        InputView::Images => {
            let songs = songs_of_step(dataset, config.seed, index, config.batch_size);
            Batch::Images(ImageBatch::of(songs))
        }
    }
}

/// The validation batches, always the same: excerpts without augmentation, or every song.
pub fn validation_batches<'a>(
    config: &'a TrainConfig,
    dataset: &'a Dataset,
) -> impl ExactSizeIterator<Item = Batch> + 'a {
    let size = config.batch_size;
    let count = match config.view {
        InputView::Tiles => VALIDATION_BATCHES,
        InputView::Images => dataset.songs.len().div_ceil(size),
    };
    (0..count).map(move |index| match config.view {
        InputView::Tiles => {
            let mut sampler = Sampler::new(
                dataset,
                Augmentation::None,
                config.tile_frames,
                index as u64,
            );
            Batch::Tiles(sampler.draw(size))
        }
        InputView::Images => {
            let songs = dataset.songs.iter().skip(index * size).take(size);
            Batch::Images(ImageBatch::of(songs))
        }
    })
}

/// A run's batches in order, prepared and moved to the device in the background.
pub struct BatchLoader {
    /// Batch `n` comes from receiver `n` modulo their number.
    receivers: Vec<Receiver<Example>>,
    next: usize,
    waited: Duration,
}

impl BatchLoader {
    /// Batches from `first` on, each on `device`.
    pub fn spawn<'scope, 'a: 'scope>(
        scope: &'scope Scope<'scope, 'a>,
        config: &'a TrainConfig,
        dataset: &'a Dataset,
        device: &Device,
        first: usize,
    ) -> Self {
        // One core is left to drive the device.
        let threads = thread::available_parallelism()
            .map_or(1, |cores| cores.get() - 1)
            .clamp(1, MOST_THREADS);
        let mut receivers: Vec<_> = (0..threads)
            .map(|thread| {
                // A thread blocks until its batch is taken.
                let (sender, receiver) = sync_channel(0);
                let device = device.clone();
                scope.spawn(move || {
                    for index in (first + thread..).step_by(threads) {
                        let batch = training_batch(config, dataset, index);
                        if sender.send(Example::new(batch, &device)).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        receivers.rotate_right(first % threads);
        Self {
            receivers,
            next: first,
            waited: Duration::ZERO,
        }
    }

    /// Index of the next batch.
    pub fn next_index(&self) -> usize {
        self.next
    }

    /// The next batch; `None` if its thread has ended.
    pub fn receive(&mut self) -> Option<Example> {
        let began = Instant::now();
        let batch = self.receivers[self.next % self.receivers.len()].recv().ok();
        self.waited += began.elapsed();
        self.next += 1;
        batch
    }

    /// Time spent waiting for batches since the last call.
    pub fn take_waited(&mut self) -> Duration {
        std::mem::take(&mut self.waited)
    }
}
