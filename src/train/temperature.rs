//! Temperature scaling (Guo et al. 2017): a factor on the logits, chosen on validation songs and folded into the
//! weights of the last layer, so that it costs nothing.

use std::ops::RangeInclusive;

use burn::tensor::{Device, Tensor, activation::softmax};

use super::config::{LossKind, TrainConfig};
use super::dataset::Dataset;
use super::libtorch;
use super::loader::validation_batches;
use super::loss::Example;
use super::network::Network;

/// Candidate factors in twentieths, 0.4 to 1.6.
const TWENTIETHS: RangeInclusive<u32> = 8..=32;

/// `network` with its logits scaled by the factor that minimises the cross-entropy with the true energy shares over
/// `songs`, and that factor. Only multi-task networks have a softmax to scale; others are unchanged, with 1.
pub fn calibrate_temperature(
    network: Network,
    config: &TrainConfig,
    songs: &Dataset,
    device: &Device,
) -> (Network, f64) {
    let Network::MultiTask(network) = network else {
        return (network, 1.0);
    };
    let mut losses = vec![0.0; factors().count()];
    for batch in validation_batches(config, songs) {
        let example = Example::new(batch, device);
        let logits = libtorch::logits(&network, example.input.clone());
        for (loss, factor) in losses.iter_mut().zip(factors()) {
            *loss += loss_of(&example, logits.clone() * factor);
        }
    }
    let best = factors()
        .zip(losses)
        .min_by(|(_, one), (_, other)| one.total_cmp(other));
    let factor = best.map_or(1.0, |(factor, _)| factor);
    (
        Network::MultiTask(network.with_scaled_logits(factor)),
        factor,
    )
}

fn factors() -> impl Iterator<Item = f64> {
    TWENTIETHS.map(|twentieths| f64::from(twentieths) / 20.0)
}

fn loss_of(example: &Example, logits: Tensor<4>) -> f32 {
    let masks = softmax(logits, 1);
    let loss = example.loss(masks, LossKind::ShareCrossEntropy);
    loss.into_scalar::<f32>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::{Distribution, Tolerance};
    use rand::{RngExt, SeedableRng};

    use crate::dsp::{BINS, HOP_LENGTH};
    use crate::model::UNetConfig;
    use crate::source::{PerSource, Source};
    use crate::train::dataset::Multitrack;

    /// All sources play noise.
    fn noise() -> Multitrack {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(6);
        let length = 40 * HOP_LENGTH;
        Multitrack {
            name: "noise".to_owned(),
            stems: PerSource::from_fn(|_| {
                let samples = (0..length).map(|_| random.random_range(-9_000..9_000));
                Some(samples.collect())
            }),
            length,
            activity: PerSource::from_fn(|_| vec![true; length / HOP_LENGTH + 1]),
            soft_activity: None,
        }
    }

    /// An untrained network should get the smallest factor.
    #[test]
    fn random_masks_are_softened_and_the_factor_is_kept_in_the_weights() {
        let device = Device::flex();
        device.seed(4);
        let config = TrainConfig {
            network: UNetConfig {
                channels: vec![4, 4],
                bins: BINS,
                patch: 4,
                frequency_bottleneck: None,
                masks: Source::COUNT,
            },
            batch_size: 1,
            tile_frames: 16,
            ..TrainConfig::default()
        };
        let songs = Dataset {
            songs: vec![noise()],
            failures: Vec::new(),
        };
        let network = Network::MultiTask(config.network.init(&device));
        let (softened, factor) = calibrate_temperature(network.clone(), &config, &songs, &device);
        assert_eq!(Some(factor), factors().next());
        let input = Tensor::<4>::random([1, 1, 16, BINS], Distribution::Default, &device);
        let [Network::MultiTask(before), Network::MultiTask(after)] = [network, softened] else {
            panic!("two multi-task networks");
        };
        let expected = softmax(before.logits(input.clone()) * factor, 1);
        after
            .forward(input)
            .into_data()
            .assert_approx_eq::<f32>(&expected.into_data(), Tolerance::rel_abs(1e-4, 1e-5));
    }
}
