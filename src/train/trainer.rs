//! The training loop.

use std::ops::ControlFlow;
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use burn::module::Module;
use burn::tensor::{Device, Tensor};

use super::checkpoint::TrainState;
use super::config::{Approach, RunLength, TrainConfig};
use super::dataset::Dataset;
use super::loader::{BatchLoader, validation_batches};
use super::loss::Example;
use super::network::Network;
use super::optimizer;
use super::replay::ReplayBuffer;
use super::run::{RunFolder, RunProgress, TrainError};
use super::teachers::Teachers;

/// Steps between reports: reading a loss back stalls the device.
const STEPS_PER_REPORT: usize = 10;

/// Progress report of a run.
#[derive(Clone, Copy, Debug)]
pub struct TrainReport {
    /// Steps done.
    pub step: usize,
    /// Fraction of the run that is done, in [0, 1].
    pub fraction: f64,
    /// Mean loss since the last report.
    pub loss: f32,
    /// Validation loss of the last check, if there was one.
    pub validation_loss: Option<f32>,
    /// Tiles a second.
    pub tiles_per_sec: f64,
    /// Fraction of the time spent waiting for batches, in [0, 1].
    pub waiting: f64,
    /// Seconds trained.
    pub elapsed_secs: f64,
}

/// Follows a training run, and may stop it.
pub trait TrainObserver {
    /// Called every few steps, and at each check; `Break` writes a checkpoint and stops.
    fn report(&mut self, report: &TrainReport) -> ControlFlow<()>;

    /// Called when a detector's run is resumed, before each of the `batches` batches with which its replay buffer is
    /// refilled; `Break` stops the run and leaves the checkpoint unchanged.
    fn refill_replay(&mut self, batch: usize, batches: usize) -> ControlFlow<()>;
}

/// Training and validation songs.
#[derive(Debug)]
pub struct TrainData {
    /// Training songs.
    pub train: Dataset,
    /// Validation songs.
    pub validation: Dataset,
}

/// Trains a network on `device` (without autodiff) from the progress `start`, and leaves the finished weights of the
/// best check in the run's folder. A run that is stopped and resumed ends with the same weights as an uninterrupted
/// one, since batches depend on seed and step alone and a checkpoint holds all other state (except under a time
/// budget).
///
/// # Errors
/// When files can't be written, the loss diverges, or the observer stops the run.
pub fn train(
    config: &TrainConfig,
    data: &TrainData,
    folder: &RunFolder,
    start: RunProgress,
    device: &Device,
    observer: &mut impl TrainObserver,
) -> Result<RunProgress, TrainError> {
    if let Some(problem) = config.problem() {
        return Err(TrainError::Config(problem));
    }
    folder.describe_data(&data.train)?;
    if start.step == 0 {
        folder.record_teachers(config)?;
    }
    folder.open_log(start.step)?;
    let autodiff = device.clone().autodiff();
    autodiff.seed(config.seed);
    let mut network = Network::init_training(config, &autodiff);
    if let (Some(earlier), 0) = (&config.from, start.step) {
        network = RunFolder::at(earlier).load_average(network)?;
    }
    if let (Some(separator), 0) = (&config.separator, start.step) {
        let weights = RunFolder::at(separator).finished_weights()?;
        network = network.with_separator(weights)?;
    }
    let fresh = TrainState {
        average: network.valid(),
        network,
        optimizer: optimizer::build(config),
    };
    let state = match start.step {
        0 => fresh,
        step => folder.load_checkpoint(fresh, step)?,
    };
    let trainer = Trainer {
        config,
        length: config.run_length(data.train.songs.len()),
        data,
        folder,
        teachers: Teachers::load(config, device)?,
        device: autodiff,
        state,
        replay: ReplayBuffer::new(config.replay_batches),
        progress: start,
        validation_loss: None,
    };
    thread::scope(|scope| trainer.run(scope, observer))
}

struct Trainer<'a> {
    config: &'a TrainConfig,
    length: RunLength,
    data: &'a TrainData,
    folder: &'a RunFolder,
    teachers: Teachers,
    device: Device,
    state: TrainState,
    /// A detector's recent inputs.
    replay: ReplayBuffer,
    progress: RunProgress,
    validation_loss: Option<f32>,
}

impl<'a> Trainer<'a> {
    fn run<'scope>(
        mut self,
        scope: &'scope Scope<'scope, 'a>,
        observer: &mut impl TrainObserver,
    ) -> Result<RunProgress, TrainError> {
        let first = *self.config.batches_of_step(self.progress.step).start();
        let device = match self.config.approach {
            Approach::Detector => self.device.clone().inner(),
            _ => self.device.clone(),
        };
        let mut loader = BatchLoader::spawn(scope, self.config, &self.data.train, &device, first);
        self.refill_replay(&mut loader, observer)?;
        let earlier_secs = self.progress.elapsed_secs;
        let began = Instant::now();
        let mut window = Window::new();
        while self.fraction() < 1.0 && !self.is_stale() {
            let Some(loss) = self.step(&mut loader) else {
                break;
            };
            window.add(loss);
            window.waiting += loader.take_waited();
            self.progress.step += 1;
            self.progress.elapsed_secs = earlier_secs + began.elapsed().as_secs_f64();
            self.check_and_report(&mut window, observer)?;
        }
        Ok(self.progress)
    }

    /// Refills the replay buffer of a resumed detector, all but the newest batch, which its step loads.
    fn refill_replay(
        &mut self,
        loader: &mut BatchLoader,
        observer: &mut impl TrainObserver,
    ) -> Result<(), TrainError> {
        let Network::Detector(networks) = &self.state.network else {
            return Ok(());
        };
        let step = self.progress.step;
        let batches = self.config.batches_of_step(step);
        let count = batches.end() - batches.start();
        for index in 0..count {
            if observer.refill_replay(index, count).is_break() {
                return Err(TrainError::Stopped { step });
            }
            if let Some(example) = loader.receive() {
                self.replay.add(networks, &example);
            }
        }
        Ok(())
    }

    /// Validates, reports and saves a checkpoint, when due.
    fn check_and_report(
        &mut self,
        window: &mut Window,
        observer: &mut impl TrainObserver,
    ) -> Result<(), TrainError> {
        let step = self.progress.step;
        let is_last = self.fraction() >= 1.0;
        let is_check = is_last || step.is_multiple_of(self.length.steps_per_check);
        if !is_check && !step.is_multiple_of(STEPS_PER_REPORT) {
            return Ok(());
        }
        let loss = window.mean_loss();
        if !loss.is_finite() {
            return Err(TrainError::Diverged { step, loss });
        }
        if is_check {
            self.validate()?;
        }
        let report = self.report(loss, window);
        self.log(&report)?;
        *window = Window::new();
        let flow = observer.report(&report);
        if is_check || flow.is_break() {
            self.folder.save_checkpoint(&self.state, &self.progress)?;
        }
        match flow {
            ControlFlow::Break(()) if !is_last => Err(TrainError::Stopped { step }),
            _ => Ok(()),
        }
    }

    fn fraction(&self) -> f64 {
        let steps = self.progress.step as f64 / self.length.steps as f64;
        let time = self
            .config
            .minutes
            .map_or(0.0, |minutes| self.progress.elapsed_secs / (minutes * 60.0));
        steps.max(time)
    }

    fn is_stale(&self) -> bool {
        let patience = self.config.patience_checks;
        patience.is_some_and(|patience| self.progress.stale_checks >= patience)
    }

    /// One optimiser step on the next batch, or on one drawn from the replay buffer; `None` if there are no more
    /// batches. The loss stays on the device.
    fn step(&mut self, loader: &mut BatchLoader) -> Option<Tensor<1>> {
        let loss = match &self.state.network {
            Network::Detector(networks) => {
                let step = self.progress.step;
                while loader.next_index() <= *self.config.batches_of_step(step).end() {
                    self.replay.add(networks, &loader.receive()?);
                }
                let tiles = self.replay.draw(self.config.seed_of(step)).with_autodiff();
                tiles.loss(&networks.detector)
            }
            network => self
                .teachers
                .loss(network, &loader.receive()?, self.config.loss),
        };
        let rate = self.config.learning_rate_at(self.fraction());
        optimizer::step(
            &mut self.state,
            &loss,
            self.config,
            rate,
            self.progress.step,
        );
        Some(loss.detach())
    }

    fn report(&self, loss: f32, window: &Window) -> TrainReport {
        TrainReport {
            step: self.progress.step,
            fraction: self.fraction(),
            loss,
            validation_loss: self.validation_loss,
            tiles_per_sec: window.steps() as f64 * self.config.batch_size as f64 / window.secs(),
            waiting: window.waiting.as_secs_f64() / window.secs(),
            elapsed_secs: self.progress.elapsed_secs,
        }
    }

    fn log(&self, report: &TrainReport) -> Result<(), TrainError> {
        self.folder.log(&format!(
            "{},{:.1},{:.3e},{:.5},{},{:.2},{:.3}",
            report.step,
            report.elapsed_secs,
            self.config.learning_rate_at(report.fraction),
            report.loss,
            report
                .validation_loss
                .map_or(String::new(), |loss| format!("{loss:.5}")),
            report.tiles_per_sec,
            report.waiting,
        ))
    }

    /// Validates the averaged weights, and saves them if they are the best so far.
    fn validate(&mut self) -> Result<(), TrainError> {
        let device = self.device.clone().inner();
        let batches = validation_batches(self.config, &self.data.validation);
        let count = batches.len() as f32;
        let losses = batches.map(|batch| {
            let example = Example::new(batch, &device);
            let loss = self.state.average.loss(&example, self.config.loss);
            loss.into_scalar::<f32>()
        });
        let loss = losses.sum::<f32>() / count;
        if !loss.is_finite() {
            let step = self.progress.step;
            return Err(TrainError::Diverged { step, loss });
        }
        self.validation_loss = Some(loss);
        let best = self.progress.best_validation_loss;
        if best.is_none_or(|best| loss < best) {
            self.progress.best_validation_loss = Some(loss);
            self.progress.stale_checks = 0;
            self.folder.save_finished(&self.state.average)?;
        } else {
            self.progress.stale_checks += 1;
        }
        Ok(())
    }
}

/// Measurements since the last report.
struct Window {
    began: Instant,
    waiting: Duration,
    losses: Vec<Tensor<1>>,
}

impl Window {
    fn new() -> Self {
        Self {
            began: Instant::now(),
            waiting: Duration::ZERO,
            losses: Vec::new(),
        }
    }

    fn add(&mut self, loss: Tensor<1>) {
        self.losses.push(loss);
    }

    fn steps(&self) -> usize {
        self.losses.len()
    }

    fn mean_loss(&self) -> f32 {
        Tensor::cat(self.losses.clone(), 0)
            .mean()
            .into_scalar::<f32>()
    }

    fn secs(&self) -> f64 {
        self.began.elapsed().as_secs_f64().max(1e-9)
    }
}
