//! The training loop.

use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{self, Scope};
use std::time::{Duration, Instant};

use burn::grad_clipping::GradientClippingConfig;
use burn::module::Module;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::{Device, Tensor};

use super::batch::{Batch, Sampler, Variation};
use super::config::{OptimizerKind, TrainConfig};
use super::dataset::Dataset;
use super::loss::Example;
use super::run::{Progress, RunFolder, TrainError};
use super::spectral::SpectralPlan;
use crate::model::UNet;

/// Batches of the validation loss.
const VALIDATION_BATCHES: u64 = 12;

/// Steps between reports: reading a loss back makes the device wait.
const STEPS_PER_REPORT: usize = 10;

/// What an observer learns of a run.
#[derive(Clone, Copy, Debug)]
pub struct TrainReport {
    /// Steps done.
    pub step: usize,
    /// Share of the run that is done, in [0, 1].
    pub fraction: f64,
    /// Mean loss since the last report.
    pub loss: f32,
    /// At the last check, if there was one.
    pub validation_loss: Option<f32>,
    /// Tiles trained on, a second.
    pub tiles_per_sec: f64,
    /// Share of the time spent waiting for batches, in [0, 1].
    pub waiting: f64,
    /// Seconds trained.
    pub elapsed_secs: f64,
}

/// Follows a training run, and may stop it.
pub trait TrainObserver {
    /// Called every few steps; `Break` writes a checkpoint and stops.
    fn report(&mut self, report: &TrainReport) -> ControlFlow<()>;
}

/// Trains a network on `device` (without autodiff) from where `progress` says, and leaves `model.safetensors`, ready
/// to ship, in the run's folder.
///
/// # Errors
/// When files can't be written, the loss diverges, or the observer stops the run.
pub fn train(
    config: &TrainConfig,
    data: &TrainData,
    folder: &RunFolder,
    start: Progress,
    device: &Device,
    observer: &mut impl TrainObserver,
) -> Result<(), TrainError> {
    if let Some(problem) = config.network.problem() {
        return Err(TrainError::Config(problem));
    }
    folder.describe_data(&data.train)?;
    let autodiff = device.clone().autodiff();
    autodiff.seed(config.seed);
    let network = config.network.init_training(&autodiff);
    let optimizer = build_optimizer(config);
    let (network, optimizer) = if start.step > 0 {
        folder.load_checkpoint(network, optimizer)?
    } else {
        folder.log("step,elapsed_secs,learning_rate,loss,validation_loss,tiles_per_sec,waiting")?;
        (network, optimizer)
    };
    let trainer = Trainer {
        config,
        data,
        folder,
        plan: SpectralPlan::new(&autodiff),
        device: autodiff,
        network,
        optimizer,
        progress: start,
        validation_loss: None,
    };
    thread::scope(|scope| trainer.run(scope, observer))
}

/// Songs to learn from and songs to check on.
#[derive(Debug)]
pub struct TrainData {
    /// To learn from.
    pub train: Dataset,
    /// To check on.
    pub validation: Dataset,
}

fn build_optimizer(config: &TrainConfig) -> ModuleOptimizer {
    let clipping = GradientClippingConfig::Norm(config.gradient_clip_norm);
    let decay = Some(WeightDecayConfig::new(config.weight_decay as f32));
    match config.optimizer {
        OptimizerKind::Adam => AdamConfig::new()
            .with_weight_decay(decay)
            .with_grad_clipping(Some(clipping))
            .init(),
        OptimizerKind::AdamW => AdamWConfig::new()
            .with_weight_decay(config.weight_decay as f32)
            .with_grad_clipping(Some(clipping))
            .init(),
        OptimizerKind::Sgd => SgdConfig::new()
            .with_momentum(Some(MomentumConfig::new()))
            .with_weight_decay(decay)
            .with_gradient_clipping(Some(clipping))
            .init(),
    }
}

struct Trainer<'a> {
    config: &'a TrainConfig,
    data: &'a TrainData,
    folder: &'a RunFolder,
    device: Device,
    plan: SpectralPlan,
    network: UNet,
    optimizer: ModuleOptimizer,
    progress: Progress,
    validation_loss: Option<f32>,
}

impl<'a> Trainer<'a> {
    fn run<'scope>(
        mut self,
        scope: &'scope Scope<'scope, 'a>,
        observer: &mut impl TrainObserver,
    ) -> Result<(), TrainError> {
        let batches = self.spawn_loaders(scope);
        let earlier_secs = self.progress.elapsed_secs;
        let began = Instant::now();
        let mut window = Window::new();
        while self.fraction() < 1.0 {
            let waited = Instant::now();
            let Ok(batch) = batches[self.progress.step % batches.len()].recv() else {
                break;
            };
            window.waiting += waited.elapsed();
            let loss = self.step(batch);
            self.progress.step += 1;
            self.progress.elapsed_secs = earlier_secs + began.elapsed().as_secs_f64();
            window.add(loss);
            if self.progress.step.is_multiple_of(STEPS_PER_REPORT) {
                let report = self.report(&mut window)?;
                if observer.report(&report).is_break() {
                    self.save()?;
                    return Err(TrainError::Stopped { step: report.step });
                }
            }
            if self
                .progress
                .step
                .is_multiple_of(self.config.steps_per_check)
            {
                self.check()?;
            }
        }
        self.check()?;
        self.folder
            .save_finished(&self.network, "model.safetensors")
    }

    /// Threads that prepare batches ahead. Step n's batch is drawn from seed and n alone, whichever thread draws it.
    fn spawn_loaders<'scope>(&self, scope: &'scope Scope<'scope, 'a>) -> Vec<Receiver<Batch>> {
        let threads = thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        let (first, size, seed) = (self.progress.step, self.config.batch_size, self.config.seed);
        let dataset = &self.data.train;
        let mut receivers: Vec<_> = (0..threads)
            .map(|thread| {
                let (sender, receiver) = sync_channel(2);
                scope.spawn(move || {
                    for step in (first + thread..).step_by(threads) {
                        let mut sampler = Sampler::new(
                            dataset,
                            Variation::Augmented,
                            seed.wrapping_shl(32) ^ step as u64,
                        );
                        if sender.send(sampler.draw(size)).is_err() {
                            return;
                        }
                    }
                });
                receiver
            })
            .collect();
        receivers.rotate_right(first % threads);
        receivers
    }

    fn fraction(&self) -> f64 {
        let steps = self.progress.step as f64 / self.config.steps as f64;
        let time = self
            .config
            .minutes
            .map_or(0.0, |minutes| self.progress.elapsed_secs / (minutes * 60.0));
        steps.max(time)
    }

    /// The loss stays on the device.
    fn step(&mut self, batch: Batch) -> Tensor<1> {
        let example = Example::new(batch, &self.plan, &self.device);
        let masks = self.network.forward(example.input.clone());
        let loss = example.loss(masks, self.config.loss);
        let gradients = GradientsParams::from_grads(loss.backward(), &self.network);
        let rate = self.config.learning_rate_at(self.fraction());
        self.network = self.optimizer.step(rate, self.network.clone(), gradients);
        loss.detach()
    }

    fn report(&mut self, window: &mut Window) -> Result<TrainReport, TrainError> {
        let report = TrainReport {
            step: self.progress.step,
            fraction: self.fraction(),
            loss: window.mean_loss(),
            validation_loss: self.validation_loss,
            tiles_per_sec: window.steps() as f64 * self.config.batch_size as f64 / window.secs(),
            waiting: window.waiting.as_secs_f64() / window.secs(),
            elapsed_secs: self.progress.elapsed_secs,
        };
        *window = Window::new();
        if !report.loss.is_finite() {
            return Err(TrainError::Diverged {
                step: report.step,
                loss: report.loss,
            });
        }
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
        ))?;
        Ok(report)
    }

    /// Validates, and writes a checkpoint.
    fn check(&mut self) -> Result<(), TrainError> {
        let loss = self.validate();
        self.validation_loss = Some(loss);
        let best = self
            .progress
            .best_validation_loss
            .map_or(loss, |best| best.min(loss));
        self.progress.best_validation_loss = Some(best);
        self.save()
    }

    fn save(&self) -> Result<(), TrainError> {
        self.folder
            .save_checkpoint(&self.network, &self.optimizer, &self.progress)
    }

    /// Mean loss over stretches of validation songs, the same ones every time.
    fn validate(&self) -> f32 {
        let device = self.device.clone().inner();
        let plan = SpectralPlan::new(&device);
        let network = self.network.valid();
        let losses = (0..VALIDATION_BATCHES).map(|batch| {
            let batch = Sampler::new(&self.data.validation, Variation::Plain, batch)
                .draw(self.config.batch_size);
            let example = Example::new(batch, &plan, &device);
            let masks = network.forward(example.input.clone());
            example.loss(masks, self.config.loss).into_scalar::<f32>()
        });
        losses.sum::<f32>() / VALIDATION_BATCHES as f32
    }
}

/// Since the last report.
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
