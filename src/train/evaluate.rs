//! Scores of a separator on songs whose sources are known.

use serde::{Deserialize, Serialize};

use super::dataset::Song;
use crate::audio::{SAMPLE_RATE, Waveform};
use crate::dsp::{Complex, Spectrogram, Stft};
use crate::metrics::{sdr, si_sdr};
use crate::prominence::{HOP, Thresholds, estimate_activity_from_rms, prominence, rms_frames};
use crate::separate::{MaskEstimator, Observer, SeparateError, Separator};
use crate::source::{PerSource, Source};

/// A song's true and separated parts, as far as scores need them.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SeparatedSong {
    /// The song's folder.
    pub name: String,
    /// How near the separated waveforms are.
    pub separation: PerSource<SeparationScores>,
    /// RMS a frame of the mixture.
    pub mixture_rms: Vec<f32>,
    /// RMS a frame of each separated source.
    pub stem_rms: PerSource<Vec<f32>>,
    /// When each source truly plays.
    pub truth: PerSource<Vec<bool>>,
}

/// Decibels; `None` where the source is silent in the song, as is usual in the field: ratios to silence mean nothing.
/// Likewise where it is all there is: nothing is to be separated.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct SeparationScores {
    /// Of the separated source.
    pub si_sdr_db: Option<f32>,
    /// Of the separated source, scale included.
    pub sdr_db: Option<f32>,
    /// Of the mixture taken for the source.
    pub mixture_si_sdr_db: Option<f32>,
    /// Of the best ratio mask: magnitudes of the source over the sum of all magnitudes.
    pub oracle_si_sdr_db: Option<f32>,
    /// Energy given to a source that is silent, relative to the mixture's.
    pub leakage_db: Option<f32>,
}

/// From here on a song counts as nothing but the source.
const ALONE_DB: f32 = 40.0;

/// Separates `song` and compares.
///
/// # Errors
/// When cancelled, or when the network fails.
pub async fn separate_song<E: MaskEstimator>(
    separator: &Separator<E>,
    song: &Song,
    observer: &mut impl Observer,
) -> Result<SeparatedSong, SeparateError> {
    let stems = PerSource::from_fn(|source| song.stem(source));
    let mixture = Waveform {
        samples: sum(&stems),
        sample_rate: SAMPLE_RATE,
    };
    let separated = separator.separate(&mixture, observer).await?.waveforms;
    let oracle = oracle_stems(&stems, &mixture.samples);
    Ok(SeparatedSong {
        name: song.name.clone(),
        separation: PerSource::from_fn(|source| {
            let (truth, estimate) = (&stems[source], &separated[source].samples);
            let mixture_si_sdr_db = si_sdr(&mixture.samples, truth).filter(|db| *db < ALONE_DB);
            let unless_alone = |score: Option<f32>| mixture_si_sdr_db.and(score);
            SeparationScores {
                si_sdr_db: unless_alone(si_sdr(estimate, truth)),
                sdr_db: unless_alone(sdr(estimate, truth)),
                mixture_si_sdr_db,
                oracle_si_sdr_db: unless_alone(si_sdr(&oracle[source], truth)),
                leakage_db: song.stems[source].is_none().then(|| {
                    let share = (energy(estimate) + 1e-9) / (energy(&mixture.samples) + 1e-9);
                    10.0 * share.log10()
                }),
            }
        }),
        mixture_rms: rms_frames(&mixture.samples),
        stem_rms: PerSource::from_fn(|source| rms_frames(&separated[source].samples)),
        truth: PerSource::from_fn(|source| {
            let frames = mixture.samples.len() / HOP + 1;
            let mut activity = song.activity[source].clone();
            activity.resize(frames, false);
            activity
        }),
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

/// What a soft mask can reach: the mixture shared by the true magnitudes.
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

/// Means over songs, of one source or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// Songs in which the source plays.
    pub songs: usize,
    /// Decibels, of the separated source.
    pub si_sdr_db: f32,
    /// Decibels, scale included.
    pub sdr_db: f32,
    /// Decibels, of the mixture taken for the source: also what equal masks reach.
    pub mixture_si_sdr_db: f32,
    /// Decibels, of the oracle ratio mask.
    pub oracle_si_sdr_db: f32,
    /// Share of the oracle's improvement over the mixture that is reached.
    pub oracle_share_percent: f32,
    /// Frames judged rightly to play, of those judged to.
    pub activity_precision: f32,
    /// Frames judged rightly to play, of those that do.
    pub activity_recall: f32,
    /// Harmonic mean of the two.
    pub activity_f1: f32,
    /// Mean absolute error of the prominence, percentage points.
    pub prominence_error_points: f32,
    /// The same for the answer that every song has the mean prominence of the training songs.
    pub mean_answer_error_points: f32,
    /// The same for the answer that everything always plays.
    pub always_answer_error_points: f32,
    /// Decibels that a silent source gets of the mixture; 0 where there is none such.
    pub leakage_db: f32,
}

/// A row a source, and their mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// A row a source.
    pub sources: PerSource<Summary>,
    /// Mean of the rows.
    pub mean: Summary,
}

/// Mean prominence of songs: the trivial answer to score against.
pub fn mean_prominence(songs: &[PerSource<f32>]) -> PerSource<f32> {
    PerSource::from_fn(|source| {
        let sum: f32 = songs.iter().map(|song| song[source]).sum();
        sum / songs.len().max(1) as f32
    })
}

/// Summarises songs under `thresholds`; `mean_answer` is the training songs' mean prominence.
pub fn summarise(
    songs: &[SeparatedSong],
    thresholds: &Thresholds,
    mean_answer: &PerSource<f32>,
) -> Scores {
    let sources = PerSource::from_fn(|source| {
        summarise_source(songs, source, thresholds, mean_answer[source])
    });
    let mean =
        |value: fn(&Summary) -> f32| sources.iter().map(|(_, row)| value(row)).sum::<f32>() / 5.0;
    Scores {
        mean: Summary {
            songs: songs.len(),
            si_sdr_db: mean(|row| row.si_sdr_db),
            sdr_db: mean(|row| row.sdr_db),
            mixture_si_sdr_db: mean(|row| row.mixture_si_sdr_db),
            oracle_si_sdr_db: mean(|row| row.oracle_si_sdr_db),
            oracle_share_percent: mean(|row| row.oracle_share_percent),
            activity_precision: mean(|row| row.activity_precision),
            activity_recall: mean(|row| row.activity_recall),
            activity_f1: mean(|row| row.activity_f1),
            prominence_error_points: mean(|row| row.prominence_error_points),
            mean_answer_error_points: mean(|row| row.mean_answer_error_points),
            always_answer_error_points: mean(|row| row.always_answer_error_points),
            leakage_db: mean(|row| row.leakage_db),
        },
        sources,
    }
}

fn summarise_source(
    songs: &[SeparatedSong],
    source: Source,
    thresholds: &Thresholds,
    mean_answer: f32,
) -> Summary {
    let scores = |value: fn(&SeparationScores) -> Option<f32>| {
        average(
            songs
                .iter()
                .filter_map(|song| value(&song.separation[source])),
        )
    };
    let (mut hits, mut judged, mut playing) = (0, 0, 0);
    let mut errors = [0.0_f32; 3];
    for song in songs {
        let estimate = estimate_activity_from_rms(
            &song.stem_rms[source],
            &song.mixture_rms,
            source,
            thresholds,
        );
        let truth = &song.truth[source];
        hits += estimate
            .iter()
            .zip(truth)
            .filter(|(estimate, truth)| **estimate && **truth)
            .count();
        judged += estimate.iter().filter(|plays| **plays).count();
        playing += truth.iter().filter(|plays| **plays).count();
        let true_prominence = prominence(truth);
        for (error, answer) in errors
            .iter_mut()
            .zip([prominence(&estimate), mean_answer, 1.0])
        {
            *error += (answer - true_prominence).abs() * 100.0 / songs.len() as f32;
        }
    }
    let precision = hits as f32 / judged.max(1) as f32;
    let recall = hits as f32 / playing.max(1) as f32;
    let (si_sdr_db, mixture, oracle) = (
        scores(|score| score.si_sdr_db),
        scores(|score| score.mixture_si_sdr_db),
        scores(|score| score.oracle_si_sdr_db),
    );
    Summary {
        songs: songs
            .iter()
            .filter(|song| song.separation[source].si_sdr_db.is_some())
            .count(),
        si_sdr_db,
        sdr_db: scores(|score| score.sdr_db),
        mixture_si_sdr_db: mixture,
        oracle_si_sdr_db: oracle,
        oracle_share_percent: 100.0 * (si_sdr_db - mixture) / (oracle - mixture).max(1e-3),
        activity_precision: precision,
        activity_recall: recall,
        activity_f1: 2.0 * precision * recall / (precision + recall).max(1e-6),
        prominence_error_points: errors[0],
        mean_answer_error_points: errors[1],
        always_answer_error_points: errors[2],
        leakage_db: scores(|score| score.leakage_db),
    }
}

fn average(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / count as f32 }
}
