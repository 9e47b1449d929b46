//! Arithmetic over all parameters of a module: exponential moving averages of weights, and clipping by the global norm
//! of gradients.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

/// `decay * average + (1 - decay) * current`, parameter by parameter, running statistics of normalisation layers
/// included; both without gradients.
pub fn interpolate<M: Module>(average: M, current: &M, decay: f64) -> M {
    let mut collector = Collector {
        weights: GradientsParams::new(),
    };
    current.visit(&mut collector);
    average.map(&mut Blender {
        weights: collector.weights,
        decay,
    })
}

/// The decay of the moving average after `steps` steps: smaller at first, so that the random initial weights vanish
/// soon.
pub fn ema_decay_at(decay: f64, steps: usize) -> f64 {
    let steps = steps as f64;
    decay.min((1.0 + steps) / (10.0 + steps))
}

/// Parameters by id, in burn's container for gradients.
struct Collector {
    weights: GradientsParams,
}

impl ModuleVisitor for Collector {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.weights.register(param.id, param.val());
    }
}

struct Blender {
    weights: GradientsParams,
    decay: f64,
}

impl ModuleMapper for Blender {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.weights.remove::<D>(param.id) {
            Some(current) => {
                param.map(|average| average * self.decay + current * (1.0 - self.decay))
            }
            None => param,
        }
    }
}

/// Clips gradients by their global norm: scales all by one factor so that it is at most `max_norm`. Burn's own clipping
/// treats each tensor alone, which changes the direction of the step.
pub fn clip_grad_norm(
    gradients: GradientsParams,
    network: &impl Module,
    max_norm: f32,
) -> GradientsParams {
    let mut norm = NormVisitor {
        gradients: &gradients,
        squares: None,
    };
    network.visit(&mut norm);
    let Some(squares) = norm.squares else {
        return gradients;
    };
    let factor = (squares.sqrt() + 1e-6).recip() * max_norm;
    let mut scale = ScaleVisitor {
        gradients,
        factor: factor.clamp_max(1.0),
    };
    network.visit(&mut scale);
    scale.gradients
}

struct NormVisitor<'a> {
    gradients: &'a GradientsParams,
    squares: Option<Tensor<1>>,
}

impl ModuleVisitor for NormVisitor<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.get::<D>(param.id) {
            let square = gradient.square().sum();
            self.squares = Some(match self.squares.take() {
                Some(sum) => sum + square,
                None => square,
            });
        }
    }
}

struct ScaleVisitor {
    gradients: GradientsParams,
    factor: Tensor<1>,
}

impl ModuleVisitor for ScaleVisitor {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = self.gradients.remove::<D>(param.id) {
            let factor = self.factor.clone().reshape([1; D]);
            self.gradients.register(param.id, gradient * factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use burn::optim::SgdConfig;
    use burn::tensor::{Device, Distribution};

    use super::*;
    use crate::model::{UNet, UNetConfig};

    fn network(device: &Device) -> UNet {
        let config = UNetConfig {
            channels: vec![2, 3],
            bins: 8,
            patch: 1,
            frequency_bottleneck: Some(2),
            masks: 5,
        };
        config.init_training(device)
    }

    fn gradients(network: &UNet, device: &Device) -> GradientsParams {
        let input = Tensor::<4>::random([2, 1, 8, 8], Distribution::Default, device);
        let loss = (network.forward(input) * 1e3).powi_scalar(2).sum();
        GradientsParams::from_grads(loss.backward(), network)
    }

    fn norm(gradients: &GradientsParams, network: &UNet) -> f32 {
        let mut visitor = NormVisitor {
            gradients,
            squares: None,
        };
        network.visit(&mut visitor);
        visitor.squares.expect("gradients").sqrt().into_scalar()
    }

    #[test]
    fn gradients_are_clipped_together() {
        let device = Device::flex().autodiff();
        let network = network(&device);
        let before = gradients(&network, &device);
        assert!(norm(&before, &network) > 10.0);
        let after = clip_grad_norm(before, &network, 0.5);
        assert!((norm(&after, &network) - 0.5).abs() < 1e-3);
        let small = clip_grad_norm(after, &network, 2.0);
        assert!((norm(&small, &network) - 0.5).abs() < 1e-3, "left alone");
    }

    #[test]
    fn the_average_goes_from_the_old_weights_to_the_new() {
        let device = Device::flex().autodiff();
        let before = network(&device);
        let gradients = clip_grad_norm(gradients(&before, &device), &before, 1.0);
        let after = SgdConfig::new().init().step(0.5, before.clone(), gradients);
        let input = Tensor::<4>::random([1, 1, 8, 8], Distribution::Default, &Device::flex());
        let masks = |network: &UNet| -> Vec<f32> {
            let masks = network.forward(input.clone()).into_data();
            masks.try_to_vec().expect("floats")
        };
        let furthest = |a: &[f32], b: &[f32]| {
            let pairs = a.iter().zip(b);
            pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
        };
        let [old, new] = [&before, &after].map(|network| masks(&network.valid()));
        let blended = |decay| masks(&interpolate(before.valid(), &after.valid(), decay));
        assert!(furthest(&old, &new) > 1e-3, "the step did nothing");
        assert!(furthest(&blended(1.0), &old) < 1e-5);
        assert!(furthest(&blended(0.0), &new) < 1e-5);
        assert_eq!(ema_decay_at(0.999, 0), 0.1);
        assert_eq!(ema_decay_at(0.999, 1_000_000), 0.999);
    }
}
