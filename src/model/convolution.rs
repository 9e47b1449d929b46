//! A convolution with optional batch normalisation.

use burn::module::{Initializer, Module};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{BatchNorm, BatchNormConfig, PaddingConfig2d};
use burn::tensor::{Device, Tensor, activation::relu, module::conv2d};

/// A convolution of stride 1 that keeps height and width.
#[derive(Module, Debug)]
pub struct Convolution {
    pub(crate) layer: Conv2d,
    pub(crate) norm: Option<BatchNorm>,
}

/// Whether batch normalisation follows a convolution. In finished networks it is folded into the convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Normalization {
    /// Batch normalisation.
    Batch,
    /// No normalisation.
    None,
}

impl Convolution {
    /// `channels` in and out; `kernel` x `kernel` taps, `kernel` odd.
    pub fn new(channels: [usize; 2], kernel: usize, norm: Normalization, device: &Device) -> Self {
        let margin = kernel / 2;
        let layer = Conv2dConfig::new(channels, [kernel, kernel])
            .with_padding(PaddingConfig2d::Explicit(margin, margin, margin, margin))
            .with_initializer(Initializer::KaimingNormal {
                gain: std::f64::consts::SQRT_2,
                fan_out_only: false,
            })
            .init(device);
        let norm =
            (norm == Normalization::Batch).then(|| BatchNormConfig::new(channels[1]).init(device));
        Self { layer, norm }
    }

    /// `[batch, channels in, height, width]` to `[batch, channels out, height, width]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let output = if input.device().is_autodiff() {
            self.forward_training(input)
        } else {
            self.layer.forward(input)
        };
        match &self.norm {
            Some(norm) => norm.forward(output),
            None => output,
        }
    }

    /// [`Self::forward`], then max(0, x).
    pub fn forward_relu(&self, input: Tensor<4>) -> Tensor<4> {
        relu(self.forward(input))
    }

    /// The layer's forward pass, with the weights' gradient as a matrix product. Burn's default gradient is a
    /// convolution with a kernel as large as the image, which GPU libraries are slow at.
    fn forward_training(&self, input: Tensor<4>) -> Tensor<4> {
        let weight = self.layer.weight.val();
        let bias = self.layer.bias.as_ref().map(|bias| bias.val());
        // Detaching a parameter is not enough to keep the convolution from computing its gradient.
        let constant_weight = weight.clone().detach().set_require_grad(false);
        let options = burn::tensor::ops::ConvOptions::new(
            self.layer.stride,
            [self.layer.kernel_size[0] / 2, self.layer.kernel_size[1] / 2],
            self.layer.dilation,
            self.layer.groups,
        );
        let output = conv2d(input.clone(), constant_weight, bias, options);
        let product = matrix_convolution(input.detach(), weight);
        output + (product.clone() - product.detach())
    }

    /// A convolution without normalisation whose outputs are scaled by `factor`.
    pub fn scaled(self, factor: f64) -> Self {
        let Self { mut layer, norm } = self;
        layer.weight = layer.weight.map(|weight| weight * factor);
        layer.bias = layer.bias.map(|bias| bias.map(|bias| bias * factor));
        Self { layer, norm }
    }

    /// The same function with batch normalisation folded into weights and bias.
    pub fn folded(self) -> Self {
        let Self { mut layer, norm } = self;
        if let Some(norm) = norm {
            let scale = norm.gamma.val() / (norm.running_var.value_sync() + norm.epsilon).sqrt();
            let channels = scale.dims()[0];
            let shift = norm.beta.val() - norm.running_mean.value_sync() * scale.clone();
            layer.weight = layer
                .weight
                .map(|weight| weight * scale.clone().reshape([channels, 1, 1, 1]));
            layer.bias = layer.bias.map(|bias| bias.map(|bias| bias * scale + shift));
        }
        Self { layer, norm: None }
    }
}

/// Convolution as matrix products of the weights with the pixels' neighbourhoods (im2col), one product for each image
/// row so that GPUs have enough parallel work. `[batch, channels in, height, width]` to `[batch, channels out, height,
/// width]`.
fn matrix_convolution(input: Tensor<4>, weight: Tensor<4>) -> Tensor<4> {
    let [batch, _, height, width] = input.dims();
    let [channels_out, channels_in, kernel, _] = weight.dims();
    let margin = kernel / 2;
    let rows = input.permute([0, 2, 1, 3]);
    let rows = if margin == 0 {
        rows
    } else {
        let padded = Tensor::zeros(
            [batch, height + 2 * margin, channels_in, width + 2 * margin],
            &rows.device(),
        )
        .slice_assign(
            [
                0..batch,
                margin..margin + height,
                0..channels_in,
                margin..margin + width,
            ],
            rows,
        );
        let taps = (0..kernel * kernel).map(|tap| {
            let (down, right) = (tap / kernel, tap % kernel);
            padded
                .clone()
                .narrow(1, down, height)
                .narrow(3, right, width)
        });
        Tensor::cat(taps.collect(), 2)
    };
    let weight =
        weight
            .permute([0, 2, 3, 1])
            .reshape([1, 1, channels_out, kernel * kernel * channels_in]);
    weight.matmul(rows).permute([0, 2, 1, 3])
}

#[cfg(all(test, feature = "train"))]
mod tests {
    use super::*;
    use burn::tensor::{Distribution, Tolerance};

    #[test]
    fn training_and_inference_agree_in_values_and_gradients() {
        let device = Device::flex().autodiff();
        device.seed(1);
        for kernel in [1, 3] {
            let unit = Convolution::new([3, 4], kernel, Normalization::None, &device);
            let input =
                Tensor::<4>::random([2, 3, 8, 6], Distribution::Default, &device).require_grad();
            let ours = unit.forward(input.clone());
            let theirs = unit.layer.forward(input.clone());
            ours.to_data()
                .assert_approx_eq::<f32>(&theirs.to_data(), Tolerance::rel_abs(1e-4, 1e-5));
            let weight = unit.layer.weight.val();
            let factor = Tensor::<4>::random(ours.dims(), Distribution::Default, &device);
            let ours = (ours * factor.clone()).sum().backward();
            let theirs = (theirs * factor).sum().backward();
            for (mine, reference) in [
                (weight.grad(&ours), weight.grad(&theirs)),
                (input.grad(&ours), input.grad(&theirs)),
            ] {
                mine.expect("gradient").to_data().assert_approx_eq::<f32>(
                    &reference.expect("gradient").to_data(),
                    Tolerance::rel_abs(1e-3, 1e-4),
                );
            }
        }
    }

    #[test]
    fn folding_keeps_the_function() {
        let device = Device::flex().autodiff();
        device.seed(2);
        let unit = Convolution::new([3, 4], 3, Normalization::Batch, &device);
        let input = || Tensor::<4>::random([2, 3, 8, 8], Distribution::Normal(1.0, 2.0), &device);
        for _ in 0..5 {
            unit.forward(input());
        }
        let unit = unit.valid();
        let input = input().inner();
        let expected = unit.forward(input.clone());
        unit.folded()
            .forward(input)
            .to_data()
            .assert_approx_eq::<f32>(&expected.to_data(), Tolerance::rel_abs(1e-3, 1e-4));
    }
}
