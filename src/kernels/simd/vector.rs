//! What processors have in common: a vector of eight floats, and matrix products in register tiles.

/// Floats of a vector, on every processor: activations and weights lie in the same order everywhere.
pub const LANES: usize = 8;

/// A vector in memory.
pub type Lanes = [f32; LANES];

/// What a processor can do with vectors. Methods are inlined into [`Simd::run`], which alone switches instructions on;
/// called from elsewhere they are slow.
pub trait Simd: Copy {
    /// A vector in registers.
    type Vector: Copy;

    /// Rows of a matrix product that are worked on at once.
    const ROWS: usize;
    /// Vectors of a matrix product's columns that are worked on at once. With [`Simd::ROWS`], the largest tile whose
    /// sums stay in registers.
    const COLUMNS: usize;

    /// From memory.
    fn load(self, from: &Lanes) -> Self::Vector;
    /// To memory.
    fn store(self, vector: Self::Vector, to: &mut Lanes);
    /// The same value in every lane.
    fn splat(self, value: f32) -> Self::Vector;
    /// a + b.
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a - b.
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a * b.
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The larger of both; which one where either is NaN depends on the processor.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a * b + sum, rounded once or twice.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, sum: Self::Vector) -> Self::Vector;

    /// Calls `tile` for all of `rows` x `columns` (in vectors), [`Simd::ROWS`] x [`Simd::COLUMNS`] at a time.
    fn cover<T: Tile>(self, tile: &mut T, rows: usize, columns: usize);

    /// Runs `work` with this processor's instructions.
    fn run<W: Work>(self, work: W) -> W::Output;
}

/// Work on vectors. Implementations are `#[inline(always)]`, and so are the functions that they call with a [`Simd`]:
/// what is not inlined is compiled for any processor.
pub trait Work {
    /// What it gives.
    type Output;
    /// Does it.
    fn run<S: Simd>(self, simd: S) -> Self::Output;
}

/// Part of a matrix product whose sums stay in registers.
pub trait Tile {
    /// Computes `M` rows from `row` on and `N` vectors of columns from `column` on.
    fn run<S: Simd, const M: usize, const N: usize>(&mut self, simd: S, row: usize, column: usize);
}

/// Heights of the strips that `rows` rows are worked on in, where `largest` fit into registers.
pub fn strips(rows: usize, largest: usize) -> impl Iterator<Item = usize> {
    let mut left = rows;
    std::iter::from_fn(move || {
        let height = [largest, 4, 2, 1]
            .into_iter()
            .find(|height| *height <= left)?;
        left -= height;
        Some(height)
    })
}

/// [`Simd::cover`] by tiles of `M` x `N`; with the same strips as [`strips`].
#[inline(always)]
pub(super) fn cover<S: Simd, T: Tile, const M: usize, const N: usize>(
    simd: S,
    tile: &mut T,
    rows: usize,
    columns: usize,
) {
    let mut column = 0;
    while columns - column >= N {
        strip::<S, T, M, N>(simd, tile, rows, column);
        column += N;
    }
    while column < columns {
        strip::<S, T, M, 1>(simd, tile, rows, column);
        column += 1;
    }
}

#[inline(always)]
fn strip<S: Simd, T: Tile, const M: usize, const N: usize>(
    simd: S,
    tile: &mut T,
    rows: usize,
    column: usize,
) {
    let mut row = 0;
    while rows - row >= M {
        tile.run::<S, M, N>(simd, row, column);
        row += M;
    }
    if rows - row >= 4 {
        tile.run::<S, 4, N>(simd, row, column);
        row += 4;
    }
    if rows - row >= 2 {
        tile.run::<S, 2, N>(simd, row, column);
        row += 2;
    }
    if rows > row {
        tile.run::<S, 1, N>(simd, row, column);
    }
}
