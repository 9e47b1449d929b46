//! The shipped weights: they load, they are the ones that the card describes, and they still compute what they did.
//!
//! `UPDATE_GOLDENS=1 cargo test --release --test shipped_model` freezes what new weights make of a tile.
#![allow(missing_docs)]
#![cfg(feature = "native")]

use std::num::NonZeroUsize;
use std::path::Path;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use deepmelody::compute::open_cpu;
use deepmelody::dsp::{BINS, TILE_FRAMES};
use deepmelody::kernels::Network;
use deepmelody::model::{ModelCard, weights};
use deepmelody::separate::{LocalEstimator, ThreadedEstimator, TileEstimate, TileEstimator};
use deepmelody::source::Source;

/// Values of each source's mask, and of what is said of its activity, that are frozen, spread over the tile.
const SAMPLES: usize = 40;

/// What is frozen.
#[derive(Serialize, Deserialize)]
struct Golden {
    masks: Vec<f32>,
    activity_logits: Vec<f32>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn card() -> ModelCard {
    let json = std::fs::read_to_string(root().join("model-weights/deepmelody.json"))
        .expect("the card is there");
    ModelCard::from_json(&json).expect("the card is sound")
}

fn weights_file() -> Vec<u8> {
    std::fs::read(root().join("model-weights/deepmelody.safetensors"))
        .expect("the weights are there")
}

/// A tile with rising and falling lines, as harmonics have, over a quiet floor.
fn tile() -> Vec<f32> {
    let level = |frame: usize, bin: usize| {
        let harmonic = (bin as f32 * 0.21 + (frame as f32 * 0.013).sin() * 3.0).sin();
        let decay = 1.0 - (frame % 64) as f32 / 80.0;
        -0.9 + 1.4 * harmonic.max(0.0) * decay / (1.0 + bin as f32 / 200.0)
    };
    (0..TILE_FRAMES * BINS)
        .map(|index| level(index / BINS, index % BINS))
        .collect()
}

/// What the networks make of a tile on tensors.
fn on_tensors(tile: Vec<f32>) -> TileEstimate {
    let device = open_cpu().device;
    let networks = weights::load(&card(), weights_file(), &device).expect("weights fit the card");
    let estimator = LocalEstimator::new(networks, device);
    pollster::block_on(estimator.estimate(tile)).expect("an estimate")
}

/// And on kernels, as they are shipped.
fn on_kernels(tile: Vec<f32>) -> TileEstimate {
    let network = Network::load(&card(), weights_file()).expect("weights fit the card");
    let two = NonZeroUsize::new(2).expect("more than 0");
    let estimator = ThreadedEstimator::start(network, two, NonZeroUsize::MIN).expect("threads");
    pollster::block_on(estimator.estimate(tile)).expect("an estimate")
}

fn sampled(values: &[f32]) -> Vec<f32> {
    let stride = values.len() / (SAMPLES * Source::COUNT);
    values
        .iter()
        .skip(stride / 2)
        .step_by(stride)
        .copied()
        .collect()
}

#[test]
fn a_tile_gives_the_frozen_values() {
    let estimate = on_tensors(tile());
    let now = Golden {
        masks: sampled(estimate.masks()),
        activity_logits: sampled(estimate.activity_logits()),
    };
    let path = root().join("tests/goldens/tile.json");
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        let json = serde_json::to_string(&now).expect("json");
        std::fs::write(&path, json + "\n").expect("the golden file can be written");
    }
    let frozen = std::fs::read_to_string(&path).expect("goldens");
    let frozen: Golden = serde_json::from_str(&frozen).expect("floats");
    for estimate in [estimate, on_kernels(tile())] {
        for (now, then, tolerance) in [
            (estimate.masks(), &frozen.masks, 1e-4),
            (estimate.activity_logits(), &frozen.activity_logits, 1e-3),
        ] {
            assert_near(&sampled(now), then, tolerance);
        }
        let tile_size = TILE_FRAMES * BINS;
        for bin in (0..tile_size).step_by(97) {
            let sum: f32 = (0..Source::COUNT)
                .map(|source| estimate.masks()[source * tile_size + bin])
                .sum();
            assert!((sum - 1.0).abs() < 1e-5, "bin {bin}: masks sum to {sum}");
        }
    }
}

#[track_caller]
fn assert_near(found: &[f32], expected: &[f32], tolerance: f32) {
    assert_eq!(found.len(), expected.len());
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let difference = (found - expected).abs();
        assert!(
            difference < tolerance,
            "value {index}: {found}, expected {expected}"
        );
    }
}

/// Values without any order, louder than music: nothing that the networks were trained on.
#[test]
fn kernels_and_tensors_agree_on_noise() {
    let mut random = ChaCha8Rng::seed_from_u64(12);
    let noise: Vec<f32> = (0..TILE_FRAMES * BINS)
        .map(|_| random.random_range(-1.0..1.5))
        .collect();
    let (found, expected) = (on_kernels(noise.clone()), on_tensors(noise));
    assert_near(found.masks(), expected.masks(), 1e-4);
    assert_near(found.activity_logits(), expected.activity_logits(), 1e-3);
}

#[test]
fn silence_is_finite() {
    let silence = on_kernels(vec![-1.0; TILE_FRAMES * BINS]);
    assert!(
        silence
            .masks()
            .iter()
            .all(|mask| (0.0..=1.0).contains(mask))
    );
}

#[test]
fn damaged_weights_are_refused() {
    let mut bytes = weights_file();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let on_tensors = weights::load(&card(), bytes.clone(), &open_cpu().device).map(drop);
    for result in [on_tensors, Network::load(&card(), bytes).map(drop)] {
        let error = result.expect_err("refused");
        assert!(error.to_string().contains("damaged"), "{error}");
    }
}

#[test]
fn weights_of_another_architecture_are_refused() {
    let mut card = card();
    card.architecture.channels[0] += 4;
    let on_tensors = weights::load(&card, weights_file(), &open_cpu().device).map(drop);
    for result in [on_tensors, Network::load(&card, weights_file()).map(drop)] {
        let error = result.expect_err("refused");
        assert!(error.to_string().contains("architecture"), "{error}");
    }
}

/// The card's own scores: the network must beat the answers that need no network.
#[test]
fn the_card_beats_trivial_answers() {
    let mean = &card().scores["test"]["mean"];
    let score = |name: &str| mean[name].as_f64().expect("a number");
    assert!(score("prominence_error_points") < 0.8 * score("mean_answer_error_points"));
    assert!(score("prominence_error_points") < 0.8 * score("always_answer_error_points"));
    assert!(score("si_sdr_db") > score("mixture_si_sdr_db") + 1.0);
}

#[test]
fn the_shipped_catalogue_is_of_the_shipped_model() {
    let json = std::fs::read_to_string(root().join("public/catalogue.json"))
        .expect("the catalogue is there");
    let catalogue = deepmelody::catalogue::Catalogue::from_json(&json, &card().id)
        .expect("the catalogue is sound");
    assert!(catalogue.tracks.len() >= 20);
}
