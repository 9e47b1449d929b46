//! One channel of a frame (RFC 9639, section 9.2).

use super::bits::BitWriter;

/// Highest order of the fixed predictors: differences of differences.
const MAX_ORDER: usize = 4;
/// A block is divided into at most 2^6 partitions, each with a Rice parameter of its own.
const MAX_PARTITION_ORDER: u32 = 6;
/// Rice parameters, with room for those of 24 bits.
const RICE_PARAMETERS: usize = 30;
/// Largest parameter of 4 bits; a larger one makes all parameters of the block 5 bits.
const MAX_SHORT_PARAMETER: usize = 14;
/// Bits before the contents.
const HEADER_BITS: u32 = 8;
/// Kinds: the numbers after the first bit, shifted by that of unused bits.
const CONSTANT: u32 = 0;
const VERBATIM: u32 = 1 << 1;
const FIXED: u32 = 1 << 4;

/// One channel's samples, and how they are stored.
#[derive(Clone, Debug)]
pub(super) struct Subframe {
    samples: Vec<i32>,
    /// Of each sample.
    bits: u32,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// One value throughout.
    Constant,
    /// As they are.
    Verbatim,
    /// By what a predictor leaves.
    Fixed(Prediction),
}

/// What a fixed predictor leaves.
#[derive(Clone, Debug)]
struct Prediction {
    order: usize,
    /// After the first `order` ones.
    residual: Vec<i32>,
    partitions: Partitions,
}

/// Rice parameters for stretches of equal length.
#[derive(Clone, Debug)]
struct Partitions {
    parameters: Vec<usize>,
    size_bits: u64,
}

impl Subframe {
    /// The smallest way to store samples of so many bits, at most 25.
    pub(super) fn smallest(samples: Vec<i32>, bits: u32) -> Self {
        let mut subframe = Self {
            samples,
            bits,
            kind: Kind::Verbatim,
        };
        if subframe.samples.windows(2).all(|pair| pair[0] == pair[1]) {
            subframe.kind = Kind::Constant;
        } else if let Some(prediction) = Prediction::best(&subframe.samples) {
            let verbatim_bits = subframe.size_bits();
            subframe.kind = Kind::Fixed(prediction);
            if subframe.size_bits() >= verbatim_bits {
                subframe.kind = Kind::Verbatim;
            }
        }
        subframe
    }

    /// Its size.
    pub(super) fn size_bits(&self) -> u64 {
        let sample = u64::from(self.bits);
        u64::from(HEADER_BITS)
            + match &self.kind {
                Kind::Constant => sample,
                Kind::Verbatim => sample * self.samples.len() as u64,
                Kind::Fixed(prediction) => {
                    sample * prediction.order as u64 + prediction.partitions.size_bits
                }
            }
    }

    /// Appends it.
    pub(super) fn write(&self, out: &mut BitWriter) {
        let put = |out: &mut BitWriter, samples: &[i32]| {
            samples
                .iter()
                .for_each(|&sample| out.put(sample as u32, self.bits));
        };
        match &self.kind {
            Kind::Constant => {
                out.put(CONSTANT, HEADER_BITS);
                put(out, &self.samples[..1]);
            }
            Kind::Verbatim => {
                out.put(VERBATIM, HEADER_BITS);
                put(out, &self.samples);
            }
            Kind::Fixed(prediction) => {
                out.put(FIXED | (prediction.order as u32) << 1, HEADER_BITS);
                put(out, &self.samples[..prediction.order]);
                prediction.write(out);
            }
        }
    }
}

impl Prediction {
    /// By the order that leaves least; `None` for a few samples.
    fn best(samples: &[i32]) -> Option<Self> {
        let mut differences = samples.to_vec();
        let mut best: Option<(u64, Self)> = None;
        for order in 0..=MAX_ORDER.min(samples.len().checked_sub(1)?) {
            if order > 0 {
                for n in (order..differences.len()).rev() {
                    differences[n] -= differences[n - 1];
                }
            }
            let residual = &differences[order..];
            let left = residual
                .iter()
                .map(|rest| u64::from(rest.unsigned_abs()))
                .sum();
            if best.as_ref().is_none_or(|(least, _)| left < *least) {
                let residual = residual.to_vec();
                let partitions = Partitions {
                    parameters: Vec::new(),
                    size_bits: 0,
                };
                best = Some((
                    left,
                    Self {
                        order,
                        residual,
                        partitions,
                    },
                ));
            }
        }
        let (_, mut best) = best?;
        best.partitions = Partitions::smallest(&best.residual, best.order)?;
        Some(best)
    }

    /// Appends what is left, in partitions (section 9.2.7).
    fn write(&self, out: &mut BitWriter) {
        let parameters = &self.partitions.parameters;
        let parameter_bits = parameter_bits(parameters);
        out.put(parameter_bits - 4, 2);
        out.put(parameters.len().trailing_zeros(), 4);
        let length = (self.residual.len() + self.order) / parameters.len();
        let (first, others) = self.residual.split_at(length - self.order);
        let partitions = std::iter::once(first).chain(others.chunks(length));
        for (partition, &parameter) in partitions.zip(parameters) {
            out.put(parameter as u32, parameter_bits);
            for &rest in partition {
                let folded = folded(rest);
                out.unary(folded >> parameter);
                out.put(folded, parameter as u32);
            }
        }
    }
}

impl Partitions {
    /// The smallest ones of what a predictor of this order leaves of a block.
    fn smallest(residual: &[i32], order: usize) -> Option<Self> {
        let length = residual.len() + order;
        let is_fit = |depth: &u32| length.is_multiple_of(1 << depth) && length >> depth > order;
        let finest = (0..=MAX_PARTITION_ORDER).rev().find(is_fit)?;
        let (first, others) = residual.split_at((length >> finest) - order);
        let partitions = std::iter::once(first).chain(others.chunks(length >> finest));
        let mut sizes: Vec<_> = partitions.map(sizes_bits).collect();
        let mut best = Self::of(&sizes);
        while sizes.len() > 1 {
            let merged = |pair: &[[u64; RICE_PARAMETERS]]| {
                std::array::from_fn(|parameter| pair[0][parameter] + pair[1][parameter])
            };
            sizes = sizes.chunks_exact(2).map(merged).collect();
            let coarser = Self::of(&sizes);
            if coarser.size_bits <= best.size_bits {
                best = coarser;
            }
        }
        Some(best)
    }

    /// By the sizes of each partition with every parameter.
    fn of(sizes: &[[u64; RICE_PARAMETERS]]) -> Self {
        let smallest = |sizes: &[u64; RICE_PARAMETERS]| {
            let parameters = (0..RICE_PARAMETERS).map(|parameter| (sizes[parameter], parameter));
            parameters.min().unwrap_or_default()
        };
        let chosen: Vec<_> = sizes.iter().map(smallest).collect();
        let codes_bits: u64 = chosen.iter().map(|(bits, _)| bits).sum();
        let parameters: Vec<_> = chosen.iter().map(|(_, parameter)| *parameter).collect();
        let parameters_bits = parameters.len() as u64 * u64::from(parameter_bits(&parameters));
        Self {
            // The method and the number of partitions take six bits.
            size_bits: 6 + parameters_bits + codes_bits,
            parameters,
        }
    }
}

/// Of each parameter in a block with these.
fn parameter_bits(parameters: &[usize]) -> u32 {
    let is_long = parameters
        .iter()
        .any(|parameter| *parameter > MAX_SHORT_PARAMETER);
    if is_long { 5 } else { 4 }
}

/// The size of these with every parameter.
fn sizes_bits(residual: &[i32]) -> [u64; RICE_PARAMETERS] {
    let count = residual.len() as u64;
    let mut sizes = std::array::from_fn(|parameter| count * (parameter as u64 + 1));
    for &rest in residual {
        let folded = u64::from(folded(rest));
        for (parameter, size) in sizes.iter_mut().enumerate() {
            *size += folded >> parameter;
        }
    }
    sizes
}

/// 0, -1, 1, -2, 2 and so on as 0, 1, 2, 3, 4.
const fn folded(number: i32) -> u32 {
    (number << 1 ^ number >> 31) as u32
}
