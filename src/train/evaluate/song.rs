//! Scores of one song's separated stems.

use serde::{Deserialize, Serialize};

use crate::audio::{SAMPLE_RATE, Waveform};
use crate::dsp::{Complex, Spectrogram, Stft};
use crate::metrics::{sdr, si_sdr};
use crate::prominence::{Evidence, HOP, Thresholds, estimate_activity, rms_frames};
use crate::separate::{Observer, SeparateError, Separator, Stems, TileEstimator};
use crate::source::{PerSource, Source};
use crate::train::dataset::Multitrack;

/// A separated song: levels, activity and scores.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SeparatedSong {
    /// The song's folder.
    pub name: String,
    /// Scores of the separated waveforms.
    pub separation: PerSource<SeparationScores>,
    /// RMS of each frame of the mixture.
    pub mixture_rms: Vec<f32>,
    /// RMS of each frame of the separated sources.
    pub stem_rms: PerSource<Vec<f32>>,
    /// The detector's logits of each frame; empty or 0 without a detector.
    pub activity_logits: PerSource<Vec<f32>>,
    /// True activity of each source, a value a frame.
    pub truth: PerSource<Vec<bool>>,
}

impl SeparatedSong {
    /// Estimated activity of `source`, a value a frame.
    pub fn estimate(&self, source: Source, thresholds: &Thresholds) -> Vec<bool> {
        estimate_activity(&self.evidence(source), source, thresholds)
    }

    /// The evidence from which the activity of `source` is estimated.
    pub fn evidence(&self, source: Source) -> Evidence<'_> {
        Evidence {
            stem_rms: &self.stem_rms[source],
            mixture_rms: &self.mixture_rms,
            activity_logits: &self.activity_logits[source],
        }
    }

    /// The unseparated mixture as evidence for any source: a baseline.
    pub fn mixture_evidence(&self) -> Evidence<'_> {
        Evidence {
            stem_rms: &self.mixture_rms,
            mixture_rms: &self.mixture_rms,
            activity_logits: &[],
        }
    }
}

/// Decibels over the whole song, pauses included. `None` where the source is silent throughout, for which these ratios
/// are undefined, and where it is the only one, so that there is nothing to separate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeparationScores {
    /// Of the separated source.
    pub si_sdr_db: Option<f32>,
    /// Of the separated source, scale included.
    pub sdr_db: Option<f32>,
    /// Of the mixture as the estimate.
    pub mixture_si_sdr_db: Option<f32>,
    /// Of the mixture as the estimate, scale included.
    pub mixture_sdr_db: Option<f32>,
    /// Of the oracle ratio mask: magnitudes of the source over the sum of all magnitudes.
    pub oracle_si_sdr_db: Option<f32>,
    /// Of the oracle ratio mask, scale included.
    pub oracle_sdr_db: Option<f32>,
    /// Energy of the estimate of a silent source, relative to the mixture's.
    pub leakage_db: Option<f32>,
}

/// SI-SDR of the mixture from which a song counts as containing nothing but the source.
const ALONE_DB: f32 = 40.0;

/// Added to energies to keep their ratio finite; far below one audible sample.
const ENERGY_FLOOR: f32 = 1e-9;

/// Separates whole songs.
#[allow(async_fn_in_trait, reason = "driven by block_on")]
pub trait Separate {
    /// The stems of a song at the model's sample rate.
    ///
    /// # Errors
    /// When cancelled, or when the network fails.
    async fn separate(
        &self,
        song: &Waveform,
        observer: &mut impl Observer,
    ) -> Result<Stems, SeparateError>;
}

impl<E: TileEstimator> Separate for Separator<E> {
    async fn separate(
        &self,
        song: &Waveform,
        observer: &mut impl Observer,
    ) -> Result<Stems, SeparateError> {
        Separator::separate(self, song, observer).await
    }
}

/// Separates `song` and scores the result.
///
/// # Errors
/// When cancelled, or when the network fails.
pub async fn separate_song(
    separator: &impl Separate,
    song: &Multitrack,
    observer: &mut impl Observer,
) -> Result<SeparatedSong, SeparateError> {
    let stems = PerSource::from_fn(|source| song.stem(source));
    let mixture = Waveform {
        samples: sum(&stems),
        sample_rate: SAMPLE_RATE,
    };
    let Stems {
        waveforms,
        activity_logits,
    } = separator.separate(&mixture, observer).await?;
    let estimates = waveforms.map(|waveform| waveform.samples);
    Ok(SeparatedSong {
        name: song.name.clone(),
        separation: score_song(&estimates, &stems, &mixture.samples),
        mixture_rms: rms_frames(&mixture.samples),
        stem_rms: estimates.map(|estimate| rms_frames(&estimate)),
        activity_logits,
        truth: PerSource::from_fn(|source| {
            let frames = mixture.samples.len() / HOP + 1;
            let mut activity = song.activity[source].clone();
            activity.resize(frames, false);
            activity
        }),
    })
}

/// Scores separated stems against the true ones, whose sum is `mixture`; all equally long.
pub fn score_song(
    estimates: &PerSource<Vec<f32>>,
    stems: &PerSource<Vec<f32>>,
    mixture: &[f32],
) -> PerSource<SeparationScores> {
    let oracle = oracle_stems(stems, mixture);
    PerSource::from_fn(|source| {
        let (truth, estimate) = (&stems[source], &estimates[source]);
        let mixture_si_sdr_db = si_sdr(mixture, truth).filter(|db| *db < ALONE_DB);
        let unless_alone = |score: Option<f32>| mixture_si_sdr_db.and(score);
        SeparationScores {
            si_sdr_db: unless_alone(si_sdr(estimate, truth)),
            sdr_db: unless_alone(sdr(estimate, truth)),
            mixture_si_sdr_db,
            mixture_sdr_db: unless_alone(sdr(mixture, truth)),
            oracle_si_sdr_db: unless_alone(si_sdr(&oracle[source], truth)),
            oracle_sdr_db: unless_alone(sdr(&oracle[source], truth)),
            leakage_db: (energy(truth) == 0.0).then(|| {
                let share = (energy(estimate) + ENERGY_FLOOR) / (energy(mixture) + ENERGY_FLOOR);
                10.0 * share.log10()
            }),
        }
    })
}

fn sum(stems: &PerSource<Vec<f32>>) -> Vec<f32> {
    let mut total = vec![0.0; stems.0[0].len()];
    for stem in &stems.0 {
        total
            .iter_mut()
            .zip(stem)
            .for_each(|(sum, sample)| *sum += sample);
    }
    total
}

fn energy(samples: &[f32]) -> f32 {
    samples.iter().map(|sample| sample * sample).sum()
}

/// Upper bound for soft masks: the mixture divided by the true magnitudes (ideal ratio mask).
fn oracle_stems(stems: &PerSource<Vec<f32>>, mixture: &[f32]) -> PerSource<Vec<f32>> {
    let mut stft = Stft::default();
    let spectrograms: Vec<Spectrogram> = stems.0.iter().map(|stem| stft.forward(stem)).collect();
    let mixed = stft.forward(mixture);
    PerSource::from_fn(|source| {
        let mut masked = mixed.clone();
        for (index, value) in masked.frames.iter_mut().enumerate() {
            let total: f32 = spectrograms
                .iter()
                .map(|spectrogram| spectrogram.frames[index].norm())
                .sum();
            *value = if total > 0.0 {
                *value * (spectrograms[source.index()].frames[index].norm() / total)
            } else {
                Complex::default()
            };
        }
        stft.inverse(&masked, mixture.len())
    })
}
