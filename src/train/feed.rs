//! L6: the batches of a run, drawn from its seed and the step alone, whichever thread draws them and whenever.

use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use burn::tensor::Device;

use super::batch::{Sampler, TileBatch, Variation};
use super::config::{TrainConfig, View};
use super::dataset::Dataset;
use super::images::{ImageBatch, songs_of_step};
use super::loss::Example;

/// Batches of tiles that the validation loss is a mean of.
const VALIDATION_BATCHES: usize = 12;

/// Threads at most that prepare batches: each has one on the device.
const MOST_THREADS: usize = 15;

/// What a network learns from in one step.
#[derive(Clone, Debug)]
pub enum Batch {
    /// Stretches of songs.
    Tiles(TileBatch),
    /// Whole songs.
    Images(ImageBatch),
}

/// Batch `index` of a run.
fn training_batch(config: &TrainConfig, dataset: &Dataset, index: usize) -> Batch {
    match config.view {
        View::Tiles => {
            let seed = config.seed_of(index);
            let mut sampler = Sampler::new(dataset, Variation::Augmented, config.tile_frames, seed);
            Batch::Tiles(sampler.draw(config.batch_size))
        }
        View::Images => {
            let songs = songs_of_step(dataset, config.seed, index, config.batch_size);
            Batch::Images(ImageBatch::of(songs))
        }
    }
}

/// The batches to validate on, the same ones every time: stretches as they are, or every song.
pub fn validation_batches<'a>(
    config: &'a TrainConfig,
    dataset: &'a Dataset,
) -> impl ExactSizeIterator<Item = Batch> + 'a {
    let size = config.batch_size;
    let count = match config.view {
        View::Tiles => VALIDATION_BATCHES,
        View::Images => dataset.songs.len().div_ceil(size),
    };
    (0..count).map(move |index| match config.view {
        View::Tiles => {
            let mut sampler =
                Sampler::new(dataset, Variation::Plain, config.tile_frames, index as u64);
            Batch::Tiles(sampler.draw(size))
        }
        View::Images => {
            let songs = dataset.songs.iter().skip(index * size).take(size);
            Batch::Images(ImageBatch::of(songs))
        }
    })
}

/// A run's batches one after the other, prepared and moved to the device by threads meanwhile.
pub struct Feed {
    /// Batch `n` comes from receiver `n` modulo their number.
    receivers: Vec<Receiver<Example>>,
    next: usize,
    waited: Duration,
}

impl Feed {
    /// Batches from `first` on, each on `device`.
    pub fn spawn<'scope, 'a: 'scope>(
        scope: &'scope Scope<'scope, 'a>,
        config: &'a TrainConfig,
        dataset: &'a Dataset,
        device: &Device,
        first: usize,
    ) -> Self {
        // The core that is left tells the device what to compute.
        let threads = thread::available_parallelism()
            .map_or(1, |cores| cores.get() - 1)
            .clamp(1, MOST_THREADS);
        let mut receivers: Vec<_> = (0..threads)
            .map(|thread| {
                // A thread waits with the one batch that it has ready.
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

    /// The next batch; `None` when the thread that should prepare it is gone.
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
