//! Mean scores of each source and of all, beside those of trivial baselines.

use serde::{Deserialize, Serialize};

use super::features::{Features, compare_features};
use super::ranking::{RankingScores, ranking_agreement};
use super::song::{SeparatedSong, SeparationScores};
use crate::model::{Interval, PredictionIntervals};
use crate::prominence::{Thresholds, estimate_activity, prominence};
use crate::source::{PerSource, Source};

/// Means over songs, of one source or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Songs in which the source plays.
    pub songs: usize,
    /// SI-SDR in dB; `None`, as below, for a source that no song has.
    pub si_sdr_db: Option<f32>,
    /// Improvement of SI-SDR over the mixture in dB.
    pub si_sdr_improvement_db: Option<f32>,
    /// SDR in dB, scale included.
    pub sdr_db: Option<f32>,
    /// SI-SDR in dB of the mixture as the estimate, which equal masks reach too.
    pub mixture_si_sdr_db: Option<f32>,
    /// SDR in dB of the mixture as the estimate.
    pub mixture_sdr_db: Option<f32>,
    /// SI-SDR in dB of the oracle ratio mask.
    pub oracle_si_sdr_db: Option<f32>,
    /// SDR in dB of the oracle ratio mask.
    pub oracle_sdr_db: Option<f32>,
    /// The improvement as a percentage of the oracle's.
    pub oracle_share_percent: Option<f32>,
    /// Energy in dB, relative to the mixture, of the estimate in songs where the source is silent; `None` without such
    /// songs.
    pub leakage_db: Option<f32>,
    /// Precision of the estimated activity, over frames.
    pub activity_precision: Option<f32>,
    /// Recall of the estimated activity, over frames.
    pub activity_recall: Option<f32>,
    /// F1 of the estimated activity.
    pub activity_f1: Option<f32>,
    /// Mean true prominence of the songs that have the source, percent.
    pub present_truth_percent: Option<f32>,
    /// Mean estimated prominence of the same songs, percent.
    pub present_estimate_percent: Option<f32>,
    /// Mean estimated prominence of the songs that lack the source, percent.
    pub absent_estimate_percent: Option<f32>,
    /// Songs whose true prominence lies within the interval around the estimate, percent; `None`, as below, for a
    /// network without intervals.
    pub interval_coverage_percent: Option<f32>,
    /// Mean width of the intervals, percentage points.
    pub interval_width_points: Option<f32>,
    /// Mean absolute error of the prominence, percentage points.
    pub prominence_error_points: f32,
    /// The same for the baseline that predicts the mean prominence of the training songs.
    pub mean_answer_error_points: f32,
    /// The same for the baseline that predicts that everything always plays.
    pub always_answer_error_points: f32,
    /// The same for the baseline that thresholds the level of the mixture.
    pub mixture_answer_error_points: f32,
}

/// Scores of a set of songs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scores {
    /// Songs in all.
    pub songs: usize,
    /// Scores of each source.
    pub sources: PerSource<Summary>,
    /// Mean over the sources that play in any song.
    pub mean: Summary,
    /// Agreement with the rankings by true prominence.
    pub rankings: Rankings,
    /// Comparison with finer features of songs.
    pub features: Features,
}

/// Agreement with the rankings by true prominence, of the network and of the baselines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rankings {
    /// Of the network.
    pub network: RankingScores,
    /// Of the training songs' mean prominence.
    pub mean_answer: RankingScores,
    /// Of predicting that everything always plays.
    pub always_answer: RankingScores,
    /// Of thresholds on the mixture.
    pub mixture_answer: RankingScores,
}

/// Parameters of the trivial baselines; they must not come from the songs that are scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Baselines {
    /// Mean prominence of the songs trained on.
    pub mean_prominence: PerSource<f32>,
    /// Level of the mixture from which each source counts as playing, chosen on the validation songs.
    pub mixture_thresholds: Thresholds,
}

/// Predicted prominences of every song.
type Prominences = Vec<PerSource<f32>>;

struct Predictions {
    network: Prominences,
    mean: Prominences,
    always: Prominences,
    mixture: Prominences,
    truth: Prominences,
}

/// Mean prominence of songs: the prediction of a trivial baseline.
pub fn mean_prominence(songs: &[PerSource<f32>]) -> PerSource<f32> {
    PerSource::from_fn(|source| {
        let sum: f32 = songs.iter().map(|song| song[source]).sum();
        sum / songs.len().max(1) as f32
    })
}

/// How activity and prominence are estimated.
#[derive(Clone, Copy, Debug)]
pub struct Estimation<'a> {
    /// Thresholds of activity.
    pub thresholds: &'a Thresholds,
    /// Intervals around the prominences, where they were measured.
    pub intervals: Option<&'a PredictionIntervals>,
}

/// Summarises songs, estimated as `estimation` says.
pub fn summarise(songs: &[SeparatedSong], estimation: Estimation, baselines: &Baselines) -> Scores {
    let thresholds = estimation.thresholds;
    let predictions = Predictions::new(songs, thresholds, baselines);
    let sources =
        PerSource::from_fn(|source| summarise_source(songs, source, estimation, &predictions));
    let ranking = |prediction: &Prominences| ranking_agreement(prediction, &predictions.truth);
    Scores {
        songs: songs.len(),
        mean: mean_row(songs, &sources),
        sources,
        rankings: Rankings {
            network: ranking(&predictions.network),
            mean_answer: ranking(&predictions.mean),
            always_answer: ranking(&predictions.always),
            mixture_answer: ranking(&predictions.mixture),
        },
        features: compare_features(songs, thresholds),
    }
}

impl Predictions {
    fn new(songs: &[SeparatedSong], thresholds: &Thresholds, baselines: &Baselines) -> Self {
        let each = |prediction: &dyn Fn(&SeparatedSong, Source) -> f32| -> Prominences {
            let song = |song| PerSource::from_fn(|source| prediction(song, source));
            songs.iter().map(song).collect()
        };
        Self {
            network: each(&|song, source| prominence(&song.estimate(source, thresholds))),
            mean: each(&|_, source| baselines.mean_prominence[source]),
            always: each(&|_, _| 1.0),
            mixture: each(&|song, source| {
                let thresholds = &baselines.mixture_thresholds;
                prominence(&estimate_activity(
                    &song.mixture_evidence(),
                    source,
                    thresholds,
                ))
            }),
            truth: each(&|song, source| prominence(&song.truth[source])),
        }
    }

    /// How many true prominences lie within the network's intervals, percent, and these intervals' mean width, percentage
    /// points.
    fn intervals(&self, intervals: &PredictionIntervals, source: Source) -> [Option<f32>; 2] {
        let around = |estimate: &PerSource<f32>| intervals.around(source, estimate[source]);
        let songs = || self.network.iter().map(around).zip(&self.truth);
        let held = songs().map(|(Interval { from, to }, truth)| {
            let is_held = (from..=to).contains(&truth[source]);
            Some(if is_held { 100.0 } else { 0.0 })
        });
        let widths = songs().map(|(Interval { from, to }, _)| Some(100.0 * (to - from)));
        [average(held), average(widths)]
    }

    /// Percentage points.
    fn error(&self, prediction: &Prominences, source: Source) -> f32 {
        let errors = prediction.iter().zip(&self.truth);
        let errors = errors.map(|(prediction, truth)| (prediction[source] - truth[source]).abs());
        errors.sum::<f32>() * 100.0 / prediction.len().max(1) as f32
    }
}

fn summarise_source(
    songs: &[SeparatedSong],
    source: Source,
    estimation: Estimation,
    predictions: &Predictions,
) -> Summary {
    let scores = |value: fn(&SeparationScores) -> Option<f32>| {
        let scores = songs.iter().map(|song| value(&song.separation[source]));
        average(scores)
    };
    let si_sdr_db = scores(|score| score.si_sdr_db);
    let mixture_si_sdr_db = scores(|score| score.mixture_si_sdr_db);
    let oracle_si_sdr_db = scores(|score| score.oracle_si_sdr_db);
    let above_mixture = |score: Option<f32>| Some(score? - mixture_si_sdr_db?);
    let improvement = above_mixture(si_sdr_db);
    let [precision, recall, f1] = activity(songs, source, estimation.thresholds);
    let [coverage, width] = match estimation.intervals {
        Some(intervals) => predictions.intervals(intervals, source),
        None => [None; 2],
    };
    let percent = |prediction: &Prominences, present: bool| {
        let shares = prediction.iter().zip(&predictions.truth);
        average(shares.map(|(share, truth)| {
            let matches = (truth[source] > 0.0) == present;
            matches.then_some(100.0 * share[source])
        }))
    };
    Summary {
        songs: songs.iter().filter(|song| plays(song, source)).count(),
        si_sdr_db,
        si_sdr_improvement_db: improvement,
        sdr_db: scores(|score| score.sdr_db),
        mixture_si_sdr_db,
        mixture_sdr_db: scores(|score| score.mixture_sdr_db),
        oracle_si_sdr_db,
        oracle_sdr_db: scores(|score| score.oracle_sdr_db),
        oracle_share_percent: above_mixture(oracle_si_sdr_db)
            .filter(|oracle| *oracle > 0.0)
            .and_then(|oracle| Some(100.0 * improvement? / oracle)),
        leakage_db: scores(|score| score.leakage_db),
        activity_precision: precision,
        activity_recall: recall,
        activity_f1: f1,
        present_truth_percent: percent(&predictions.truth, true),
        present_estimate_percent: percent(&predictions.network, true),
        absent_estimate_percent: percent(&predictions.network, false),
        interval_coverage_percent: coverage,
        interval_width_points: width,
        prominence_error_points: predictions.error(&predictions.network, source),
        mean_answer_error_points: predictions.error(&predictions.mean, source),
        always_answer_error_points: predictions.error(&predictions.always, source),
        mixture_answer_error_points: predictions.error(&predictions.mixture, source),
    }
}

fn plays(song: &SeparatedSong, source: Source) -> bool {
    song.truth[source].contains(&true)
}

/// Precision, recall and F1 over the frames of all songs; `None` where they are undefined.
fn activity(songs: &[SeparatedSong], source: Source, thresholds: &Thresholds) -> [Option<f32>; 3] {
    let (mut hits, mut judged, mut playing) = (0_usize, 0_usize, 0_usize);
    for song in songs {
        let estimate = song.estimate(source, thresholds);
        let truth = &song.truth[source];
        let both = estimate.iter().zip(truth);
        hits += both.filter(|(a, b)| **a && **b).count();
        judged += estimate.iter().filter(|plays| **plays).count();
        playing += truth.iter().filter(|plays| **plays).count();
    }
    let share = |part: usize, whole: usize| (whole > 0).then(|| part as f32 / whole as f32);
    [
        share(hits, judged),
        share(hits, playing),
        share(2 * hits, judged + playing).filter(|_| playing > 0),
    ]
}

/// Mean over the sources that any song has.
fn mean_row(songs: &[SeparatedSong], sources: &PerSource<Summary>) -> Summary {
    let rows: Vec<&Summary> = sources.0.iter().filter(|row| row.songs > 0).collect();
    let mean = |value: fn(&Summary) -> Option<f32>| average(rows.iter().map(|row| value(row)));
    let points = |value: fn(&Summary) -> f32| {
        rows.iter().map(|row| value(row)).sum::<f32>() / rows.len().max(1) as f32
    };
    Summary {
        songs: songs.len(),
        si_sdr_db: mean(|row| row.si_sdr_db),
        si_sdr_improvement_db: mean(|row| row.si_sdr_improvement_db),
        sdr_db: mean(|row| row.sdr_db),
        mixture_si_sdr_db: mean(|row| row.mixture_si_sdr_db),
        mixture_sdr_db: mean(|row| row.mixture_sdr_db),
        oracle_si_sdr_db: mean(|row| row.oracle_si_sdr_db),
        oracle_sdr_db: mean(|row| row.oracle_sdr_db),
        oracle_share_percent: mean(|row| row.oracle_share_percent),
        leakage_db: mean(|row| row.leakage_db),
        activity_precision: mean(|row| row.activity_precision),
        activity_recall: mean(|row| row.activity_recall),
        activity_f1: mean(|row| row.activity_f1),
        present_truth_percent: mean(|row| row.present_truth_percent),
        present_estimate_percent: mean(|row| row.present_estimate_percent),
        absent_estimate_percent: mean(|row| row.absent_estimate_percent),
        interval_coverage_percent: mean(|row| row.interval_coverage_percent),
        interval_width_points: mean(|row| row.interval_width_points),
        prominence_error_points: points(|row| row.prominence_error_points),
        mean_answer_error_points: points(|row| row.mean_answer_error_points),
        always_answer_error_points: points(|row| row.always_answer_error_points),
        mixture_answer_error_points: points(|row| row.mixture_answer_error_points),
    }
}

/// Mean of the values that are not `None`.
fn average(values: impl Iterator<Item = Option<f32>>) -> Option<f32> {
    let (sum, count) = values
        .flatten()
        .fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f32)
}
