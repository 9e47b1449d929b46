//! Alternative similarity measures, to be compared with the one in use.

use serde::Serialize;

use super::{Catalogue, Query, similarity};
use crate::source::{PerSource, Source};

const N: usize = Source::COUNT;

/// Regularisation added to each variance, for sources that hardly vary.
const RIDGE: f64 = 1e-4;

/// A similarity measure of prominences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Cosine similarity, the paper's.
    Cosine,
    /// Cosine similarity after subtracting the catalogue's mean.
    CentredCosine,
    /// Euclidean distance.
    Euclidean,
    /// Mahalanobis distance with the catalogue's covariance (Mahalanobis 1936).
    Mahalanobis,
}

impl Measure {
    /// All measures, the paper's first.
    pub const ALL: [Self; 4] = [
        Self::Cosine,
        Self::CentredCosine,
        Self::Euclidean,
        Self::Mahalanobis,
    ];

    /// Name in files and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cosine => "cosine",
            Self::CentredCosine => "centred cosine",
            Self::Euclidean => "Euclidean",
            Self::Mahalanobis => "Mahalanobis",
        }
    }
}

/// Mean and covariance of a catalogue's prominences.
#[derive(Clone, Debug)]
pub struct Covariance {
    mean: [f64; N],
    /// Lower triangle L of the covariance L L^T.
    factor: [[f64; N]; N],
}

impl Covariance {
    /// Of a catalogue's songs; mean 0 for an empty one.
    pub fn of(catalogue: &Catalogue) -> Self {
        let songs: Vec<[f64; N]> = catalogue
            .tracks
            .iter()
            .map(|track| track.prominence.0.map(f64::from))
            .collect();
        let count = songs.len().max(1) as f64;
        let mean = std::array::from_fn(|i| songs.iter().map(|song| song[i]).sum::<f64>() / count);
        let covariance = |i: usize, j: usize| {
            let products = songs
                .iter()
                .map(|song| (song[i] - mean[i]) * (song[j] - mean[j]));
            products.sum::<f64>() / count + if i == j { RIDGE } else { 0.0 }
        };
        Self {
            mean,
            factor: cholesky(&std::array::from_fn(|i| {
                std::array::from_fn(|j| covariance(i, j))
            })),
        }
    }

    /// Similarity of two songs, 1 for equal prominences. Cosines are at least -1 or 0; Euclidean distances are
    /// subtracted from the largest possible one, and Mahalanobis distances are mapped to 1 / (1 + distance).
    pub fn score(&self, measure: Measure, a: &PerSource<f32>, b: &PerSource<f32>) -> f64 {
        let from_mean = |song: &PerSource<f32>| -> [f64; N] {
            std::array::from_fn(|i| f64::from(song.0[i]) - self.mean[i])
        };
        let difference = std::array::from_fn(|i| f64::from(a.0[i]) - f64::from(b.0[i]));
        match measure {
            Measure::Cosine => f64::from(similarity(&Query::all(*a), b)),
            Measure::CentredCosine => cosine(&from_mean(a), &from_mean(b)),
            Measure::Euclidean => 1.0 - norm(&difference) / (N as f64).sqrt(),
            Measure::Mahalanobis => 1.0 / (1.0 + norm(&self.whitened(&difference))),
        }
    }

    /// Solves L x = `vector`.
    fn whitened(&self, vector: &[f64; N]) -> [f64; N] {
        let mut solved = [0.0; N];
        for i in 0..N {
            let known: f64 = (0..i).map(|j| self.factor[i][j] * solved[j]).sum();
            solved[i] = (vector[i] - known) / self.factor[i][i];
        }
        solved
    }
}

fn norm(vector: &[f64]) -> f64 {
    vector.iter().map(|value| value * value).sum::<f64>().sqrt()
}

/// Cosine similarity of two vectors of equal length, in [-1, 1]: 1 if both are zero, 0 if only one is.
pub fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let product: f64 = a.iter().zip(b).map(|(a, b)| a * b).sum();
    let norms = norm(a) * norm(b);
    if norms > 0.0 {
        (product / norms).clamp(-1.0, 1.0)
    } else {
        f64::from(u8::from(a == b))
    }
}

/// Cholesky factor of the positive definite `matrix`: the lower triangle L with L L^T = `matrix`.
fn cholesky(matrix: &[[f64; N]; N]) -> [[f64; N]; N] {
    let mut factor = [[0.0; N]; N];
    for i in 0..N {
        for j in 0..=i {
            let known: f64 = (0..j).map(|k| factor[i][k] * factor[j][k]).sum();
            let rest = matrix[i][j] - known;
            factor[i][j] = if i == j {
                rest.sqrt()
            } else {
                rest / factor[j][j]
            };
        }
    }
    factor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Track;

    fn catalogue(songs: &[[f32; N]]) -> Catalogue {
        let track = |&song: &[f32; N]| Track {
            prominence: PerSource(song),
            ..Track::default()
        };
        Catalogue {
            tracks: songs.iter().map(track).collect(),
            ..Catalogue::new("m")
        }
    }

    #[test]
    fn the_factor_gives_the_matrix_back() {
        let matrix: [[f64; N]; N] = std::array::from_fn(|i| {
            std::array::from_fn(|j| {
                if i == j {
                    6.0
                } else {
                    1.0 / (1 + i + j) as f64
                }
            })
        });
        let factor = cholesky(&matrix);
        for i in 0..N {
            for j in 0..N {
                let product: f64 = (0..N).map(|k| factor[i][k] * factor[j][k]).sum();
                assert!((product - matrix[i][j]).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_same_song_scores_highest_by_every_measure() {
        let songs = [
            [0.9, 0.1, 0.5, 0.7, 0.2],
            [0.1, 0.8, 0.4, 0.0, 0.6],
            [0.5, 0.5, 0.9, 0.9, 0.1],
        ];
        let covariance = Covariance::of(&catalogue(&songs));
        for measure in Measure::ALL {
            for a in songs.map(PerSource) {
                assert!(
                    (covariance.score(measure, &a, &a) - 1.0).abs() < 1e-9,
                    "{measure:?}"
                );
                for b in songs.map(PerSource).into_iter().filter(|b| *b != a) {
                    let score = covariance.score(measure, &a, &b);
                    assert!((-1.0..0.999).contains(&score), "{measure:?}: {score}");
                    assert!((score - covariance.score(measure, &b, &a)).abs() < 1e-9);
                }
            }
        }
    }

    #[test]
    fn mahalanobis_counts_in_the_catalogues_spread() {
        // Guitar varies ten times as much as piano: a step in guitar counts a tenth of one in piano.
        let songs = [
            [0.0, 0.5, 0.0, 0.0, 0.0],
            [1.0, 0.5, 0.0, 0.0, 0.0],
            [0.5, 0.45, 0.0, 0.0, 0.0],
            [0.5, 0.55, 0.0, 0.0, 0.0],
        ];
        let covariance = Covariance::of(&catalogue(&songs));
        let from = PerSource([0.5, 0.5, 0.0, 0.0, 0.0]);
        let score = |to: [f32; N]| covariance.score(Measure::Mahalanobis, &from, &PerSource(to));
        let guitar = score([0.6, 0.5, 0.0, 0.0, 0.0]);
        let piano = score([0.5, 0.6, 0.0, 0.0, 0.0]);
        assert!(guitar > 0.7 && piano < 0.35, "{guitar} {piano}");
    }
}
