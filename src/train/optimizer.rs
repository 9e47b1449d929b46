//! L6: how weights follow gradients.

use burn::module::Module;
use burn::optim::decay::WeightDecayConfig;
use burn::optim::momentum::MomentumConfig;
use burn::optim::{AdamConfig, AdamWConfig, GradientsParams, ModuleOptimizer, SgdConfig};
use burn::tensor::Tensor;

use super::average::{blend, clip_norm, decay_at};
use super::checkpoint::TrainState;
use super::config::{OptimizerKind, TrainConfig};

/// The configured optimiser, without any history.
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

/// Moves the weights against the gradients of `loss`, at the learning rate `rate`, and the average after them.
/// `steps` were done before.
pub fn step(
    state: &mut TrainState,
    loss: &Tensor<1>,
    config: &TrainConfig,
    rate: f64,
    steps: usize,
) {
    let gradients = GradientsParams::from_grads(loss.backward(), &state.network);
    let gradients = match config.gradient_clip_norm {
        Some(max_norm) => clip_norm(gradients, &state.network, max_norm),
        None => gradients,
    };
    state.network = state.optimizer.step(rate, state.network.clone(), gradients);
    let current = state.network.valid();
    state.average = match config.ema_decay {
        Some(decay) => blend(state.average.clone(), &current, decay_at(decay, steps)),
        None => current,
    };
}
