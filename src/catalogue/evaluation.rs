//! Evaluates the recommendations of a catalogue, with every song in turn as the query.

use std::cmp::Ordering;

use serde::Serialize;

use super::{Catalogue, Covariance, Distribution, Measure, Track};
use crate::source::PerSource;

/// Recommendations for each query.
pub const TOP: usize = 10;

/// Largest catalogue that is evaluated whole: the scores of all pairs must fit in memory.
const MOST_SONGS: usize = 5000;

/// Scores closer than this count as equal.
pub const SAME_SCORE: f64 = 0.01;

/// Results of one similarity measure on one catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Evaluation {
    /// The measure.
    pub measure: Measure,
    /// How often the most recommended song is recommended; [`TOP`] if all were recommended equally often.
    pub most_often: usize,
    /// Hubness: skewness of how often songs are recommended; 0 is symmetric, above 1 there are hubs (Radovanović et al.
    /// 2010).
    pub hubness: f64,
    /// Share of the songs that are never recommended.
    pub never: f64,
    /// Distribution of the scores of all pairs of songs.
    pub scores: Distribution,
    /// Share of the songs whose [`TOP`] recommendations have scores within [`SAME_SCORE`] of one another.
    pub saturated: f64,
    /// Agreement with the true ranking, if known.
    pub truth: Option<Agreement>,
}

/// Agreement with rankings by true prominences: Spearman's rank correlation, averaged over all songs with known truth
/// as queries.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Agreement {
    /// Number of songs.
    pub songs: usize,
    /// With the ranking by the same measure of the true prominences.
    pub same_measure: f64,
    /// With the ranking by their Euclidean distance.
    pub euclidean: f64,
    /// With the ranking by their cosine similarity.
    pub cosine: f64,
}

/// Evaluates every measure, on evenly spaced songs for catalogues of more than 5,000. Empty for catalogues of at most
/// [`TOP`] songs, where everything is recommended.
pub fn evaluate(catalogue: &Catalogue) -> Vec<Evaluation> {
    let step = catalogue.tracks.len().div_ceil(MOST_SONGS).max(1);
    let part = Catalogue {
        tracks: catalogue.tracks.iter().step_by(step).cloned().collect(),
        ..Catalogue::new(catalogue.model_id.as_str())
    };
    evaluate_whole(&part)
}

fn evaluate_whole(catalogue: &Catalogue) -> Vec<Evaluation> {
    let covariance = Covariance::of(catalogue);
    let truth = Truth::of(catalogue);
    let evaluate_one = |measure| {
        let count = catalogue.tracks.len();
        let mut recommended = vec![0_usize; count];
        let (mut pairs, mut saturated) = (Vec::new(), 0);
        for (position, track) in catalogue.tracks.iter().enumerate() {
            let best = best_of(catalogue, position, |other| {
                covariance.score(measure, &track.prominence, &other.prominence)
            });
            let ten = &best[..best.len().min(TOP)];
            ten.iter().for_each(|&(other, _)| recommended[other] += 1);
            let range = ten
                .first()
                .zip(ten.last())
                .map(|(first, last)| first.1 - last.1);
            saturated += usize::from(range.is_some_and(|range| range < SAME_SCORE));
            pairs.extend(best.into_iter().map(|(_, score)| score));
        }
        let share = |part: usize| part as f64 / count.max(1) as f64;
        Evaluation {
            measure,
            most_often: recommended.iter().copied().max().unwrap_or(0),
            hubness: skewness(&recommended),
            never: share(recommended.iter().filter(|&&times| times == 0).count()),
            scores: Distribution::of(pairs),
            saturated: share(saturated),
            truth: truth
                .as_ref()
                .map(|truth| truth.agreement(&covariance, measure)),
        }
    };
    Measure::ALL.map(evaluate_one).to_vec()
}

/// The other songs with their scores, best first; ties in the catalogue's order.
fn best_of(
    catalogue: &Catalogue,
    position: usize,
    score: impl Fn(&Track) -> f64,
) -> Vec<(usize, f64)> {
    let others = catalogue.tracks.iter().enumerate();
    let mut others: Vec<(usize, f64)> = others
        .filter(|(other, _)| *other != position)
        .map(|(other, track)| (other, score(track)))
        .collect();
    others.sort_by(|a, b| b.1.total_cmp(&a.1));
    others
}

/// Third standardised moment; 0 if all values are equal.
fn skewness(counts: &[usize]) -> f64 {
    let values: Vec<f64> = counts.iter().map(|&count| count as f64).collect();
    let length = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / length;
    let moment = |power| {
        values
            .iter()
            .map(|value| (value - mean).powi(power))
            .sum::<f64>()
            / length
    };
    let deviation = moment(2).sqrt();
    if deviation > 0.0 {
        moment(3) / deviation.powi(3)
    } else {
        0.0
    }
}

/// Songs whose true prominences are known.
struct Truth {
    estimated: Vec<PerSource<f32>>,
    known: Vec<PerSource<f32>>,
    /// Their distribution.
    covariance: Covariance,
}

impl Truth {
    /// `None` with fewer than three such songs, too few for a ranking.
    fn of(catalogue: &Catalogue) -> Option<Self> {
        let tracks = catalogue.tracks.iter();
        let (estimated, known): (Vec<_>, Vec<_>) = tracks
            .filter_map(|track| Some((track.prominence, track.true_prominence?)))
            .unzip();
        let track = |&prominence: &PerSource<f32>| Track {
            prominence,
            ..Track::default()
        };
        let truth = Catalogue {
            tracks: known.iter().map(track).collect(),
            ..Catalogue::new("")
        };
        (known.len() >= 3).then(|| Self {
            covariance: Covariance::of(&truth),
            estimated,
            known,
        })
    }

    fn agreement(&self, covariance: &Covariance, measure: Measure) -> Agreement {
        let with = |true_measure| {
            let estimated = |a: usize, b: usize| {
                covariance.score(measure, &self.estimated[a], &self.estimated[b])
            };
            let known = |a: usize, b: usize| {
                self.covariance
                    .score(true_measure, &self.known[a], &self.known[b])
            };
            mean_rank_correlation(self.known.len(), estimated, known)
        };
        Agreement {
            songs: self.known.len(),
            same_measure: with(measure),
            euclidean: with(Measure::Euclidean),
            cosine: with(Measure::Cosine),
        }
    }
}

/// Agreement of two similarity functions: Spearman's rank correlation of their rankings, averaged over `count` songs as
/// queries. Both functions take the positions of two songs.
pub fn mean_rank_correlation(
    count: usize,
    one: impl Fn(usize, usize) -> f64,
    other: impl Fn(usize, usize) -> f64,
) -> f64 {
    let correlation = |song: usize| {
        let others = || (0..count).filter(move |&another| another != song);
        let ones: Vec<f64> = others().map(|another| one(song, another)).collect();
        let others: Vec<f64> = others().map(|another| other(song, another)).collect();
        rank_correlation(&ones, &others)
    };
    (0..count).map(correlation).sum::<f64>() / count.max(1) as f64
}

/// Spearman's rank correlation, with mean ranks for ties; 0 if either is constant.
pub(super) fn rank_correlation(a: &[f64], b: &[f64]) -> f64 {
    let (a, b) = (ranks(a), ranks(b));
    let middle = (a.len() as f64 - 1.0) / 2.0;
    let product = |x: &[f64], y: &[f64]| -> f64 {
        x.iter()
            .zip(y)
            .map(|(x, y)| (x - middle) * (y - middle))
            .sum()
    };
    let norms = (product(&a, &a) * product(&b, &b)).sqrt();
    if norms > 0.0 {
        product(&a, &b) / norms
    } else {
        0.0
    }
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let below = |value: f64, order: Ordering| {
        values
            .iter()
            .filter(|other| other.total_cmp(&value) == order)
            .count() as f64
    };
    let rank =
        |&value: &f64| below(value, Ordering::Less) + (below(value, Ordering::Equal) - 1.0) / 2.0;
    values.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_share_ties_and_correlate() {
        assert_eq!(ranks(&[0.5, 0.1, 0.5, 0.9]), [1.5, 0.0, 1.5, 3.0]);
        let rising = [1.0, 2.0, 3.0, 9.0];
        assert_eq!(rank_correlation(&rising, &[0.1, 0.2, 0.3, 0.4]), 1.0);
        assert_eq!(rank_correlation(&rising, &[4.0, 3.0, 2.0, 1.0]), -1.0);
        assert_eq!(rank_correlation(&rising, &[1.0; 4]), 0.0);
    }

    #[test]
    fn skewness_finds_hubs() {
        assert_eq!(skewness(&[3, 3, 3]), 0.0);
        assert_eq!(skewness(&[1, 2, 3]), 0.0);
        assert!(skewness(&[0, 0, 0, 0, 0, 0, 0, 9]) > 2.0);
    }

    fn catalogue(
        songs: impl IntoIterator<Item = [f32; 5]>,
        is_true: fn([f32; 5]) -> bool,
    ) -> Catalogue {
        let track = |song| Track {
            prominence: PerSource(song),
            true_prominence: is_true(song).then_some(PerSource(song)),
            ..Track::default()
        };
        Catalogue {
            tracks: songs.into_iter().map(track).collect(),
            ..Catalogue::new("m")
        }
    }

    #[test]
    fn proportional_songs_saturate_the_cosine_and_not_the_distances() {
        let loud = |n: usize| (n + 1) as f32 / 40.0;
        let songs = (0..40).map(|n| [loud(n), loud(n) / 2.0, 0.0, 0.0, loud(n)]);
        let found = evaluate(&catalogue(songs, |_| true));
        let by = |measure| {
            found
                .iter()
                .find(|found| found.measure == measure)
                .expect("all measures")
        };
        assert_eq!(by(Measure::Cosine).saturated, 1.0);
        assert_eq!(by(Measure::Euclidean).saturated, 0.0);
        let truth = by(Measure::Euclidean).truth.expect("known");
        assert_eq!((truth.songs, truth.same_measure), (40, 1.0));
        assert!(by(Measure::Cosine).truth.expect("known").euclidean.abs() < 0.5);
    }

    #[test]
    fn a_song_in_the_middle_is_a_hub_and_outsiders_are_never_recommended() {
        // Eleven songs close together, and ten each on its own far from all others.
        let near = (0..11).map(|n| [0.5 + n as f32 / 1000.0, 0.5, 0.5, 0.5, 0.5]);
        let far = (0..10).map(|n| [1.0, n as f32 / 9.0, 0.0, 1.0, 0.0]);
        let found = evaluate(&catalogue(near.chain(far), |_| false));
        let euclidean = found[2];
        assert_eq!(euclidean.measure, Measure::Euclidean);
        assert!(euclidean.most_often > TOP && euclidean.truth.is_none());
    }

    #[test]
    fn small_catalogues_are_no_trouble() {
        for count in 0..3 {
            let songs = (0..count).map(|n| [n as f32 / 3.0; 5]);
            assert_eq!(
                evaluate(&catalogue(songs, |_| true)).len(),
                Measure::ALL.len()
            );
        }
    }
}
