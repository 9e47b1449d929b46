//! Builds with LibTorch: its operations, recorded with its own gradients, as single steps of burn's.

#![allow(
    deprecated,
    reason = "several times faster than the rest on processors; deprecated upstream without an heir"
)]

use std::sync::{Arc, Mutex, PoisonError};

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::libtorch::TchTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, DispatchDevice, LibTorch, backend_extension};
use burn::tensor::{Device, Tensor};
use tch::Kind;

use super::{Normalised, NormalisedParameters};

/// What products are computed in; sums, normalisation and weights stay in 32 bits.
const PRODUCTS: Kind = Kind::BFloat16;

/// Convolution, batch normalisation and max(0, x) as one; `None` where the input is not on a training LibTorch device.
pub fn normalised_convolution(
    input: &Tensor<4>,
    parameters: impl FnOnce() -> NormalisedParameters,
) -> Option<Normalised> {
    is_recording(&input.device()).then(|| {
        let NormalisedParameters {
            weight,
            bias,
            gamma,
            beta,
            epsilon,
        } = parameters();
        let (output, mean, variance) = <Dispatch as RecordedLayers>::normalised_convolution(
            input.clone().into_dispatch(),
            weight.into_dispatch(),
            bias.into_dispatch(),
            gamma.into_dispatch(),
            beta.into_dispatch(),
            epsilon,
        );
        Normalised {
            output: Tensor::from_dispatch(output),
            mean: Tensor::from_dispatch(mean),
            variance: Tensor::from_dispatch(variance),
        }
    })
}

/// A convolution of stride 1 that keeps height and width; `None` as above, or without a bias.
pub fn plain_convolution(
    input: &Tensor<4>,
    weight: &Tensor<4>,
    bias: Option<&Tensor<1>>,
) -> Option<Tensor<4>> {
    let bias = bias.filter(|_| is_recording(&input.device()))?;
    Some(Tensor::from_dispatch(
        <Dispatch as RecordedLayers>::plain_convolution(
            input.clone().into_dispatch(),
            weight.clone().into_dispatch(),
            bias.clone().into_dispatch(),
        ),
    ))
}

/// `input + widen(relu(narrow(input)))` along the last axis; weights are `[in, out]`. `None` as above.
pub fn frequency_layers(
    input: &Tensor<4>,
    [narrow, widen]: [&Tensor<2>; 2],
    [narrow_bias, widen_bias]: [&Tensor<1>; 2],
) -> Option<Tensor<4>> {
    is_recording(&input.device()).then(|| {
        Tensor::from_dispatch(<Dispatch as RecordedLayers>::frequency_layers(
            input.clone().into_dispatch(),
            narrow.clone().into_dispatch(),
            narrow_bias.clone().into_dispatch(),
            widen.clone().into_dispatch(),
            widen_bias.clone().into_dispatch(),
        ))
    })
}

fn is_recording(device: &Device) -> bool {
    device.is_autodiff()
        && matches!(
            device.as_dispatch().clone().inner(),
            DispatchDevice::LibTorch(_)
        )
}

/// Layers that LibTorch computes as a whole.
#[backend_extension(LibTorch, Autodiff)]
trait RecordedLayers: Backend {
    /// Output, mean and variance.
    fn normalised_convolution(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>);

    /// Output.
    fn plain_convolution(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;

    /// Output.
    fn frequency_layers(
        input: FloatTensor<Self>,
        narrow: FloatTensor<Self>,
        narrow_bias: FloatTensor<Self>,
        widen: FloatTensor<Self>,
        widen_bias: FloatTensor<Self>,
    ) -> FloatTensor<Self>;
}

impl RecordedLayers for LibTorch {
    fn normalised_convolution(
        input: TchTensor,
        weight: TchTensor,
        bias: TchTensor,
        gamma: TchTensor,
        beta: TchTensor,
        epsilon: f64,
    ) -> (TchTensor, TchTensor, TchTensor) {
        let inputs = [input, weight, bias, gamma, beta].map(|input| input.tensor);
        let (output, mean, variance) = normalise_convolved(&inputs, epsilon);
        (
            TchTensor::new(output),
            TchTensor::new(mean),
            TchTensor::new(variance),
        )
    }

    fn plain_convolution(input: TchTensor, weight: TchTensor, bias: TchTensor) -> TchTensor {
        let inputs = [input, weight, bias].map(|input| input.tensor);
        TchTensor::new(convolve(&inputs).to_kind(Kind::Float))
    }

    fn frequency_layers(
        input: TchTensor,
        narrow: TchTensor,
        narrow_bias: TchTensor,
        widen: TchTensor,
        widen_bias: TchTensor,
    ) -> TchTensor {
        let inputs = [input, narrow, narrow_bias, widen, widen_bias].map(|input| input.tensor);
        TchTensor::new(add_frequency_layers(&inputs))
    }
}

impl<C: CheckpointStrategy> RecordedLayers for Autodiff<LibTorch, C> {
    fn normalised_convolution(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
        gamma: FloatTensor<Self>,
        beta: FloatTensor<Self>,
        epsilon: f64,
    ) -> (FloatTensor<Self>, FloatTensor<Self>, FloatTensor<Self>) {
        let mut statistics = None;
        let output = record::<C, 5>([input, weight, bias, gamma, beta], |inputs| {
            let (output, mean, variance) = normalise_convolved(inputs, epsilon);
            statistics = Some([mean, variance]);
            output
        });
        let [mean, variance] = statistics.expect("recording runs the layer").map(|value| {
            <Self as burn::backend::AutodiffBackend>::from_inner(TchTensor::new(value.detach()))
        });
        (output, mean, variance)
    }

    fn plain_convolution(
        input: FloatTensor<Self>,
        weight: FloatTensor<Self>,
        bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        record::<C, 3>([input, weight, bias], |inputs| {
            convolve(inputs).to_kind(Kind::Float)
        })
    }

    fn frequency_layers(
        input: FloatTensor<Self>,
        narrow: FloatTensor<Self>,
        narrow_bias: FloatTensor<Self>,
        widen: FloatTensor<Self>,
        widen_bias: FloatTensor<Self>,
    ) -> FloatTensor<Self> {
        record::<C, 5>(
            [input, narrow, narrow_bias, widen, widen_bias],
            add_frequency_layers,
        )
    }
}

/// Of `[input, weight, bias]`.
fn convolve(inputs: &[tch::Tensor]) -> tch::Tensor {
    let [input, weight, bias] = inputs else {
        unreachable!("three tensors");
    };
    let margin = weight.size()[2] / 2;
    input.to_kind(PRODUCTS).conv2d(
        &weight.to_kind(PRODUCTS),
        Some(bias.to_kind(PRODUCTS)),
        1,
        margin,
        1,
        1,
    )
}

/// Of `[input, weight, bias, gamma, beta]`: output, mean, variance.
fn normalise_convolved(
    inputs: &[tch::Tensor],
    epsilon: f64,
) -> (tch::Tensor, tch::Tensor, tch::Tensor) {
    let (affine, gamma_beta) = inputs.split_at(3);
    let (normalised, mean, inverse_deviation) = convolve(affine)
        .internal_native_batch_norm_legit_no_stats(
            Some(&gamma_beta[0]),
            Some(&gamma_beta[1]),
            true,
            0.0,
            epsilon,
        );
    let variance = inverse_deviation.pow_tensor_scalar(-2.0) - epsilon;
    // A copy: burn overwrites what it is given, and the backward pass needs the original.
    (
        normalised.relu().to_kind(Kind::Float),
        mean.detach().copy(),
        variance.detach(),
    )
}

/// Of `[input, narrow, narrow bias, widen, widen bias]`.
fn add_frequency_layers(inputs: &[tch::Tensor]) -> tch::Tensor {
    let [input, narrow, narrow_bias, widen, widen_bias] = inputs else {
        unreachable!("five tensors");
    };
    let linear = |input: &tch::Tensor, weight: &tch::Tensor, bias: &tch::Tensor| {
        input.linear(&weight.tr().to_kind(PRODUCTS), Some(bias.to_kind(PRODUCTS)))
    };
    let hidden = linear(&input.to_kind(PRODUCTS), narrow, narrow_bias).relu();
    input + linear(&hidden, widen, widen_bias)
}

/// A stretch of LibTorch's operations, ready to be differentiated.
#[derive(Clone, Debug)]
struct Recording(Arc<Mutex<Recorded>>);

#[derive(Debug)]
struct Recorded {
    inputs: Vec<tch::Tensor>,
    output: tch::Tensor,
    /// A second handle on what burn sees: burn overwrites tensors that it holds the only handle of.
    _shared: TchTensor,
}

impl Recording {
    /// Gradients of the inputs, given the output's.
    fn differentiate(&self, gradient: &tch::Tensor) -> Vec<tch::Tensor> {
        let recorded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let product = (&recorded.output * gradient).sum(Kind::Float);
        tch::Tensor::run_backward(&[product], &recorded.inputs, false, false)
    }
}

/// One step of burn's backward pass, done by LibTorch.
#[derive(Debug)]
struct Replay;

impl<const N: usize> Backward<LibTorch, N> for Replay {
    type State = Recording;

    fn backward(
        self,
        ops: Ops<Recording, N>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = gradients.consume::<LibTorch>(&ops.node);
        let of_inputs = ops.state.differentiate(&gradient.tensor);
        for (node, gradient) in ops.parents.into_iter().zip(of_inputs) {
            if let Some(node) = node {
                gradients.register::<LibTorch>(node.id, TchTensor::new(gradient));
            }
        }
    }
}

/// Runs `layer` on `inputs` with LibTorch's gradients on, as one step of burn's.
fn record<C: CheckpointStrategy, const N: usize>(
    inputs: [FloatTensor<Autodiff<LibTorch, C>>; N],
    layer: impl FnOnce(&[tch::Tensor]) -> tch::Tensor,
) -> FloatTensor<Autodiff<LibTorch, C>> {
    let nodes = inputs.each_ref().map(|input| input.node());
    let leaves: Vec<_> = inputs
        .iter()
        .map(|input| input.primitive().tensor.detach().set_requires_grad(true))
        .collect();
    let output = tch::with_grad(|| layer(&leaves));
    let shared = TchTensor::new(output.detach());
    match Replay.prepare::<C>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(prepared) => {
            let recorded = Recorded {
                inputs: leaves,
                output,
                _shared: shared.clone(),
            };
            prepared.finish(Recording(Arc::new(Mutex::new(recorded))), shared)
        }
        OpsKind::UnTracked(prepared) => prepared.finish(shared),
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Distribution, TensorData};

    use super::*;
    use crate::model::UNetConfig;

    /// Masks and a gradient of the same network on both devices; products in 16 bits differ a little.
    #[test]
    fn libtorch_computes_what_burn_does() {
        let config = UNetConfig {
            channels: vec![4, 6, 8],
            bins: 32,
            frequency_bottleneck: Some(4),
            masks: 5,
        };
        let flex = Device::flex().autodiff();
        flex.seed(5);
        let reference = config.init_training(&flex);
        let input = Tensor::<4>::random([2, 1, 16, 32], Distribution::Default, &flex);
        let libtorch = Device::libtorch().autodiff();
        let ours = burn::module::Module::to_device(reference.clone(), &libtorch);
        let run = |network: crate::model::UNet, input: Tensor<4>| {
            let input = input.require_grad();
            let masks = network.forward(input.clone());
            let weighed = masks.clone().narrow(1, 0, 2) * input.clone();
            let gradients = weighed.sum().backward();
            let gradient = input.grad(&gradients).expect("a gradient");
            (masks.into_data(), gradient.into_data())
        };
        let (their_masks, their_gradient) = run(reference, input.clone());
        let moved = Tensor::from_data(input.into_data(), &libtorch);
        let (our_masks, our_gradient) = run(ours, moved);
        let (off_masks, level) = mean_difference(&our_masks, &their_masks);
        assert!(off_masks < 0.02 * level, "{off_masks} of {level}");
        let (off_gradient, level) = mean_difference(&our_gradient, &their_gradient);
        // Of so small a network, gradients feel the rounding of products most.
        assert!(off_gradient < 0.3 * level, "{off_gradient} of {level}");
    }

    /// Mean absolute difference, and mean absolute value.
    fn mean_difference(ours: &TensorData, theirs: &TensorData) -> (f32, f32) {
        let values = |data: &TensorData| data.try_to_vec::<f32>().expect("floats");
        let (ours, theirs) = (values(ours), values(theirs));
        let count = theirs.len() as f32;
        let differences = ours.iter().zip(&theirs).map(|(a, b)| (a - b).abs());
        let levels = theirs.iter().map(|value| value.abs());
        (
            differences.sum::<f32>() / count,
            levels.sum::<f32>() / count,
        )
    }
}
