//! Evaluates the order of the lists against that by the true prominences, with every song whose truth is known as the
//! query and the others as the catalogue.

use serde::Serialize;

use super::evaluation::rank_correlation;
use super::{Catalogue, Query, TOP, Track, distance, rank_all, rank_all_within};
use crate::source::PerSource;

/// Samples that intervals are estimated from (Efron and Tibshirani 1993 ask for a thousand).
const RESAMPLES: usize = 1000;
/// Share of the resamples' means that lies within an interval.
const CONFIDENCE: f64 = 0.95;

/// A way to order a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListOrder {
    /// By the cosine to its last digit.
    Paper,
    /// By the cosine; scores that differ by less than the prominences' error explains, by distance.
    EqualsByDistance,
    /// By distance alone.
    Distance,
}

impl ListOrder {
    /// All of them, the paper's first.
    pub const ALL: [Self; 3] = [Self::Paper, Self::EqualsByDistance, Self::Distance];

    /// As it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paper => "cosine (the paper)",
            Self::EqualsByDistance => "equals by distance",
            Self::Distance => "distance alone",
        }
    }
}

/// A mean over songs, with the interval in which 95 % of the means over resampled songs lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Interval {
    /// The mean.
    pub mean: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// How well lists agree with the truth's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct OrderAgreement {
    /// Share of the ten best that are among the truth's ten best.
    pub top10_overlap: Interval,
    /// Normalised discounted cumulative gain of the ten best (Järvelin and Kekäläinen 2002): the truth's best song
    /// counts 10, its tenth 1, all others nothing.
    pub ndcg10: Interval,
    /// Spearman's rank correlation of the whole list.
    pub rank_correlation: Interval,
}

/// How one order does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OrderScores {
    /// The order.
    pub order: ListOrder,
    /// Songs whose truth is known.
    pub songs: usize,
    /// Agreement with the true prominences' order by cosine.
    pub true_cosine: OrderAgreement,
    /// Agreement with the true prominences' order by Euclidean distance.
    pub true_distance: OrderAgreement,
    /// How much more [`Self::true_cosine`] it has than the paper's order, song by song.
    pub cosine_gain: OrderAgreement,
    /// How much more [`Self::true_distance`] it has than the paper's order, song by song.
    pub distance_gain: OrderAgreement,
}

/// Scores each order on the songs whose truth is known; none with fewer than three of them. `error` is the mean absolute
/// error of the prominences.
pub fn evaluate_orders(catalogue: &Catalogue, error: &PerSource<f32>) -> Vec<OrderScores> {
    let known = catalogue.tracks.iter();
    let known: Vec<(PerSource<f32>, PerSource<f32>)> = known
        .filter_map(|track| Some((track.prominence, track.true_prominence?)))
        .collect();
    if known.len() < 3 {
        return Vec::new();
    }
    let estimates: Vec<Track> = known.iter().map(|(estimate, _)| track(*estimate)).collect();
    let truths: Vec<Track> = known.iter().map(|(_, truth)| track(*truth)).collect();
    let values = |order, true_order| -> Vec<[f64; 3]> {
        (0..known.len())
            .map(|song| {
                let got = list(&estimates, song, order, error);
                let ideal = list(&truths, song, true_order, error);
                agreement(&got, &ideal)
            })
            .collect()
    };
    let less = |a: &[[f64; 3]], b: &[[f64; 3]]| -> Vec<[f64; 3]> {
        let pairs = a.iter().zip(b);
        pairs
            .map(|(a, b)| std::array::from_fn(|n| a[n] - b[n]))
            .collect()
    };
    let truths_orders = [ListOrder::Paper, ListOrder::Distance];
    let paper = truths_orders.map(|truth| values(ListOrder::Paper, truth));
    let score = |order| {
        let [by_cosine, by_distance] = truths_orders.map(|truth| values(order, truth));
        OrderScores {
            order,
            songs: known.len(),
            true_cosine: summary(&by_cosine),
            true_distance: summary(&by_distance),
            cosine_gain: summary(&less(&by_cosine, &paper[0])),
            distance_gain: summary(&less(&by_distance, &paper[1])),
        }
    };
    ListOrder::ALL.map(score).to_vec()
}

fn track(prominence: PerSource<f32>) -> Track {
    Track {
        prominence,
        ..Track::default()
    }
}

/// The other songs in one order, best first.
fn list(tracks: &[Track], song: usize, order: ListOrder, error: &PerSource<f32>) -> Vec<usize> {
    let query = Query::all(tracks[song].prominence);
    let found = match order {
        ListOrder::EqualsByDistance => rank_all_within(tracks, &query, error),
        _ => rank_all(tracks, &query),
    };
    let others = found.into_iter().map(|found| found.index);
    let mut others: Vec<usize> = others.filter(|&index| index != song).collect();
    if order == ListOrder::Distance {
        others.sort_by(|&a, &b| {
            let apart = |song: usize| distance(&query, &tracks[song].prominence);
            apart(a).total_cmp(&apart(b))
        });
    }
    others
}

/// Overlap and gain of the ten best, and the correlation of all places.
fn agreement(got: &[usize], ideal: &[usize]) -> [f64; 3] {
    let top = TOP.min(ideal.len());
    let best = &ideal[..top];
    let common = got[..top].iter().filter(|song| best.contains(song)).count();
    let gain = |list: &[usize]| -> f64 {
        let worth = |song: &usize| {
            let place = best.iter().position(|other| other == song);
            place.map_or(0, |place| top - place) as f64
        };
        let places = list[..top].iter().zip(2_u32..);
        places
            .map(|(song, place)| worth(song) / f64::from(place).log2())
            .sum()
    };
    let places = |list: &[usize]| {
        let mut places = vec![0.0; list.len() + 1];
        for (place, &song) in list.iter().enumerate() {
            places[song] = place as f64;
        }
        places
    };
    // The asking song, which is in neither list, has place 0 in both: left out.
    let asking = (0..=ideal.len()).find(|song| !ideal.contains(song));
    let without = |mut places: Vec<f64>| {
        if let Some(asking) = asking {
            places.remove(asking);
        }
        places
    };
    let (got_places, ideal_places) = (without(places(got)), without(places(ideal)));
    [
        common as f64 / top as f64,
        gain(got) / gain(ideal),
        rank_correlation(&got_places, &ideal_places),
    ]
}

fn summary(values: &[[f64; 3]]) -> OrderAgreement {
    let column = |n: usize| interval(&values.iter().map(|row| row[n]).collect::<Vec<_>>());
    OrderAgreement {
        top10_overlap: column(0),
        ndcg10: column(1),
        rank_correlation: column(2),
    }
}

/// The bootstrap's percentile interval, from random numbers that are the same each time.
fn interval(values: &[f64]) -> Interval {
    let count = values.len();
    let mut state = 1_u64;
    let mut draw = || {
        // Knuth's MMIX generator; its high bits are the random ones.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as usize) % count
    };
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| (0..count).map(|_| values[draw()]).sum::<f64>() / count as f64)
        .collect();
    means.sort_by(f64::total_cmp);
    let outside = ((1.0 - CONFIDENCE) / 2.0 * RESAMPLES as f64) as usize;
    Interval {
        mean: values.iter().sum::<f64>() / count as f64,
        low: means[outside],
        high: means[RESAMPLES - 1 - outside],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(noise: f32) -> Catalogue {
        let mut state = 7_u32;
        let mut random = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32
        };
        let song = |_| {
            let truth = PerSource::from_fn(|_| random());
            let heard = truth.map(|share| (share + noise * (random() - 0.5)).clamp(0.0, 1.0));
            Track {
                true_prominence: Some(truth),
                ..track(heard)
            }
        };
        Catalogue {
            tracks: (0..60).map(song).collect(),
            ..Catalogue::new("m")
        }
    }

    #[test]
    fn without_error_each_order_is_its_own_truths() {
        let scores = evaluate_orders(&catalogue(0.0), &PerSource::default());
        let perfect = |agreement: &OrderAgreement| {
            let means = [
                agreement.top10_overlap.mean,
                agreement.ndcg10.mean,
                agreement.rank_correlation.mean,
            ];
            means.iter().all(|mean| (mean - 1.0).abs() < 1e-9)
        };
        assert!(perfect(&scores[0].true_cosine) && perfect(&scores[2].true_distance));
        assert_eq!(scores[0].true_cosine, scores[1].true_cosine);
        assert!(!perfect(&scores[0].true_distance));
        assert_eq!(scores[0].distance_gain, OrderAgreement::default());
    }

    #[test]
    fn with_errors_equals_by_distance_are_nearer_to_the_true_distance() {
        let scores = evaluate_orders(&catalogue(0.3), &PerSource([0.075; 5]));
        let [paper, near, _] = scores[..] else {
            panic!("three orders");
        };
        assert!(near.true_distance.ndcg10.mean > paper.true_distance.ndcg10.mean);
        assert!(near.distance_gain.ndcg10.low > 0.0);
        let Interval { mean, low, high } = near.true_distance.ndcg10;
        assert!(low < mean && mean < high && high - low < 0.2);
    }

    #[test]
    fn few_known_songs_say_nothing() {
        let mut few = catalogue(0.1);
        few.tracks.truncate(2);
        assert!(evaluate_orders(&few, &PerSource::default()).is_empty());
    }
}
