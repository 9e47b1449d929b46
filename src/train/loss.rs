//! What networks are taught to minimise.

use burn::tensor::{Device, Tensor, TensorData, activation::softplus};

use super::batch::Batch;
use super::config::LossKind;
use super::spectral::{Spectra, SpectralPlan, TILE_SAMPLES};
use crate::dsp::{BINS, TILE_FRAMES};
use crate::source::Source;

/// Floor of the logarithmic error, relative to the mixture's energy: errors 25 dB down are good enough to stop
/// weighing, and silence stays finite.
const RELATIVE_ERROR_FLOOR: f64 = 3e-3;

/// Keeps square roots' slopes finite; far below the level of audible bins at the network's input level.
const POWER_FLOOR: f64 = 1e-6;

/// Level, relative to the tile's mean frame, from which a separated source counts as playing while training.
const PLAYS_FROM_DB: f64 = -32.0;

/// A batch on its device: what goes in, and what should come out.
#[derive(Debug)]
pub struct Example {
    /// Normalised log magnitudes of the mixture, `[batch, 1, frames, bins]`.
    pub input: Tensor<4>,
    mixture: Spectra,
    sources: Spectra,
    /// `[batch, sources, frames]`.
    activity: Tensor<3>,
}

impl Example {
    /// Moves `batch` to `device` and computes its spectra there.
    pub fn new(batch: Batch, plan: &SpectralPlan, device: &Device) -> Self {
        let dims = [batch.size, Source::COUNT];
        let waveforms = TensorData::new(batch.waveforms, [dims[0], dims[1], TILE_SAMPLES]);
        let equalisers = TensorData::new(batch.equalisers, [dims[0], dims[1], 1, BINS]);
        let activity = TensorData::new(batch.activity, [dims[0], dims[1], TILE_FRAMES]);
        let equalisers: Tensor<4> = Tensor::from_data(equalisers, device);
        let spectra = plan.analyse(Tensor::from_data(waveforms, device));
        let sources = Spectra {
            real: spectra.real * equalisers.clone(),
            imaginary: spectra.imaginary * equalisers,
        };
        let mixture = sources.mixture();
        // As dsp::features::log_magnitude; the batch is at the right level already.
        let input = ((mixture.power().sqrt() + 1e-3).log() / std::f64::consts::LN_10 + 1.0) / 2.0;
        Self {
            input,
            mixture,
            sources,
            activity: Tensor::from_data(activity, device),
        }
    }

    /// Mean loss of `masks` `[batch, sources, frames, bins]`; one number.
    pub fn loss(&self, masks: Tensor<4>, kind: LossKind) -> Tensor<1> {
        match kind {
            LossKind::EnergyWeightedMse => self.energy_weighted_mse(masks),
            LossKind::MagnitudeL1 => self.magnitude_l1(masks),
            LossKind::LogSnr => self.log_snr(masks),
            LossKind::Combined => {
                self.log_snr(masks.clone())
                    + self.compressed_l1(masks.clone()) * 2.0
                    + self.activity_cross_entropy(masks) * 0.3
            }
        }
    }

    /// Weights: energy of the loudest source over the source's own, a tile (Kadandale et al. 2020, eq. 4), at most
    /// 100.
    fn energy_weighted_mse(&self, masks: Tensor<4>) -> Tensor<1> {
        let truth = (self.sources.power() + POWER_FLOOR).sqrt();
        let energy = self.sources.power().sum_dim(3).sum_dim(2);
        let loudest = energy.clone().max_dim(1);
        let weights = (loudest.clone() / (energy + loudest * 0.01 + POWER_FLOOR)).detach();
        let error = masks * (self.mixture.power() + POWER_FLOOR).sqrt() - truth;
        (error.clone() * error * weights).mean()
    }

    fn magnitude_l1(&self, masks: Tensor<4>) -> Tensor<1> {
        let truth = (self.sources.power() + POWER_FLOOR).sqrt();
        (masks * (self.mixture.power() + POWER_FLOOR).sqrt() - truth)
            .abs()
            .mean()
    }

    /// log10 of the error's energy over the mixture's, in tenths of dB.
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

    /// Absolute error of magnitudes to the power 0.3: quiet bins count too.
    fn compressed_l1(&self, masks: Tensor<4>) -> Tensor<1> {
        const EXPONENT: f32 = 0.3;
        let truth = (self.sources.power() + POWER_FLOOR).powf_scalar(EXPONENT / 2.0);
        let mixture = (self.mixture.power() + POWER_FLOOR).powf_scalar(EXPONENT / 2.0);
        let estimate = (masks + 1e-4).powf_scalar(EXPONENT) * mixture;
        (estimate - truth).abs().mean()
    }

    /// Whether the separated source plays, frame by frame, judged by its level: what prominence is made of.
    fn activity_cross_entropy(&self, masks: Tensor<4>) -> Tensor<1> {
        const SLOPE_PER_DB: f64 = 0.3;
        let power = self.mixture.power();
        let level = power.clone().sum_dim(3).mean_dim(2) + POWER_FLOOR;
        let estimate = (masks.clone() * masks * power).sum_dim(3);
        let decibels = (estimate / level + 1e-7).log() * (10.0 / std::f64::consts::LN_10);
        let logits = ((decibels - PLAYS_FROM_DB) * SLOPE_PER_DB).squeeze_dim::<3>(3);
        (softplus(logits.clone(), 1.0) - logits * self.activity.clone()).mean()
    }
}
