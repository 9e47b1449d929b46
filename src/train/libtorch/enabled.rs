//! Builds with LibTorch: its operations and gradients as one node of burn's autodiff graph.

#![allow(
    deprecated,
    reason = "several times faster than the others on CPUs; deprecated upstream without a replacement"
)]

use std::sync::{Arc, Mutex, PoisonError};

use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::CheckpointStrategy};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::libtorch::TchTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, DispatchDevice, LibTorch, backend_extension};
use burn::module::RunningState;
use burn::tensor::{Device, Tensor};
use tch::Kind;

use super::packing::{
    BlockSpans, ConvolutionSpans, LinearSpans, NetworkSpans, NormSpans, Span, Spans, TrunkSpans,
    blocks, normalisations, pack, pack_trunk,
};
use crate::model::blocks::Block;
use crate::model::{Detector, UNet};

/// Precision of matrix products and convolutions; weights, statistics and accumulation stay in 32 bits.
const PRODUCTS: Kind = Kind::BFloat16;

/// The logits of `network`, whose running statistics are updated; `None` where the input is not on a LibTorch device,
/// or batch normalisation is to use running statistics.
pub fn logits(network: &UNet, log_magnitudes: &Tensor<4>) -> Option<Tensor<4>> {
    is_ours(&log_magnitudes.device(), blocks(network))
        .then(|| recorded(log_magnitudes, pack(network), blocks(network)))
}

/// The same for the trunk of a detector, from mel spectrograms.
pub fn trunk(network: &Detector, mel: &Tensor<4>) -> Option<Tensor<4>> {
    is_ours(&mel.device(), network.blocks.iter())
        .then(|| recorded(mel, pack_trunk(network), network.blocks.iter()))
}

/// The forward pass of `input` with packed weights; updates the running statistics of `blocks`.
fn recorded<'a>(
    input: &Tensor<4>,
    (weights, spans): (Tensor<1>, Spans),
    blocks: impl Iterator<Item = &'a Block>,
) -> Tensor<4> {
    let (output, statistics) = <Dispatch as RecordedNetwork>::recorded_network(
        input.clone().into_dispatch(),
        weights.into_dispatch(),
        spans,
    );
    follow_statistics(blocks, &Tensor::from_dispatch(statistics));
    Tensor::from_dispatch(output)
}

/// Whether LibTorch can compute `blocks`: in training, and once normalisation is folded into the convolutions.
fn is_ours<'a>(device: &Device, blocks: impl Iterator<Item = &'a Block>) -> bool {
    let is_libtorch = matches!(
        device.as_dispatch().clone().inner(),
        DispatchDevice::LibTorch(_)
    );
    is_libtorch && (device.is_autodiff() || normalisations(blocks).next().is_none())
}

/// Updates the running means and variances of `blocks` with the batch's.
fn follow_statistics<'a>(blocks: impl Iterator<Item = &'a Block>, statistics: &Tensor<1>) {
    let mut start = 0;
    for norm in normalisations(blocks) {
        let channels = norm.gamma.dims()[0];
        for running in [&norm.running_mean, &norm.running_var] {
            let of_batch = statistics.clone().narrow(0, start, channels);
            follow(running, of_batch, norm.momentum);
            start += channels;
        }
    }
}

/// The update of burn's batch normalisation.
fn follow(running: &RunningState<Tensor<1>>, of_batch: Tensor<1>, momentum: f64) {
    let before = running.value_sync().to_device(&of_batch.device());
    running.update((before * (1.0 - momentum) + of_batch * momentum).detach());
}

/// The forward pass as one operation of the backend.
#[backend_extension(LibTorch, Autodiff)]
trait RecordedNetwork: Backend {
    /// Logits or features, and the statistics of normalisation layers.
    fn recorded_network(
        input: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        spans: Spans,
    ) -> (FloatTensor<Self>, FloatTensor<Self>);
}

impl RecordedNetwork for LibTorch {
    fn recorded_network(
        input: TchTensor,
        weights: TchTensor,
        spans: Spans,
    ) -> (TchTensor, TchTensor) {
        let mut pass = Pass::new(&weights.tensor);
        let logits = pass.run(&input.tensor, &spans);
        (TchTensor::new(logits), TchTensor::new(pass.statistics()))
    }
}

impl<C: CheckpointStrategy> RecordedNetwork for Autodiff<LibTorch, C> {
    fn recorded_network(
        input: FloatTensor<Self>,
        weights: FloatTensor<Self>,
        spans: Spans,
    ) -> (FloatTensor<Self>, FloatTensor<Self>) {
        let leaf = weights.primitive().tensor.detach().set_requires_grad(true);
        let (logits, statistics) = tch::with_grad(|| {
            let mut pass = Pass::new(&leaf);
            let logits = pass.run(&input.primitive().tensor, &spans);
            (logits, pass.statistics())
        });
        let statistics = <Self as burn::backend::AutodiffBackend>::from_inner(TchTensor::new(
            statistics.detach(),
        ));
        (record::<C>(&weights, leaf, logits), statistics)
    }
}

/// One forward pass, collecting the batch's statistics.
struct Pass<'a> {
    weights: &'a tch::Tensor,
    statistics: Vec<tch::Tensor>,
}

impl<'a> Pass<'a> {
    fn new(weights: &'a tch::Tensor) -> Self {
        Self {
            weights,
            statistics: Vec::new(),
        }
    }

    /// Means and variances of each normalised convolution's channels, one after the other.
    fn statistics(&self) -> tch::Tensor {
        match self.statistics.is_empty() {
            true => self.weights.narrow(0, 0, 0).detach(),
            false => tch::Tensor::cat(&self.statistics, 0),
        }
    }

    fn run(&mut self, input: &tch::Tensor, spans: &Spans) -> tch::Tensor {
        let output = match spans {
            Spans::Network(spans) => self.network(input, spans),
            Spans::Trunk(spans) => self.trunk(input, spans),
        };
        output.to_kind(Kind::Float).contiguous()
    }

    /// `[batch, 1 + sources, frames, bands]` to `[batch, channels, steps, rows]`, as [`Detector::trunk`].
    fn trunk(&mut self, input: &tch::Tensor, spans: &TrunkSpans) -> tch::Tensor {
        let mut features = patches(input, spans.patch);
        for (block, pool) in &spans.blocks {
            features = self.block(&features, block);
            if let Some(size) = pool {
                features = features.max_pool2d(size, size, [0, 0], [1, 1], false);
            }
        }
        features
    }

    /// `[batch, 1, frames, bins]` to `[batch, masks, frames, bins]`, as [`UNet::logits`].
    fn network(&mut self, input: &tch::Tensor, spans: &NetworkSpans) -> tch::Tensor {
        let mut features = patches(input, spans.patch);
        let mut skips = Vec::with_capacity(spans.contracting.len());
        for block in &spans.contracting {
            let output = self.block(&features, block);
            features = output.max_pool2d([2, 2], [2, 2], [0, 0], [1, 1], false);
            skips.push(output);
        }
        features = self.block(&features, &spans.bottom);
        for ((spread, block), skip) in spans.expanding.iter().zip(skips.into_iter().rev()) {
            let doubled = self.convolution(&features, spread).pixel_shuffle(2);
            features = self.block(&tch::Tensor::cat(&[skip, doubled], 1), block);
        }
        let last = self.convolution(&features, &spans.last);
        last.pixel_shuffle(spans.patch)
    }

    fn block(&mut self, input: &tch::Tensor, spans: &BlockSpans) -> tch::Tensor {
        let features = self.convolution(input, &spans.first).relu();
        let features = self.convolution(&features, &spans.second).relu();
        match &spans.frequency {
            Some([narrow, widen]) => {
                let hidden = self.linear(&features, narrow).relu();
                features + self.linear(&hidden, widen)
            }
            None => features,
        }
    }

    /// A convolution of stride 1 that keeps height and width, and the normalisation after it, if there is one.
    fn convolution(&mut self, input: &tch::Tensor, spans: &ConvolutionSpans) -> tch::Tensor {
        let weight = spans.weight.of(self.weights).to_kind(PRODUCTS);
        let bias = self.bias(spans.bias.as_ref());
        let margin = weight.size()[2] / 2;
        let output = input.conv2d(&weight, bias, 1, margin, 1, 1);
        match &spans.norm {
            Some(norm) => self.normalise(&output, norm),
            None => output,
        }
    }

    fn normalise(&mut self, input: &tch::Tensor, spans: &NormSpans) -> tch::Tensor {
        let (output, mean, inverse_deviation) = input.internal_native_batch_norm_legit_no_stats(
            Some(spans.gamma.of(self.weights)),
            Some(spans.beta.of(self.weights)),
            true,
            0.0,
            spans.epsilon,
        );
        let variance = inverse_deviation.pow_tensor_scalar(-2.0) - spans.epsilon;
        self.statistics.extend([mean.detach(), variance.detach()]);
        output
    }

    /// Along the last axis.
    fn linear(&self, input: &tch::Tensor, spans: &LinearSpans) -> tch::Tensor {
        let weight = spans.weight.of(self.weights).tr().to_kind(PRODUCTS);
        input.linear(&weight, self.bias(spans.bias.as_ref()))
    }

    fn bias(&self, span: Option<&Span>) -> Option<tch::Tensor> {
        span.map(|bias| bias.of(self.weights).to_kind(PRODUCTS))
    }
}

/// Pixel unshuffle by `side`, in channels-last memory format, in which LibTorch's convolutions are fastest.
fn patches(image: &tch::Tensor, side: i64) -> tch::Tensor {
    image
        .to_kind(PRODUCTS)
        .pixel_unshuffle(side)
        .permute([0, 2, 3, 1])
        .contiguous()
        .permute([0, 3, 1, 2])
}

/// A recorded graph of LibTorch's operations, for the backward pass.
#[derive(Clone, Debug)]
struct SharedGraph(Arc<Mutex<Graph>>);

#[derive(Debug)]
struct Graph {
    weights: tch::Tensor,
    output: tch::Tensor,
    /// A second reference to the tensor that burn holds: burn reuses the memory of tensors with only one.
    _shared: TchTensor,
}

impl SharedGraph {
    /// The weights' gradient from the output's.
    fn differentiate(&self, gradient: &tch::Tensor) -> tch::Tensor {
        let recorded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let product = (&recorded.output * gradient).sum(Kind::Float);
        tch::Tensor::run_backward(&[product], &[&recorded.weights], false, false).remove(0)
    }
}

/// A node of burn's backward pass that LibTorch computes.
#[derive(Debug)]
struct LibTorchBackward;

impl Backward<LibTorch, 1> for LibTorchBackward {
    type State = SharedGraph;

    fn backward(
        self,
        ops: Ops<SharedGraph, 1>,
        gradients: &mut Gradients,
        _checkpointer: &mut Checkpointer,
    ) {
        let gradient = gradients.consume::<LibTorch>(&ops.node);
        let of_weights = ops.state.differentiate(&gradient.tensor);
        if let [Some(node)] = ops.parents {
            gradients.register::<LibTorch>(node.id, TchTensor::new(of_weights));
        }
    }
}

/// Registers `output`, which LibTorch computed from `leaf`, as one operation on `weights`.
fn record<C: CheckpointStrategy>(
    weights: &FloatTensor<Autodiff<LibTorch, C>>,
    leaf: tch::Tensor,
    output: tch::Tensor,
) -> FloatTensor<Autodiff<LibTorch, C>> {
    let shared = TchTensor::new(output.detach());
    match LibTorchBackward
        .prepare::<C>([weights.node()])
        .compute_bound()
        .stateful()
    {
        OpsKind::Tracked(prepared) => {
            let recorded = Graph {
                weights: leaf,
                output,
                _shared: shared.clone(),
            };
            prepared.finish(SharedGraph(Arc::new(Mutex::new(recorded))), shared)
        }
        OpsKind::UnTracked(prepared) => prepared.finish(shared),
    }
}

#[cfg(test)]
mod tests {
    use burn::module::Module;
    use burn::tensor::{Distribution, TensorData, activation::softmax};

    use super::*;
    use crate::dsp::BINS;
    use crate::model::{DetectorConfig, UNetConfig};
    use crate::train::libtorch;

    fn small() -> UNetConfig {
        UNetConfig {
            channels: vec![4, 6, 8],
            bins: 32,
            patch: 2,
            frequency_bottleneck: Some(4),
            masks: 5,
        }
    }

    /// Masks and a gradient of the same network on both devices; 16-bit products differ a little.
    #[test]
    fn libtorch_computes_what_burn_does() {
        let config = small();
        let flex = Device::flex().autodiff();
        flex.seed(5);
        let reference = config.init_training(&flex);
        let input = Tensor::<4>::random([2, 1, 16, 32], Distribution::Default, &flex);
        let libtorch = Device::libtorch().autodiff();
        let ours = config
            .init_training(&libtorch)
            .load_record(reference.clone().into_record());
        let run = |network: UNet, input: Tensor<4>| {
            let masks = softmax(libtorch::logits(&network, input.clone()), 1);
            let weighed = masks.clone().narrow(1, 0, 2) * input;
            let gradients = weighed.sum().backward();
            let weight = network.bottom.second.layer.weight.val();
            let gradient = weight.grad(&gradients).expect("a gradient");
            let norm = network.bottom.second.norm.expect("a normalisation");
            let mean = norm.running_mean.value_sync();
            [masks.into_data(), gradient.into_data(), mean.into_data()]
        };
        let theirs = run(reference, input.clone());
        let moved = Tensor::from_data(input.into_data(), &libtorch);
        let ours = run(ours, moved);
        // In so small a network rounding affects gradients most.
        for (index, tolerance) in [0.02, 0.3, 0.02].into_iter().enumerate() {
            let (off, level) = mean_difference(&ours[index], &theirs[index]);
            assert!(off < tolerance * level, "{index}: {off} of {level}");
        }
    }

    /// Masks of a finished network, without gradients, really computed by LibTorch.
    #[test]
    fn finished_networks_compute_on_libtorch_too() {
        let flex = Device::flex();
        flex.seed(7);
        let reference = small().init(&flex);
        let input = Tensor::<4>::random([2, 1, 16, 32], Distribution::Default, &flex);
        let libtorch = Device::libtorch();
        let ours = small()
            .init(&libtorch)
            .load_record(reference.clone().into_record());
        let moved = Tensor::from_data(input.clone().into_data(), &libtorch);
        assert!(logits(&ours, &moved).is_some());
        let ours = softmax(libtorch::logits(&ours, moved), 1).into_data();
        let (off, level) = mean_difference(&ours, &reference.forward(input).into_data());
        assert!(off < 0.02 * level, "{off} of {level}");
    }

    /// The same of a detector.
    #[test]
    fn detectors_compute_on_libtorch_what_they_do_on_burn() {
        let config = DetectorConfig {
            bands: 32,
            channels: [4, 5, 6],
            hidden: 8,
            sources: 5,
        };
        let flex = Device::flex().autodiff();
        flex.seed(6);
        let reference = config.init_training(&flex);
        let random = |channels, lowest| {
            let range = Distribution::Uniform(lowest, 1.0);
            Tensor::<4>::random([2, channels, 16, BINS], range, &flex)
        };
        let input = [random(1, -1.0), random(config.sources, 0.0)];
        let libtorch = Device::libtorch().autodiff();
        let ours = config
            .init_training(&libtorch)
            .load_record(reference.clone().into_record());
        let moved = input
            .each_ref()
            .map(|tensor| Tensor::<4>::from_data(tensor.clone().into_data(), &libtorch));
        let run = |network: Detector, [input, masks]: [Tensor<4>; 2]| {
            let mel = network.mel(input, masks);
            let logits = libtorch::frame_logits(&network, mel);
            let gradients = logits.clone().powi_scalar(2).sum().backward();
            let weight = network.blocks[1].second.layer.weight.val();
            let gradient = weight.grad(&gradients).expect("a gradient");
            [logits.into_data(), gradient.into_data()]
        };
        let (theirs, ours) = (run(reference, input), run(ours, moved));
        for (index, tolerance) in [0.05, 0.3].into_iter().enumerate() {
            let (off, level) = mean_difference(&ours[index], &theirs[index]);
            assert!(off < tolerance * level, "{index}: {off} of {level}");
        }
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
