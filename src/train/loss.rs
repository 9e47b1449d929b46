//! Loss functions.

use burn::tensor::{Device, Tensor, TensorData, activation::softplus};

use super::batch::{STEMS, TileBatch, tile_samples};
use super::config::LossKind;
use super::images::ImageBatch;
use super::spectral::Spectra;
use crate::dsp::{BINS, TILE_FRAMES};
use crate::model::log_magnitudes;
use crate::source::Source;

/// Floor of the relative error before the logarithm: errors below -25 dB no longer count, and silence stays finite.
const RELATIVE_ERROR_FLOOR: f64 = 3e-3;

/// Keeps the gradients of square roots finite; far below audible bins at the network's input level.
const POWER_FLOOR: f64 = 1e-6;

/// Avoids division by zero in silent bins.
const SHARE_FLOOR: f64 = 1e-9;

/// Keeps logarithms of masks finite.
const MASK_FLOOR: f64 = 1e-5;

/// Level, relative to the tile's mean, at which the probability that a separated source plays is 1/2.
const PLAYS_FROM_DB: f64 = -32.0;

/// The data of one training step, in host memory.
#[derive(Clone, Debug)]
pub enum Batch {
    /// Excerpts of songs.
    Tiles(TileBatch),
    /// Whole songs.
    Images(ImageBatch),
}

/// A batch on its device: inputs and targets.
#[derive(Debug)]
pub struct Example {
    /// Normalised log magnitudes of the mixture, `[batch, 1, frames, bins]`.
    pub input: Tensor<4>,
    mixture: Spectra,
    sources: Spectra,
    /// 1 where the source plays, `[batch, sources, frames]`.
    pub activity: Tensor<3>,
}

impl Example {
    /// Moves `batch` to `device`, as spectra.
    pub fn new(batch: Batch, device: &Device) -> Self {
        match batch {
            Batch::Tiles(batch) => Self::from_tiles(batch, device),
            Batch::Images(batch) => Self::from_images(batch, device),
        }
    }

    fn from_tiles(batch: TileBatch, device: &Device) -> Self {
        let TileBatch { size, frames, .. } = batch;
        let dims = [size, STEMS, tile_samples(frames)];
        let gains = TensorData::new(batch.gains, [size, STEMS, 1, BINS]);
        let gains = Tensor::<4>::from_data(gains, device);
        let parts =
            Spectra::of_samples(batch.samples, dims, device).map(|values| values * gains.clone());
        let activity = TensorData::new(batch.activity, [size, Source::COUNT, frames]);
        Self::of(
            parts.clone().map(|values| values.sum_dim(1)),
            parts.map(|values| values.narrow(1, 0, Source::COUNT)),
            Tensor::from_data(activity, device),
        )
    }

    /// Images have magnitudes only.
    fn from_images(batch: ImageBatch, device: &Device) -> Self {
        let dims = |channels| [batch.size, channels, TILE_FRAMES, BINS];
        let activity = TensorData::new(batch.activity, [batch.size, Source::COUNT, TILE_FRAMES]);
        Self::of(
            Spectra::of_magnitudes(device, batch.mixture, dims(1)),
            Spectra::of_magnitudes(device, batch.sources, dims(Source::COUNT)),
            Tensor::from_data(activity, device),
        )
    }

    fn of(mixture: Spectra, sources: Spectra, activity: Tensor<3>) -> Self {
        Self {
            // The sampler has normalised the level.
            input: log_magnitudes(mixture.power().sqrt()),
            mixture,
            sources,
            activity,
        }
    }

    /// Mean loss of `masks` `[batch, sources, frames, bins]`; one number.
    pub fn loss(&self, masks: Tensor<4>, kind: LossKind) -> Tensor<1> {
        match kind {
            LossKind::EnergyWeightedMse => self.energy_weighted_mse(masks),
            LossKind::MagnitudeL1 => self.magnitude_l1(masks),
            LossKind::LogSnr => self.log_snr(masks),
            LossKind::SiSdr => self.si_sdr(masks),
            LossKind::ShareCrossEntropy => self.share_cross_entropy(masks),
            LossKind::Combined => {
                self.share_cross_entropy(masks.clone())
                    + self.log_snr(masks.clone())
                    + self.activity_cross_entropy(masks)
            }
        }
    }

    /// Weights of a tile: energy of the loudest source over the source's own (Kadandale et al. 2020, eq. 4), at most
    /// 100.
    fn energy_weighted_mse(&self, masks: Tensor<4>) -> Tensor<1> {
        let truth = (self.sources.power() + POWER_FLOOR).sqrt();
        let energy = self.sources.power().sum_dim(3).sum_dim(2);
        let loudest = energy.clone().max_dim(1);
        let weights = (loudest.clone() / (energy + loudest * 0.01 + POWER_FLOOR)).detach();
        let error = masks * (self.mixture.power() + POWER_FLOOR).sqrt() - truth;
        (error.clone() * error * weights).mean()
    }

    /// Cross-entropy with the true shares of each bin's energy. Its gradient does not vanish where a mask is far off,
    /// as that of squared errors behind a softmax does.
    fn share_cross_entropy(&self, masks: Tensor<4>) -> Tensor<1> {
        let power = self.sources.power();
        let shares = power.clone() / (power.sum_dim(1) + SHARE_FLOOR);
        self.cross_entropy(shares, masks)
    }

    /// Cross-entropy between `shares` that sum to 1 at each bin and `masks`, both `[batch, sources, frames, bins]`,
    /// weighted by the mixture's magnitude; one number.
    pub fn cross_entropy(&self, shares: Tensor<4>, masks: Tensor<4>) -> Tensor<1> {
        let magnitude = self.mixture.power().sqrt();
        let weights = magnitude.clone() / (magnitude.mean_dim(3).mean_dim(2) + SHARE_FLOOR);
        let entropy = (shares * (masks + MASK_FLOOR).log()).sum_dim(1);
        (entropy * weights).mean().neg()
    }

    fn magnitude_l1(&self, masks: Tensor<4>) -> Tensor<1> {
        let truth = (self.sources.power() + POWER_FLOOR).sqrt();
        (masks * (self.mixture.power() + POWER_FLOOR).sqrt() - truth)
            .abs()
            .mean()
    }

    /// log10 of the error's energy over the mixture's (units of 10 dB).
    fn log_snr(&self, masks: Tensor<4>) -> Tensor<1> {
        let real = masks.clone() * self.mixture.real.clone() - self.sources.real.clone();
        let imaginary = masks * self.mixture.imaginary.clone() - self.sources.imaginary.clone();
        let error = (real.clone() * real + imaginary.clone() * imaginary)
            .sum_dim(3)
            .sum_dim(2);
        let energy = self.mixture.power().sum_dim(3).sum_dim(2);
        let relative = error / (energy + POWER_FLOOR) + RELATIVE_ERROR_FLOOR;
        relative.log().mean() / std::f64::consts::LN_10
    }

    /// Minus the scale-invariant SDR in units of 10 dB, bounded to 25 dB either way, so that silent sources are still
    /// penalised for leakage.
    fn si_sdr(&self, masks: Tensor<4>) -> Tensor<1> {
        let real = masks.clone() * self.mixture.real.clone();
        let imaginary = masks * self.mixture.imaginary.clone();
        let sum = |values: Tensor<4>| values.sum_dim(3).sum_dim(2);
        let product = sum(real.clone() * self.sources.real.clone()
            + imaginary.clone() * self.sources.imaginary.clone());
        let truth = sum(self.sources.power());
        let estimate = sum(real.clone() * real + imaginary.clone() * imaginary);
        let target = product.clone() * product / (truth + POWER_FLOOR);
        let floor = sum(self.mixture.power()) * RELATIVE_ERROR_FLOOR + POWER_FLOOR;
        let distortion = (estimate - target.clone()).clamp_min(0.0);
        ((distortion + floor.clone()) / (target + floor))
            .log()
            .mean()
            / std::f64::consts::LN_10
    }

    /// Cross-entropy of the activity that the separated sources' levels predict, frame by frame.
    fn activity_cross_entropy(&self, masks: Tensor<4>) -> Tensor<1> {
        const SLOPE_PER_DB: f64 = 0.3;
        let power = self.mixture.power();
        let level = power.clone().sum_dim(3).mean_dim(2) + POWER_FLOOR;
        let estimate = (masks.clone() * masks * power).sum_dim(3);
        let decibels = (estimate / level + 1e-7).log() * (10.0 / std::f64::consts::LN_10);
        let logits = ((decibels - PLAYS_FROM_DB) * SLOPE_PER_DB).squeeze_dim::<3>(3);
        detection_loss(logits, self.activity.clone())
    }
}

/// Binary cross-entropy of logits with the activity (1: plays), both `[batch, sources, frames]`.
pub fn detection_loss(logits: Tensor<3>, activity: Tensor<3>) -> Tensor<1> {
    (softplus(logits.clone(), 1.0) - logits * activity).mean()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOSSES: [LossKind; 6] = [
        LossKind::ShareCrossEntropy,
        LossKind::EnergyWeightedMse,
        LossKind::MagnitudeL1,
        LossKind::LogSnr,
        LossKind::SiSdr,
        LossKind::Combined,
    ];

    /// An image whose sources have a band of bins each, at random levels.
    fn example() -> Example {
        use rand::{RngExt, SeedableRng};
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(4);
        let size = TILE_FRAMES * BINS;
        let band = |index: usize| (index % BINS) * Source::COUNT / BINS;
        let mixture: Vec<f32> = (0..size).map(|_| random.random_range(0.0..2.0)).collect();
        let own = |source: usize| {
            let pixels = mixture.iter().enumerate();
            pixels.map(move |(index, value)| if band(index) == source { *value } else { 0.0 })
        };
        let batch = ImageBatch {
            size: 1,
            sources: (0..Source::COUNT).flat_map(own).collect(),
            activity: vec![1.0; Source::COUNT * TILE_FRAMES],
            mixture,
        };
        Example::from_images(batch, &Device::flex())
    }

    #[test]
    fn true_masks_lose_least() {
        let example = example();
        let truth = example.sources.real.clone() / (example.mixture.real.clone() + 1e-6);
        let equal = truth.ones_like() / Source::COUNT as f64;
        for kind in LOSSES {
            let loss = |masks: Tensor<4>| example.loss(masks, kind).into_scalar::<f32>();
            let (right, between, wrong) = (
                loss(truth.clone()),
                loss(truth.clone() * 0.5 + equal.clone() * 0.5),
                loss(equal.clone()),
            );
            assert!(
                right < between && between < wrong,
                "{kind:?}: {right} {between} {wrong}"
            );
            assert!(right.is_finite() && wrong.is_finite());
        }
    }

    #[test]
    fn si_sdr_is_bounded_by_its_floor() {
        let example = example();
        let truth = example.sources.real.clone() / (example.mixture.real.clone() + 1e-6);
        // Each band holds a fifth of the mixture's energy; the floor is 0.003 of it.
        for (scale, energy) in [(1.0, 0.2_f32), (0.5, 0.05)] {
            let loss = example.loss(truth.clone() * scale, LossKind::SiSdr);
            let expected = -((energy + 0.003) / 0.003).log10();
            assert!(
                (loss.into_scalar::<f32>() - expected).abs() < 0.02,
                "{scale}"
            );
        }
    }

    #[test]
    fn confident_logits_cost_nothing_or_much() {
        let device = Device::flex();
        let loss = |logit: f32, truth: f32| {
            let tensor = |value| Tensor::<3>::full([1, 2, 3], value, &device);
            detection_loss(tensor(logit), tensor(truth)).into_scalar::<f32>()
        };
        assert!(loss(20.0, 1.0) < 1e-6 && loss(-20.0, 0.0) < 1e-6);
        assert!((loss(0.0, 1.0) - 2_f32.ln()).abs() < 1e-6);
        assert!((loss(20.0, 0.0) - 20.0).abs() < 1e-3);
    }
}
