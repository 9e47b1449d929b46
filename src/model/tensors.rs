//! Weights as they are shipped, read without burn: tensors by name, checked against their model card.

use std::{collections::HashMap, ops::Range};

use serde::Deserialize;
use serde_json::json;

use super::ModelCard;
use crate::digest::sha256_hex;

/// Why weights can't be used.
#[derive(Debug, thiserror::Error)]
pub enum WeightsError {
    /// The file is not the one that the card describes.
    #[error(
        "the weights are damaged or belong to another model card (SHA-256 {found}, expected {expected}): fetch weights and card again, together"
    )]
    Checksum {
        /// Of the file.
        found: String,
        /// Of the card.
        expected: String,
    },
    /// The file's tensors are not those of the card's architecture.
    #[error("the weights do not fit the model card's architecture: {0}")]
    Shapes(String),
    /// The network could not be written as safetensors.
    #[error("the weights could not be encoded: {0}")]
    Encode(String),
}

/// Checks that `weights` is the file that `card` describes.
///
/// # Errors
/// When its SHA-256 is not the card's.
pub fn verify(card: &ModelCard, weights: &[u8]) -> Result<(), WeightsError> {
    let found = sha256_hex(weights);
    if found == card.sha256 {
        return Ok(());
    }
    Err(WeightsError::Checksum {
        found,
        expected: card.sha256.clone(),
    })
}

/// A safetensors file's tensors, each to be taken once.
#[derive(Debug)]
pub struct Tensors {
    entries: HashMap<String, Entry>,
    /// Header included.
    bytes: Vec<u8>,
    /// Where the values begin.
    start: usize,
}

/// How a tensor lies in the file: <https://github.com/huggingface/safetensors#format>.
#[derive(Debug, Deserialize)]
struct Entry {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

/// Bytes of the header's length.
const LENGTH_BYTES: usize = 8;

/// What the scales of 8-bit integers are called, after the tensor's own name.
pub(super) const SCALE_SUFFIX: &str = ".scale";

/// A tensor as it lies in a file: name, type, shape, bytes.
pub(super) type Encoded = (String, String, Vec<usize>, Vec<u8>);

/// The header's entry that is no tensor.
const METADATA: &str = "__metadata__";

impl Tensors {
    /// The tensors of a file.
    ///
    /// # Errors
    /// When it is no complete safetensors file.
    pub fn read(bytes: Vec<u8>) -> Result<Self, WeightsError> {
        Self::parse(bytes).ok_or_else(|| {
            WeightsError::Shapes("the file is no complete safetensors file".to_owned())
        })
    }

    fn parse(bytes: Vec<u8>) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk::<LENGTH_BYTES>()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let header: serde_json::Map<String, serde_json::Value> =
            serde_json::from_slice(rest.get(..length)?).ok()?;
        let values_bytes = rest.len() - length;
        let mut entries = HashMap::new();
        for (name, value) in header {
            if name != METADATA {
                let entry: Entry = serde_json::from_value(value).ok()?;
                let [start, end] = entry.data_offsets;
                if start > end || end > values_bytes {
                    return None;
                }
                entries.insert(name, entry);
            }
        }
        let start = LENGTH_BYTES + length;
        Some(Self {
            entries,
            bytes,
            start,
        })
    }

    /// The values of the tensor `name`, in rows.
    ///
    /// # Errors
    /// When there is none, or it has another shape than `shape`, or values that are neither floats of 16 or 32 bits nor
    /// integers of 8 bits with their scales.
    pub fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let problem = |text: String| WeightsError::Shapes(format!("tensor {name}: {text}"));
        let entry = self.remove(name)?;
        if entry.shape != shape {
            return Err(problem(format!(
                "its shape is {:?}, expected {shape:?}",
                entry.shape
            )));
        }
        let [start, end] = entry.data_offsets;
        let bytes = &self.bytes[self.range(start, end)];
        let values: Vec<f32> = match entry.dtype.as_str() {
            "F32" => bytes
                .as_chunks()
                .0
                .iter()
                .map(|bytes| f32::from_le_bytes(*bytes))
                .collect(),
            "F16" => bytes
                .as_chunks()
                .0
                .iter()
                .map(|bytes| widen(u16::from_le_bytes(*bytes)))
                .collect(),
            "I8" if !shape.is_empty() => {
                let integers = bytes.to_vec();
                let scales = self.take(&format!("{name}{SCALE_SUFFIX}"), &shape[..1])?;
                let channels = integers.chunks((integers.len() / shape[0].max(1)).max(1));
                let scaled = |(channel, scale): (&[u8], &f32)| {
                    let weight = |&byte: &u8| f32::from(byte as i8) * scale;
                    channel.iter().map(weight).collect::<Vec<_>>()
                };
                channels.zip(&scales).flat_map(scaled).collect()
            }
            other => {
                return Err(problem(format!(
                    "its values are of type {other}, expected F16, F32 or I8"
                )));
            }
        };
        if values.len() != shape.iter().product::<usize>() {
            return Err(problem(format!("it has {} values", values.len())));
        }
        Ok(values)
    }

    fn remove(&mut self, name: &str) -> Result<Entry, WeightsError> {
        self.entries
            .remove(name)
            .ok_or_else(|| WeightsError::Shapes(format!("tensor {name}: it is missing")))
    }

    /// Names and shapes of the tensors not yet taken, by name.
    pub(super) fn shapes(&self) -> Vec<(String, Vec<usize>)> {
        let entries = self.entries.iter();
        let mut shapes: Vec<_> = entries
            .map(|(name, entry)| (name.clone(), entry.shape.clone()))
            .collect();
        shapes.sort_unstable();
        shapes
    }

    /// Whether a tensor is of 8-bit integers.
    #[cfg(feature = "network")]
    pub(super) fn is_quantized(&self, name: &str) -> bool {
        self.entries
            .get(name)
            .is_some_and(|entry| entry.dtype == "I8")
    }

    /// Whether a tensor is yet to be taken.
    pub(super) fn is_left(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    /// The tensor `name` as it lies in the file.
    pub(super) fn take_encoded(&mut self, name: &str) -> Result<Encoded, WeightsError> {
        let Entry {
            dtype,
            shape,
            data_offsets: [start, end],
        } = self.remove(name)?;
        let bytes = self.bytes[self.range(start, end)].to_vec();
        Ok((name.to_owned(), dtype, shape, bytes))
    }

    fn range(&self, start: usize, end: usize) -> Range<usize> {
        self.start + start..self.start + end
    }

    /// Checks that every tensor was taken.
    ///
    /// # Errors
    /// When some were not: the architecture has no such layers.
    pub fn finish(self) -> Result<(), WeightsError> {
        let mut names: Vec<_> = self.entries.into_keys().collect();
        names.sort_unstable();
        match names.is_empty() {
            true => Ok(()),
            false => Err(WeightsError::Shapes(format!(
                "nothing needs the tensors {}",
                names.join(", ")
            ))),
        }
    }
}

/// A safetensors file of these tensors.
pub(super) fn write(mut tensors: Vec<Encoded>) -> Vec<u8> {
    tensors.sort_unstable();
    let mut header = serde_json::Map::new();
    let mut values = Vec::new();
    for (name, dtype, shape, bytes) in tensors {
        let start = values.len();
        values.extend(bytes);
        let entry = json!({"dtype": dtype, "shape": shape, "data_offsets": [start, values.len()]});
        header.insert(name, entry);
    }
    let mut header = serde_json::Value::Object(header).to_string();
    // As the format asks, so that values are aligned.
    let padded = header.len().next_multiple_of(LENGTH_BYTES);
    header.extend(std::iter::repeat_n(' ', padded - header.len()));
    let mut file = (padded as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(values);
    file
}

/// A float of 16 bits (IEEE 754 binary16) as one of 32.
fn widen(half: u16) -> f32 {
    const FRACTION_BITS: u32 = 10;
    const BIAS_DIFFERENCE: u32 = 127 - 15;
    let sign = u32::from(half & 0x8000) << 16;
    let exponent = u32::from(half >> FRACTION_BITS & 0x1f);
    let fraction = u32::from(half & 0x3ff);
    let bits = match exponent {
        // Zero, or a fraction of the smallest power of two: exact in 32 bits.
        0 => (fraction as f32 * 2.0_f32.powi(-24)).to_bits(),
        0x1f => 0x7f80_0000 | fraction << 13,
        _ => (exponent + BIAS_DIFFERENCE) << 23 | fraction << 13,
    };
    f32::from_bits(sign | bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(dtype: &str, shape: &[usize], values: &[u8]) -> Vec<u8> {
        let header = serde_json::json!({
            "__metadata__": { "by": "hand" },
            "a": { "dtype": dtype, "shape": shape, "data_offsets": [0, values.len()] },
        })
        .to_string();
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend(values);
        bytes
    }

    #[test]
    fn halves_and_floats_are_read() {
        let halves = [0x3c00_u16, 0xc000, 0x0001, 0x8000, 0x7bff].map(u16::to_le_bytes);
        let mut tensors = Tensors::read(file("F16", &[5], halves.as_flattened())).expect("a file");
        let values = tensors.take("a", &[5]).expect("the tensor");
        assert_eq!(values, [1.0, -2.0, 5.960_464_5e-8, 0.0, 65_504.0]);
        assert!(values[3].is_sign_negative());
        tensors.finish().expect("nothing is left");
        let floats = [0.1_f32, -3.5].map(f32::to_le_bytes);
        let mut tensors =
            Tensors::read(file("F32", &[1, 2], floats.as_flattened())).expect("a file");
        assert_eq!(tensors.take("a", &[1, 2]).expect("the tensor"), [0.1, -3.5]);
    }

    #[test]
    fn infinite_halves_stay_so() {
        assert_eq!(widen(0x7c00), f32::INFINITY);
        assert_eq!(widen(0xfc00), f32::NEG_INFINITY);
        assert!(widen(0x7e00).is_nan());
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let tensors = |dtype, shape: &[usize]| {
            Tensors::read(file(dtype, shape, &[0; 8])).expect("a readable file")
        };
        let message =
            |result: Result<Vec<f32>, WeightsError>| result.expect_err("refused").to_string();
        let missing = message(tensors("F32", &[2]).take("b", &[2]));
        assert!(missing.contains("tensor b: it is missing"), "{missing}");
        let shape = message(tensors("F32", &[2]).take("a", &[3]));
        assert!(shape.contains("[2], expected [3]"), "{shape}");
        let count = message(tensors("F32", &[3]).take("a", &[3]));
        assert!(count.contains("2 values"), "{count}");
        let kind = message(tensors("I64", &[1]).take("a", &[1]));
        assert!(kind.contains("type I64"), "{kind}");
        let unused = tensors("F32", &[2]).finish().expect_err("refused");
        assert!(
            unused.to_string().contains("needs the tensors a"),
            "{unused}"
        );
    }

    #[test]
    fn a_file_cut_off_anywhere_is_refused() {
        let whole = file("F32", &[2], &[0; 8]);
        assert!(Tensors::read(whole.clone()).is_ok());
        for length in 0..whole.len() {
            assert!(
                Tensors::read(whole[..length].to_vec()).is_err(),
                "{length} bytes"
            );
        }
        let mut endless = whole;
        endless[..LENGTH_BYTES].fill(0xff);
        assert!(Tensors::read(endless).is_err());
    }
}
