//! Optimisers and their steps.

use burn::module::Module;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::Tensor;

use super::average::{clip_grad_norm, ema_decay_at, interpolate};
use super::checkpoint::TrainState;
use super::config::{OptimizerKind, TrainConfig};

/// The configured optimiser in its initial state.
pub fn build(config: &TrainConfig) -> ModuleOptimizer {
    let decay = Some(WeightDecayConfig::new(config.weight_decay as f32));
    match config.optimizer {
        OptimizerKind::Adam => AdamConfig::new().with_weight_decay(decay).init(),
        OptimizerKind::AdamW => AdamWConfig::new()
            .with_weight_decay(config.weight_decay as f32)
            .init(),
        OptimizerKind::Sgd => SgdConfig::new()
            .with_momentum(Some(MomentumConfig::new()))
            .with_weight_decay(decay)
            .init(),
    }
}

/// One optimiser step on `loss` at the learning rate `rate`, and an update of the moving average; `steps` is the number
/// of earlier steps.
pub fn step(
    state: &mut TrainState,
    loss: &Tensor<1>,
    config: &TrainConfig,
    rate: f64,
    steps: usize,
) {
    let gradients = GradientsParams::from_grads(loss.backward(), &state.network);
    let gradients = match config.gradient_clip_norm {
        Some(max_norm) => clip_grad_norm(gradients, &state.network, max_norm),
        None => gradients,
    };
    state.network = state.optimizer.step(rate, state.network.clone(), gradients);
    let current = state.network.valid();
    state.average = match config.ema_decay {
        Some(decay) => interpolate(state.average.clone(), &current, ema_decay_at(decay, steps)),
        None => current,
    };
}
