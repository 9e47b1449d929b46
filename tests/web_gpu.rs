//! The graphics card computes the processor's masks and odds: the shipped networks on both, in a browser with WebGPU.
//!
//! `tests/webdriver.json` switches WebGPU on for machines without a graphics card, where a software adapter answers. It
//! is slow, so the input is short.

#![cfg(target_arch = "wasm32")]

use burn::tensor::{Device, Tensor, TensorData, activation::sigmoid};
use deepmelody::compute::{DeviceKind, open_gpu};
use deepmelody::kernels::Network;
use deepmelody::model::{ModelCard, weights};
use deepmelody::source::Source;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

const CARD: &str = include_str!("../model-weights/deepmelody.json");
const WEIGHTS: &[u8] = include_bytes!("../model-weights/deepmelody.safetensors");
const FRAMES: usize = 32;
const TOLERANCE: f32 = 1e-3;

/// Something like a spectrogram: partials that come and go, above a floor.
fn log_magnitudes(bins: usize) -> Vec<f32> {
    let value = |index: usize| {
        let (frame, bin) = ((index / bins) as f32, (index % bins) as f32);
        let partial = (bin * 0.37).cos().powi(8) * (-bin / 150.0).exp();
        partial * (0.6 + 0.4 * (frame * 0.5).sin()) + 0.05 * (frame * 7.1 + bin * 3.3).sin()
    };
    (0..FRAMES * bins).map(value).collect()
}

/// Masks, and the odds that each source plays, by the processor's kernels.
fn expected_outputs(card: &ModelCard) -> Vec<f32> {
    let network = Network::load(card, WEIGHTS.to_vec()).expect("the shipped weights load");
    let mut values = network.run(
        &log_magnitudes(card.architecture.bins),
        &mut network.workspace(FRAMES),
    );
    let logits = values.len() - Source::COUNT * FRAMES;
    for value in &mut values[logits..] {
        *value = 1.0 / (1.0 + (-*value).exp());
    }
    values
}

/// The same by burn.
async fn outputs(card: &ModelCard, device: &Device) -> Vec<f32> {
    let bins = card.architecture.bins;
    let networks = weights::load(card, WEIGHTS.to_vec(), device).expect("the shipped weights load");
    let input = TensorData::new(log_magnitudes(bins), [1, 1, FRAMES, bins]);
    let input = Tensor::<4>::from_data(input, device);
    let (masks, logits) = networks.forward(input);
    let odds = sigmoid(logits).flatten::<1>(0, 2);
    Tensor::cat(vec![masks.flatten::<1>(0, 3), odds], 0)
        .into_data_async()
        .await
        .expect("the values are read back")
        .try_into_vec()
        .expect("floats")
}

#[wasm_bindgen_test]
async fn the_graphics_card_computes_the_processors_values() {
    let card = ModelCard::from_json(CARD).expect("the shipped card is read");
    let gpu = open_gpu()
        .await
        .expect("tests/webdriver.json switches WebGPU on");
    assert_eq!(gpu.kind, DeviceKind::Gpu);
    let expected = expected_outputs(&card);
    let found = outputs(&card, &gpu.device).await;
    assert_eq!(found.len(), expected.len());
    let worst = expected
        .iter()
        .zip(&found)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f32::max);
    assert!(
        worst <= TOLERANCE,
        "values differ by up to {worst}, {TOLERANCE} is allowed"
    );
    let spread = expected.iter().copied().fold(f32::MIN, f32::max)
        - expected.iter().copied().fold(f32::MAX, f32::min);
    assert!(
        spread > 0.1,
        "the input is to tell bins apart, the masks span {spread} only"
    );
}
