//! The same scores as other people's programs give, on values frozen by `scripts/metrics_goldens.py`.
#![cfg(feature = "train")]

use deepmelody::{
    model::PredictionIntervals,
    prominence::Thresholds,
    source::{PerSource, Source},
    train::evaluate::{
        Baselines, Estimation, RankingAgreement, SeparatedSong, ranking_agreement, score_song,
        summarise,
    },
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Goldens {
    separation: Separation,
    activity: Activity,
    rankings: Rankings,
}

#[derive(Deserialize)]
struct Separation {
    length: usize,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    si_sdr_db: f32,
    sdr_db: f32,
    mixture_si_sdr_db: f32,
    mixture_sdr_db: f32,
    oracle_si_sdr_db: f32,
    oracle_sdr_db: f32,
}

/// `[song][frame][source]`, 1 where it plays; scores a source.
#[derive(Deserialize)]
struct Activity {
    truth: Vec<Vec<[u8; Source::COUNT]>>,
    estimate: Vec<Vec<[u8; Source::COUNT]>>,
    precision: [f32; Source::COUNT],
    recall: [f32; Source::COUNT],
    f1: [f32; Source::COUNT],
    error_points: [f32; Source::COUNT],
}

/// Prominences a song; overlap and nDCG.
#[derive(Deserialize)]
struct Rankings {
    truth: Vec<PerSource<f32>>,
    estimate: Vec<PerSource<f32>>,
    all: [f32; 2],
    sources: [[f32; 2]; Source::COUNT],
}

fn goldens() -> Goldens {
    serde_json::from_str(include_str!("goldens/metrics.json")).expect("goldens are readable")
}

/// The script's noise: integers alone, then the running mean over `smooth` samples.
fn noise(seed: u32, length: usize, smooth: usize) -> Vec<f64> {
    let mut state = seed;
    let white: Vec<f64> = (0..length)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (f64::from(state >> 16) - 32_768.0) / 32_768.0
        })
        .collect();
    (0..length)
        .map(|end| {
            white[(end + 1).saturating_sub(smooth)..=end]
                .iter()
                .sum::<f64>()
                / smooth as f64
        })
        .collect()
}

fn weighted_sum(parts: &[(f64, &[f64])]) -> Vec<f32> {
    let sample = |n: usize| {
        parts
            .iter()
            .map(|(weight, part)| weight * part[n])
            .sum::<f64>() as f32
    };
    (0..parts[0].1.len()).map(sample).collect()
}

fn near(got: f32, expected: f32, tolerance: f32) {
    assert!(
        (got - expected).abs() < tolerance,
        "{got}, expected {expected}"
    );
}

#[test]
fn separation_is_scored_as_fast_bss_eval_and_scikit_learn_do() {
    let Separation { length, rows } = goldens().separation;
    let levels = [1.0, 0.8, 1.5, 0.6, 1.2];
    let parts: Vec<Vec<f64>> = (0..Source::COUNT)
        .map(|seed| noise(seed as u32 + 1, length, 1 + 3 * seed))
        .collect();
    let part = |source: usize| {
        (
            levels[source % Source::COUNT],
            &parts[source % Source::COUNT][..],
        )
    };
    let stem = |source: Source| weighted_sum(&[part(source.index())]);
    let estimate = |source: Source| {
        let (own, next) = (part(source.index()), part(source.index() + 1));
        weighted_sum(&[(0.7 * own.0, own.1), (0.2 * next.0, next.1)])
    };
    let mixture = weighted_sum(&[0, 1, 2, 3, 4].map(part));
    let (estimates, stems) = (PerSource::from_fn(estimate), PerSource::from_fn(stem));
    let scores = score_song(&estimates, &stems, &mixture);
    for (got, expected) in scores.0.iter().zip(rows) {
        for (got, expected) in [
            (got.si_sdr_db, expected.si_sdr_db),
            (got.sdr_db, expected.sdr_db),
            (got.mixture_si_sdr_db, expected.mixture_si_sdr_db),
            (got.mixture_sdr_db, expected.mixture_sdr_db),
            (got.oracle_si_sdr_db, expected.oracle_si_sdr_db),
            (got.oracle_sdr_db, expected.oracle_sdr_db),
        ] {
            near(got.expect("a score"), expected, 2e-3);
        }
        assert_eq!(got.leakage_db, None);
    }
}

fn thresholds() -> Thresholds {
    Thresholds {
        relative_to_song_db: PerSource([-20.0; Source::COUNT]),
        db_per_logit: 0.0,
        smooth_frames: 1,
    }
}

fn estimation<'a>(
    thresholds: &'a Thresholds,
    intervals: Option<&'a PredictionIntervals>,
) -> Estimation<'a> {
    Estimation {
        thresholds,
        intervals,
    }
}

fn baselines() -> Baselines {
    Baselines {
        mean_prominence: PerSource([0.5; Source::COUNT]),
        mixture_thresholds: thresholds(),
    }
}

/// A song whose estimate plays in the frames of `estimate`, by the thresholds above.
fn song(truth: &[[u8; 5]], estimate: &[[u8; 5]]) -> SeparatedSong {
    let level = |plays: u8| if plays == 1 { 1.0 } else { 1e-6 };
    let column = |frames: &[[u8; 5]], source: Source| -> Vec<u8> {
        frames.iter().map(|frame| frame[source.index()]).collect()
    };
    SeparatedSong {
        name: String::new(),
        separation: PerSource::default(),
        mixture_rms: vec![1.0; truth.len()],
        stem_rms: PerSource::from_fn(|source| {
            column(estimate, source).into_iter().map(level).collect()
        }),
        activity_logits: PerSource::default(),
        truth: PerSource::from_fn(|source| {
            column(truth, source)
                .into_iter()
                .map(|plays| plays == 1)
                .collect()
        }),
    }
}

#[test]
fn activity_is_scored_as_scikit_learn_does() {
    let golden = goldens().activity;
    let pairs = golden.truth.iter().zip(&golden.estimate);
    let songs: Vec<_> = pairs
        .map(|(truth, estimate)| song(truth, estimate))
        .collect();
    let scores = summarise(&songs, estimation(&thresholds(), None), &baselines());
    for (source, row) in scores.sources.iter() {
        let index = source.index();
        near(
            row.activity_precision.expect("a share"),
            golden.precision[index],
            1e-4,
        );
        near(
            row.activity_recall.expect("a share"),
            golden.recall[index],
            1e-4,
        );
        near(row.activity_f1.expect("a share"), golden.f1[index], 1e-4);
        near(
            row.prominence_error_points,
            golden.error_points[index],
            1e-2,
        );
    }
    let mean = golden.error_points.iter().sum::<f32>() / 5.0;
    near(scores.mean.prominence_error_points, mean, 1e-2);
    // The mixture is as loud throughout: judged by it, everything always plays.
    near(
        scores.mean.mixture_answer_error_points,
        scores.mean.always_answer_error_points,
        1e-3,
    );
}

#[test]
fn rankings_are_scored_as_scikit_learn_does() {
    let golden = goldens().rankings;
    let row = ranking_agreement(&golden.estimate, &golden.truth);
    let check = |got: RankingAgreement, [overlap, ndcg]: [f32; 2]| {
        near(got.top10_overlap, overlap, 1e-4);
        near(got.ndcg10, ndcg, 1e-4);
    };
    check(row.all, golden.all);
    for (got, expected) in row.sources.0.into_iter().zip(golden.sources) {
        check(got, expected);
    }
    let perfect = ranking_agreement(&golden.truth, &golden.truth);
    assert!((perfect.all.top10_overlap - 1.0).abs() < 1e-5);
    assert!((perfect.all.ndcg10 - 1.0).abs() < 1e-5);
}

#[test]
fn sources_that_no_song_has_are_left_out_of_the_mean() {
    let (truth, estimate) = ([[1, 0, 0, 0, 0]; 8], [[1, 1, 0, 0, 0]; 8]);
    let scores = summarise(
        &[song(&truth, &estimate)],
        estimation(&thresholds(), None),
        &baselines(),
    );
    assert_eq!(scores.sources[Source::Piano].songs, 0);
    assert_eq!(scores.sources[Source::Piano].activity_f1, None);
    near(
        scores.sources[Source::Piano].prominence_error_points,
        100.0,
        1e-3,
    );
    near(scores.mean.prominence_error_points, 0.0, 1e-3);
    near(scores.mean.activity_f1.expect("of the guitar"), 1.0, 1e-6);
    assert_eq!(scores.mean.si_sdr_db, None);
}

#[test]
fn intervals_are_scored_by_how_many_truths_they_hold_and_their_width() {
    // The guitar is estimated right in one song, in the other half of it too much.
    let frames = |guitar: usize| -> Vec<[u8; 5]> {
        let plays = |frame| [u8::from(frame < guitar), 0, 0, 0, 1];
        (0..8).map(plays).collect()
    };
    let songs = [song(&frames(4), &frames(4)), song(&frames(4), &frames(8))];
    let intervals = PredictionIntervals {
        coverage_percent: 80.0,
        at_estimates: PerSource::from_fn(|_| [[0.0, 0.25], [0.75, 1.0]].map(Into::into).to_vec()),
    };
    let thresholds = thresholds();
    let scores = summarise(
        &songs,
        estimation(&thresholds, Some(&intervals)),
        &baselines(),
    );
    let guitar = &scores.sources[Source::Guitar];
    near(
        guitar.interval_coverage_percent.expect("a share"),
        50.0,
        1e-3,
    );
    // 0.375 to 0.625 around a half, 0.75 to 1 around the whole.
    near(guitar.interval_width_points.expect("a width"), 25.0, 1e-3);
    let other = &scores.sources[Source::Other];
    near(
        other.interval_coverage_percent.expect("a share"),
        100.0,
        1e-3,
    );
    near(
        scores.mean.interval_coverage_percent.expect("of two"),
        75.0,
        1e-3,
    );
    let without = summarise(&songs, estimation(&thresholds, None), &baselines());
    assert_eq!(without.mean.interval_coverage_percent, None);
}
