//! Packs a network's weights into one tensor with their offsets, since an operation has a fixed number of inputs and a
//! network any number of weights.

use burn::nn::{BatchNorm, Linear};
use burn::tensor::Tensor;

use crate::model::blocks::Block;
use crate::model::convolution::Convolution;
use crate::model::detector_config::{PATCH, POOLS};
use crate::model::{Detector, UNet};

/// Offset and shape of one packed tensor.
#[derive(Clone, Debug)]
pub struct Span {
    start: i64,
    shape: Vec<i64>,
}

impl Span {
    /// A view of the tensor in `packed`.
    pub fn of(&self, packed: &tch::Tensor) -> tch::Tensor {
        let length: i64 = self.shape.iter().product();
        packed.narrow(0, self.start, length).view(&self.shape[..])
    }
}

/// Weights of a convolution, and of the batch normalisation after it.
#[derive(Clone, Debug)]
pub struct ConvolutionSpans {
    pub weight: Span,
    pub bias: Option<Span>,
    pub norm: Option<NormSpans>,
}

/// Scale and shift after normalisation.
#[derive(Clone, Debug)]
pub struct NormSpans {
    pub gamma: Span,
    pub beta: Span,
    pub epsilon: f64,
}

/// Weight `[in, out]` and bias of a fully connected layer.
#[derive(Clone, Debug)]
pub struct LinearSpans {
    pub weight: Span,
    pub bias: Option<Span>,
}

/// Weights of a block.
#[derive(Clone, Debug)]
pub struct BlockSpans {
    pub first: ConvolutionSpans,
    pub second: ConvolutionSpans,
    pub frequency: Option<[LinearSpans; 2]>,
}

/// Weights of one operation.
#[derive(Clone, Debug)]
pub enum Spans {
    /// A separating network.
    Network(NetworkSpans),
    /// A detector's blocks.
    Trunk(TrunkSpans),
}

/// Weights of a detector's blocks, in the order of their use, and what follows each.
#[derive(Clone, Debug)]
pub struct TrunkSpans {
    pub patch: i64,
    pub blocks: Vec<(BlockSpans, Option<[i64; 2]>)>,
}

/// Weights of a network, in the order of their use.
#[derive(Clone, Debug)]
pub struct NetworkSpans {
    pub patch: i64,
    pub contracting: Vec<BlockSpans>,
    pub bottom: BlockSpans,
    pub expanding: Vec<(ConvolutionSpans, BlockSpans)>,
    pub last: ConvolutionSpans,
}

/// The weights of `network` in one differentiable tensor, and their offsets.
pub fn pack(network: &UNet) -> (Tensor<1>, Spans) {
    let mut packer = Packer::default();
    let contracting = network.contracting.iter();
    let contracting = contracting.map(|block| packer.block(block)).collect();
    let bottom = packer.block(&network.bottom);
    let expanding = network.doublings.iter().zip(&network.expanding);
    let spans = NetworkSpans {
        patch: network.patch as i64,
        contracting,
        bottom,
        expanding: expanding
            .map(|(doubling, block)| (packer.convolution(&doubling.spread), packer.block(block)))
            .collect(),
        last: packer.convolution(&network.last),
    };
    (Tensor::cat(packer.tensors, 0), Spans::Network(spans))
}

/// The same of a detector's blocks.
pub fn pack_trunk(network: &Detector) -> (Tensor<1>, Spans) {
    let mut packer = Packer::default();
    let pool = |index: usize| POOLS.get(index).map(|size| size.map(|side| side as i64));
    let blocks = network.blocks.iter().enumerate();
    let spans = TrunkSpans {
        patch: PATCH as i64,
        blocks: blocks
            .map(|(index, block)| (packer.block(block), pool(index)))
            .collect(),
    };
    (Tensor::cat(packer.tensors, 0), Spans::Trunk(spans))
}

/// The blocks of `network`, in the order of their use.
pub fn blocks(network: &UNet) -> impl Iterator<Item = &Block> {
    let blocks = network.contracting.iter();
    blocks.chain([&network.bottom]).chain(&network.expanding)
}

/// The normalisations of `blocks`.
pub fn normalisations<'a>(
    blocks: impl Iterator<Item = &'a Block>,
) -> impl Iterator<Item = &'a BatchNorm> {
    blocks
        .flat_map(|block| [&block.first, &block.second])
        .filter_map(|convolution| convolution.norm.as_ref())
}

#[derive(Default)]
struct Packer {
    tensors: Vec<Tensor<1>>,
    length: usize,
}

impl Packer {
    fn tensor<const D: usize>(&mut self, tensor: Tensor<D>) -> Span {
        let shape = tensor.dims();
        let length: usize = shape.iter().product();
        let span = Span {
            start: self.length as i64,
            shape: shape.map(|size| size as i64).to_vec(),
        };
        self.tensors.push(tensor.reshape([length]));
        self.length += length;
        span
    }

    fn convolution(&mut self, convolution: &Convolution) -> ConvolutionSpans {
        let Convolution { layer, norm } = convolution;
        ConvolutionSpans {
            weight: self.tensor(layer.weight.val()),
            bias: layer.bias.as_ref().map(|bias| self.tensor(bias.val())),
            norm: norm.as_ref().map(|norm| NormSpans {
                gamma: self.tensor(norm.gamma.val()),
                beta: self.tensor(norm.beta.val()),
                epsilon: norm.epsilon,
            }),
        }
    }

    fn linear(&mut self, layer: &Linear) -> LinearSpans {
        LinearSpans {
            weight: self.tensor(layer.weight.val()),
            bias: layer.bias.as_ref().map(|bias| self.tensor(bias.val())),
        }
    }

    fn block(&mut self, block: &Block) -> BlockSpans {
        BlockSpans {
            first: self.convolution(&block.first),
            second: self.convolution(&block.second),
            frequency: block.frequency.as_ref().map(|layers| {
                let layers = [&layers.narrow, &layers.widen];
                layers.map(|layer| self.linear(layer))
            }),
        }
    }
}
