//! Weights as safetensors, verified against the model card.

use burn::module::Module;
use burn::tensor::{DType, Device};
use burn_store::{FloatCastAdapter, ModuleSnapshot, SafetensorsStore};

use super::{ModelCard, Networks, quantization::dequantize, tensors::verify};

pub use super::WeightsError;

/// Loads the networks that `card` describes onto `device`.
///
/// # Errors
/// When the file's SHA-256 is not the card's, or names or shapes of its tensors differ from the architecture's.
pub fn load(card: &ModelCard, bytes: Vec<u8>, device: &Device) -> Result<Networks, WeightsError> {
    verify(card, &bytes)?;
    let networks = Networks {
        separator: card.architecture.init(device),
        detector: card.detector.init(device),
    };
    Ok(load_into(networks, bytes)?.no_grad())
}

/// `network` with the weights of a safetensors file; it stays trainable.
///
/// # Errors
/// When names or shapes of the file's tensors differ from the network's.
pub fn load_into<N: ModuleSnapshot>(mut network: N, bytes: Vec<u8>) -> Result<N, WeightsError> {
    let mut store = SafetensorsStore::from_bytes(Some(dequantize(bytes)?))
        .with_from_adapter(FloatCastAdapter::to(DType::F32));
    let result = network
        .load_from(&mut store)
        .map_err(|error| WeightsError::Shapes(error.to_string()))?;
    if !result.unused.is_empty() || !result.missing.is_empty() || !result.errors.is_empty() {
        return Err(WeightsError::Shapes(result.to_string()));
    }
    Ok(network)
}

/// A network's tensors as a safetensors file of 16-bit floats, as finished runs are kept.
///
/// # Errors
/// As [`encode`].
pub fn encode_finished(network: &impl ModuleSnapshot) -> Result<Vec<u8>, WeightsError> {
    encode(network, DType::F16)
}

/// A network's tensors as a safetensors file of `dtype`: 16-bit floats to ship, 32-bit floats to resume training.
///
/// # Errors
/// When a tensor can't be read from its device.
pub fn encode(network: &impl ModuleSnapshot, dtype: DType) -> Result<Vec<u8>, WeightsError> {
    // Without metadata, whose order is random, equal weights have equal bytes and so the same SHA-256.
    let mut store = SafetensorsStore::from_bytes(None)
        .clear_metadata()
        .with_to_adapter(FloatCastAdapter::to(dtype));
    network
        .save_into(&mut store)
        .and_then(|()| store.get_bytes())
        .map_err(|error| WeightsError::Encode(error.to_string()))
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, test_runner::RngSeed};

    use super::*;
    use crate::model::{UNet, UNetConfig};

    fn small() -> UNet {
        let architecture = UNetConfig {
            channels: vec![1, 1],
            bins: 4,
            patch: 1,
            frequency_bottleneck: None,
            masks: 5,
        };
        architecture.init(&Device::flex())
    }

    fn file() -> Vec<u8> {
        encode_finished(&small()).expect("weights")
    }

    #[test]
    fn weights_that_are_cut_off_are_refused() {
        let whole = file();
        assert!(load_into(small(), whole.clone()).is_ok());
        for length in 0..whole.len() {
            assert!(
                load_into(small(), whole[..length].to_vec()).is_err(),
                "{length} bytes"
            );
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 2_000,
            rng_seed: RngSeed::Fixed(1),
            ..ProptestConfig::default()
        })]

        #[test]
        fn damaged_weights_are_taken_or_refused_without_a_panic(
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        ) {
            let mut bytes = file();
            for (position, byte) in damage {
                let position = position.index(bytes.len());
                bytes[position] = byte;
            }
            let _ = load_into(small(), bytes);
        }
    }
}
