//! Projects five shares to two coordinates by principal component analysis.

use super::MapPoint;
use crate::source::{PerSource, Source};

const N: usize = Source::COUNT;

type Matrix = [[f64; N]; N];

/// Sweeps of Jacobi's method, which converges quadratically: a 5 x 5 matrix needs about five.
const SWEEPS: usize = 16;

/// Loadings below this are not named.
const NOTABLE_LOADING: f64 = 0.35;

/// The plane of the greatest variance: the mean of the songs and the first two principal components.
#[derive(Clone, Debug, PartialEq)]
pub struct Projection {
    mean: [f64; N],
    axes: [[f64; N]; 2],
    explained: [f64; 2],
}

impl Projection {
    /// The principal components of the songs' shares. Deterministic to the bit for the same songs in the same order;
    /// the sign of each axis makes its largest component positive. Without songs, or if all are equal, the axes are the
    /// first two sources.
    pub fn of<'a>(songs: impl Iterator<Item = &'a PerSource<f32>> + Clone) -> Self {
        let count = songs.clone().count().max(1) as f64;
        let mean = std::array::from_fn(|i| {
            let shares = songs.clone().map(|song| f64::from(song.0[i]));
            shares.sum::<f64>() / count
        });
        let mut covariance = [[0.0; N]; N];
        for song in songs {
            let off = std::array::from_fn::<f64, N, _>(|i| f64::from(song.0[i]) - mean[i]);
            for (row, &own) in covariance.iter_mut().zip(&off) {
                row.iter_mut()
                    .zip(&off)
                    .for_each(|(cell, &other)| *cell += own * other / count);
            }
        }
        let components = eigenvectors(covariance);
        let total: f64 = components.iter().map(|(variance, _)| variance).sum();
        let share = |variance: f64| if total > 0.0 { variance / total } else { 0.0 };
        Self {
            mean,
            axes: [0, 1].map(|axis| with_fixed_sign(components[axis].1)),
            explained: [0, 1].map(|axis| share(components[axis].0)),
        }
    }

    /// A song's position.
    pub fn place(&self, song: &PerSource<f32>) -> [f32; 2] {
        self.axes.map(|axis| {
            let along = (0..N).map(|i| axis[i] * (f64::from(song.0[i]) - self.mean[i]));
            along.sum::<f64>() as f32
        })
    }

    /// A song's position and leading source.
    pub fn point(&self, song: &PerSource<f32>) -> MapPoint {
        let beyond = |source: &Source| f64::from(song[*source]) - self.mean[source.index()];
        // The first of ties, so that the result is deterministic.
        let leading = Source::ALL
            .into_iter()
            .rev()
            .max_by(|a, b| beyond(a).total_cmp(&beyond(b)));
        MapPoint {
            at: self.place(song),
            leading: leading.unwrap_or(Source::Other),
        }
    }

    /// Explained variance ratio of each axis, in [0, 1].
    pub fn explained(&self) -> [f64; 2] {
        self.explained
    }

    /// The sources with positive and with negative loadings on an axis (0 or 1), strongest first.
    pub fn meaning(&self, axis: usize) -> (Vec<Source>, Vec<Source>) {
        let loading = |source: &Source| self.axes[axis][source.index()];
        let mut sources = Source::ALL.to_vec();
        sources.sort_by(|a, b| loading(b).abs().total_cmp(&loading(a).abs()));
        sources
            .into_iter()
            .filter(|source| loading(source).abs() >= NOTABLE_LOADING)
            .partition(|source| loading(source) > 0.0)
    }
}

/// Eigenvalues of a symmetric matrix with their unit eigenvectors, largest first, by the cyclic Jacobi method (Golub
/// and Van Loan, Matrix Computations, section 8.5).
fn eigenvectors(mut matrix: Matrix) -> [(f64, [f64; N]); N] {
    let mut vectors: Matrix = [[0.0; N]; N];
    (0..N).for_each(|i| vectors[i][i] = 1.0);
    for _ in 0..SWEEPS {
        for p in 0..N {
            for q in p + 1..N {
                let Some((cosine, sine)) = rotation(&matrix, p, q) else {
                    continue;
                };
                rotate_columns(&mut matrix, p, q, cosine, sine);
                rotate_rows(&mut matrix, p, q, cosine, sine);
                rotate_columns(&mut vectors, p, q, cosine, sine);
            }
        }
    }
    let mut pairs = std::array::from_fn(|i| (matrix[i][i], vectors.map(|row| row[i])));
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0));
    pairs
}

/// The rotation that makes the entry (p, q) zero; `None` where it is zero already.
fn rotation(matrix: &Matrix, p: usize, q: usize) -> Option<(f64, f64)> {
    let entry = matrix[p][q];
    if entry.abs() <= f64::EPSILON * (matrix[p][p] * matrix[q][q]).abs().sqrt() {
        return None;
    }
    let tau = (matrix[q][q] - matrix[p][p]) / (2.0 * entry);
    let tangent = tau.signum() / (tau.abs() + tau.hypot(1.0));
    let cosine = 1.0 / tangent.hypot(1.0);
    Some((cosine, tangent * cosine))
}

fn rotate_columns(matrix: &mut Matrix, p: usize, q: usize, cosine: f64, sine: f64) {
    for row in matrix {
        (row[p], row[q]) = (
            cosine * row[p] - sine * row[q],
            sine * row[p] + cosine * row[q],
        );
    }
}

fn rotate_rows(matrix: &mut Matrix, p: usize, q: usize, cosine: f64, sine: f64) {
    let (upper, lower) = (matrix[p], matrix[q]);
    matrix[p] = std::array::from_fn(|i| cosine * upper[i] - sine * lower[i]);
    matrix[q] = std::array::from_fn(|i| sine * upper[i] + cosine * lower[i]);
}

/// Fixes the sign of an eigenvector so that its largest component is positive.
fn with_fixed_sign(axis: [f64; N]) -> [f64; N] {
    let mut largest = axis[0];
    for value in axis {
        // Clearly larger, so that the first of near ties decides.
        if value.abs() > largest.abs() * (1.0 + 1e-9) {
            largest = value;
        }
    }
    if largest < 0.0 {
        axis.map(|value| -value)
    } else {
        axis
    }
}
