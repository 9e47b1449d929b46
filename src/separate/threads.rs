//! A tile estimator on all cores: threads that share the networks' weights and compute whole tiles.

use std::{
    future::Future,
    num::NonZeroUsize,
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::{self, JoinHandle},
};

use futures_channel::oneshot;

use super::{EstimateError, TileEstimate, TileEstimator};
use crate::dsp::TILE_FRAMES;
use crate::kernels::{Network, Workspace};

/// A tile to be computed, and who waits for it.
struct Job {
    log_magnitudes: Vec<f32>,
    answer: oneshot::Sender<Result<TileEstimate, EstimateError>>,
}

/// Threads at work until this is dropped. Several songs may be separated at the same time.
#[derive(Debug)]
pub struct ThreadedEstimator {
    /// `None` once it is being dropped, which ends the threads.
    jobs: Option<mpsc::Sender<Job>>,
    threads: Vec<JoinHandle<()>>,
    tiles_in_flight: usize,
}

impl ThreadedEstimator {
    /// Starts `threads` threads, for `songs` songs at the same time.
    ///
    /// # Errors
    /// When the system starts no thread.
    pub fn start(
        network: Network,
        threads: NonZeroUsize,
        songs: NonZeroUsize,
    ) -> std::io::Result<Self> {
        let network = Arc::new(network);
        let (sender, receiver) = mpsc::channel();
        let receiver = Arc::new(Mutex::new(receiver));
        let start = |index: usize| {
            let (network, receiver) = (Arc::clone(&network), Arc::clone(&receiver));
            thread::Builder::new()
                .name(format!("tiles-{index}"))
                .spawn(move || work_through(&network, &receiver))
        };
        Ok(Self {
            jobs: Some(sender),
            threads: (0..threads.get()).map(start).collect::<Result<_, _>>()?,
            // One more, so that no thread waits while a tile's masks are made use of.
            tiles_in_flight: threads.get().div_ceil(songs.get()) + 1,
        })
    }
}

/// One thread: computes tiles until no more can come.
fn work_through(network: &Network, jobs: &Mutex<mpsc::Receiver<Job>>) {
    let mut workspace: Option<Workspace> = None;
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { break };
        if job.answer.is_canceled() {
            continue;
        }
        let workspace = workspace.get_or_insert_with(|| network.workspace(TILE_FRAMES));
        let values = network.run(&job.log_magnitudes, workspace);
        // The tile of an abandoned song has no receiver any more.
        job.answer.send(TileEstimate::from_values(values)).ok();
    }
}

impl TileEstimator for ThreadedEstimator {
    fn parallelism(&self) -> usize {
        self.tiles_in_flight
    }

    fn estimate(
        &self,
        tile: Vec<f32>,
    ) -> impl Future<Output = Result<TileEstimate, EstimateError>> {
        let (answer, result) = oneshot::channel();
        let job = Job {
            log_magnitudes: tile,
            answer,
        };
        // Where the threads are gone, the answer's sender is dropped, and the future returns an error.
        if let Some(jobs) = &self.jobs {
            jobs.send(job).ok();
        }
        async {
            result
                .await
                .unwrap_or_else(|_| Err(EstimateError("a thread that computes crashed".to_owned())))
        }
    }
}

impl Drop for ThreadedEstimator {
    fn drop(&mut self) {
        self.jobs = None;
        for thread in self.threads.drain(..) {
            // A crash was reported to the receiver of the tile.
            thread.join().ok();
        }
    }
}
