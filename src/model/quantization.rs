//! Weights in 8 bits: large convolutions as integers with a scale for each output channel, to be small to download.
//!
//! In the file, a quantised tensor `name` has the type I8, and beside it lies `name.scale`, `[outputs]` of 32-bit floats:
//! a weight is its integer times the scale of its output channel. They are multiplied out while loading.

use super::tensors::{Encoded, SCALE_SUFFIX, Tensors, WeightsError, write};

/// Convolutions with at least so many weights are quantised to integers of at most this size. On the shipped networks'
/// golden tile and three songs, masks change by at most 0.002 and logits by 0.02; smaller tensors, which are those of the
/// finest levels, would change them five times as much and save little. The deepest levels' need fewer steps still,
/// which compress better.
const LARGEST_INTEGERS: [(usize, f32); 2] = [(300_000, 48.0), (60_000, 127.0)];

/// The largest integer for a tensor of this shape, or `None` to leave it as it is.
fn largest_integer(shape: &[usize]) -> Option<f32> {
    let weights = shape.iter().product::<usize>();
    let levels = LARGEST_INTEGERS.iter();
    let mut levels = levels.filter(|(least, _)| shape.len() == 4 && weights >= *least);
    levels.next().map(|&(_, largest)| largest)
}

/// The same safetensors file with its large convolutions in 8 bits.
///
/// # Errors
/// When it is no complete safetensors file, or has tensors that are no floats of 16 or 32 bits.
pub fn quantize(weights: Vec<u8>) -> Result<Vec<u8>, WeightsError> {
    rewrite(weights, |tensors, name, shape| {
        let Some(largest) = largest_integer(shape) else {
            return Ok(vec![tensors.take_encoded(name)?]);
        };
        let values = tensors.take(name, shape)?;
        let mut scales = Vec::with_capacity(shape[0]);
        let mut integers = Vec::with_capacity(values.len());
        for channel in values.chunks(values.len() / shape[0]) {
            let peak = channel
                .iter()
                .fold(0.0_f32, |peak, weight| peak.max(weight.abs()));
            let scale = if peak > 0.0 { peak / largest } else { 1.0 };
            scales.push(scale);
            integers.extend(
                channel
                    .iter()
                    .map(|weight| (weight / scale).round() as i8 as u8),
            );
        }
        Ok(vec![
            (name.to_owned(), "I8".to_owned(), shape.to_vec(), integers),
            floats(format!("{name}{SCALE_SUFFIX}"), vec![shape[0]], &scales),
        ])
    })
}

/// The same safetensors file with its 8-bit tensors as 32-bit floats, for readers that know none.
///
/// # Errors
/// When it is no complete safetensors file, or scales are missing.
#[cfg(feature = "network")]
pub fn dequantize(weights: Vec<u8>) -> Result<Vec<u8>, WeightsError> {
    rewrite(weights, |tensors, name, shape| {
        if !tensors.is_quantized(name) {
            return Ok(vec![tensors.take_encoded(name)?]);
        }
        let values = tensors.take(name, shape)?;
        Ok(vec![floats(name.to_owned(), shape.to_vec(), &values)])
    })
}

fn floats(name: String, shape: Vec<usize>, values: &[f32]) -> Encoded {
    let bytes = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    (name, "F32".to_owned(), shape, bytes)
}

/// A file with what `change` makes of each tensor; scales go with what they scale, whose names come before theirs.
fn rewrite(
    weights: Vec<u8>,
    mut change: impl FnMut(&mut Tensors, &str, &[usize]) -> Result<Vec<Encoded>, WeightsError>,
) -> Result<Vec<u8>, WeightsError> {
    let mut tensors = Tensors::read(weights)?;
    let mut written = Vec::new();
    for (name, shape) in tensors.shapes() {
        if tensors.is_left(&name) {
            written.extend(change(&mut tensors, &name, &shape)?);
        }
    }
    tensors.finish()?;
    Ok(write(written))
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// A file with a convolution of this many outputs for 40 inputs, and its bias.
    fn file(outputs: usize) -> (Vec<u8>, Vec<f32>) {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let weights: Vec<f32> = (0..outputs * 40 * 9)
            .map(|index| random.random_range(-1.0..1.0) * (1 + index / 360) as f32)
            .collect();
        let tensors = vec![
            floats("a.bias".to_owned(), vec![outputs], &vec![0.3; outputs]),
            floats("a.weight".to_owned(), vec![outputs, 40, 3, 3], &weights),
        ];
        (write(tensors), weights)
    }

    fn convolution(bytes: Vec<u8>, outputs: usize) -> Vec<f32> {
        let mut tensors = Tensors::read(bytes).expect("a file");
        let bias = tensors.take("a.bias", &[outputs]).expect("the bias");
        assert_eq!(bias, vec![0.3; outputs]);
        let weights = tensors.take("a.weight", &[outputs, 40, 3, 3]);
        tensors.finish().expect("nothing is left");
        weights.expect("the weights")
    }

    #[test]
    fn weights_come_back_within_half_a_step_of_their_channel() {
        for (outputs, largest) in [(200, 127.0), (900, 48.0)] {
            let (bytes, weights) = file(outputs);
            let quantized = quantize(bytes.clone()).expect("a file");
            assert!(quantized.len() * 3 < bytes.len());
            let found = convolution(quantized, outputs);
            for (channel, (found, weights)) in
                found.chunks(360).zip(weights.chunks(360)).enumerate()
            {
                let half_step = (1 + channel) as f32 / largest / 2.0;
                let worst = found.iter().zip(weights).map(|(a, b)| (a - b).abs());
                let worst = worst.fold(0.0, f32::max);
                assert!(
                    worst <= half_step * 1.001 && worst > 0.0,
                    "{channel}: {worst}"
                );
            }
        }
    }

    #[test]
    fn small_tensors_stay_as_they_are() {
        let (bytes, weights) = file(100);
        let quantized = quantize(bytes.clone()).expect("a file");
        assert_eq!(quantized, bytes);
        assert_eq!(convolution(quantized, 100), weights);
    }

    #[cfg(feature = "network")]
    #[test]
    fn as_floats_they_are_what_they_are_in_integers() {
        let quantized = quantize(file(200).0).expect("a file");
        let floats = dequantize(quantized.clone()).expect("a file");
        assert_eq!(convolution(floats, 200), convolution(quantized, 200));
    }

    #[test]
    fn integers_without_scales_are_refused() {
        let integers = (
            "a".to_owned(),
            "I8".to_owned(),
            vec![2, 1, 1, 1],
            vec![1, 2],
        );
        let mut tensors = Tensors::read(write(vec![integers])).expect("a file");
        let refused = tensors.take("a", &[2, 1, 1, 1]).expect_err("no scales");
        assert!(
            refused
                .to_string()
                .contains("tensor a.scale: it is missing"),
            "{refused}"
        );
    }
}
