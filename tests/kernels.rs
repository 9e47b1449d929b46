//! Networks of all kinds of sizes on kernels, against the same ones on tensors.
#![allow(missing_docs)]
#![cfg(feature = "native")]

use burn::tensor::{Device, Distribution, Tensor, TensorData};
use deepmelody::dsp::BINS;
use deepmelody::kernels;
use deepmelody::model::{DetectorConfig, Networks, Tensors, UNetConfig, weights};
use deepmelody::source::Source;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn separator(channels: &[usize], patch: usize, bottleneck: Option<usize>) -> UNetConfig {
    UNetConfig {
        channels: channels.to_vec(),
        bins: BINS,
        patch,
        frequency_bottleneck: bottleneck,
        masks: Source::COUNT,
    }
}

fn detector(bands: usize, channels: [usize; 3], hidden: usize) -> DetectorConfig {
    DetectorConfig {
        bands,
        channels,
        hidden,
        sources: Source::COUNT,
    }
}

#[test]
fn networks_of_any_size_compute_what_they_do_on_tensors() {
    let sizes = [
        (separator(&[1, 1], 1, None), detector(32, [1, 1, 1], 1), 8),
        (
            separator(&[3, 5, 9], 2, Some(4)),
            detector(64, [9, 2, 17], 7),
            24,
        ),
        (
            separator(&[8, 4], 4, Some(1)),
            detector(96, [8, 16, 8], 16),
            16,
        ),
        (
            UNetConfig::paper(2, BINS, Source::COUNT),
            detector(32, [4, 4, 4], 8),
            32,
        ),
        (
            separator(&[24, 56, 112, 192, 256], 2, Some(8)),
            detector(96, [48, 88, 112], 80),
            32,
        ),
    ];
    let device = Device::flex();
    device.seed(21);
    for (separator, detector, frames) in sizes {
        let networks = Networks {
            separator: separator.init(&device),
            detector: detector.init(&device),
        };
        // Rounded to 16 bits once, so that both sides have the same weights.
        let bytes = weights::encode_finished(&networks).expect("weights");
        let networks = weights::load_into(networks, bytes.clone()).expect("its own weights");
        let mut random = ChaCha8Rng::seed_from_u64(22);
        let tile: Vec<f32> = (0..frames * BINS)
            .map(|_| random.random_range(-1.0..1.2))
            .collect();
        let input = TensorData::new(tile.clone(), [1, 1, frames, BINS]);
        let (masks, logits) = networks.forward(Tensor::from_data(input, &device));
        let mut expected = masks.into_data().try_into_vec::<f32>().expect("floats");
        expected.extend(logits.into_data().try_into_vec::<f32>().expect("floats"));

        let tensors = Tensors::read(bytes).expect("a safetensors file");
        let packed = kernels::Network::pack(tensors, &separator, &detector).expect("it fits");
        let mut workspace = packed.workspace(frames);
        // Twice: nothing of a tile may be left when the next one comes.
        let other: Vec<f32> = tile.iter().rev().copied().collect();
        packed.run(&other, &mut workspace);
        let found = packed.run(&tile, &mut workspace);
        assert_eq!(found.len(), expected.len());
        for (index, (found, expected)) in found.iter().zip(&expected).enumerate() {
            let difference = (found - expected).abs();
            assert!(
                difference < 1e-4 + 1e-4 * expected.abs(),
                "{separator:?}, value {index}: {found}, expected {expected}"
            );
        }
    }
}

#[test]
fn random_weights_tell_tiles_apart() {
    let device = Device::flex();
    device.seed(23);
    let (separator, detector) = (separator(&[3, 5], 2, None), detector(32, [2, 2, 2], 2));
    let networks = Networks {
        separator: separator.init(&device),
        detector: detector.init(&device),
    };
    let bytes = weights::encode_finished(&networks).expect("weights");
    let tensors = Tensors::read(bytes).expect("a safetensors file");
    let packed = kernels::Network::pack(tensors, &separator, &detector).expect("it fits");
    let mut workspace = packed.workspace(8);
    let tile = Tensor::<1>::random([8 * BINS], Distribution::Default, &device);
    let tile = tile.into_data().try_into_vec::<f32>().expect("floats");
    let loud = packed.run(&tile, &mut workspace);
    let quiet = packed.run(&vec![-1.0; 8 * BINS], &mut workspace);
    assert!(
        loud.iter()
            .zip(&quiet)
            .any(|(loud, quiet)| (loud - quiet).abs() > 1e-3)
    );
}
