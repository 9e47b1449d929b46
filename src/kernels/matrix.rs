//! Matrix products in register tiles, on which all layers are built.

use super::simd::{LANES, Lanes, Level, Simd, strips};

/// A matrix whose columns are vectors' lanes, in the order of [`packed`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Columns<'a> {
    pub(super) depth: usize,
    /// Columns, in vectors.
    pub(super) width: usize,
    pub(super) values: &'a [Lanes],
}

impl<'a> Columns<'a> {
    #[inline(always)]
    fn panel<const N: usize>(self, column: usize) -> &'a [[Lanes; N]] {
        self.values[self.depth * column..][..self.depth * N]
            .as_chunks()
            .0
    }
}

/// The order in which products read a matrix of `depth` rows and `width` vectors of columns: panels of as many vectors
/// as [`Simd::COLUMNS`], then single ones, each `[depth][vector]`. `value(k, column)` is what each lane is.
pub(super) fn packed<T>(
    level: Level,
    [depth, width]: [usize; 2],
    value: impl Fn(usize, usize) -> T,
) -> Vec<[T; LANES]> {
    let [_, panel] = level.tile();
    let mut values = Vec::with_capacity(depth * width);
    let mut first = 0;
    while first < width {
        let vectors = if width - first >= panel { panel } else { 1 };
        for k in 0..depth {
            for vector in first..first + vectors {
                values.push(std::array::from_fn(|lane| value(k, vector * LANES + lane)));
            }
        }
        first += vectors;
    }
    values
}

/// A matrix whose rows are vectors' factors: strips as [`strips`] has them, each `[depth][row]`.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    depth: usize,
    /// Rows.
    pub(super) height: usize,
    values: Vec<f32>,
}

impl Rows {
    /// Packs `value(row, k)`, `k` below `depth`.
    pub(super) fn pack(
        level: Level,
        [height, depth]: [usize; 2],
        value: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let [largest, _] = level.tile();
        let mut values = Vec::with_capacity(height * depth);
        let mut first = 0;
        for rows in strips(height, largest) {
            for k in 0..depth {
                values.extend((first..first + rows).map(|row| value(row, k)));
            }
            first += rows;
        }
        Self {
            depth,
            height,
            values,
        }
    }

    #[inline(always)]
    fn strip<const M: usize>(&self, row: usize) -> &[[f32; M]] {
        self.values[self.depth * row..][..self.depth * M]
            .as_chunks()
            .0
    }
}

/// `sums[m][n]` plus, over k, `rows[(row + m) * stride + k]` times column `column + n`'s k-th vector. The rows may
/// overlap.
#[inline(always)]
pub(super) fn add_rows_by_columns<S: Simd, const M: usize, const N: usize>(
    simd: S,
    mut sums: [[S::Vector; N]; M],
    (rows, stride, row): (&[f32], usize, usize),
    (columns, column): (Columns<'_>, usize),
) -> [[S::Vector; N]; M] {
    let panel = columns.panel::<N>(column);
    let depth = panel.len();
    let mut starts: [&[f32]; M] = [&[]; M];
    for m in 0..M {
        starts[m] = &rows[(row + m) * stride..][..depth];
    }
    for k in 0..depth {
        let mut vectors = [simd.splat(0.0); N];
        for n in 0..N {
            vectors[n] = simd.load(&panel[k][n]);
        }
        for m in 0..M {
            let factor = simd.splat(starts[m][k]);
            for n in 0..N {
                sums[m][n] = simd.mul_add(factor, vectors[n], sums[m][n]);
            }
        }
    }
    sums
}

/// `sums[m][n]` plus, over k, row `row + m`'s k-th value times `vectors[k * stride + column + n]`.
#[inline(always)]
pub(super) fn add_packed_rows<S: Simd, const M: usize, const N: usize>(
    simd: S,
    mut sums: [[S::Vector; N]; M],
    (rows, row): (&Rows, usize),
    (vectors, stride, column): (&[Lanes], usize, usize),
) -> [[S::Vector; N]; M] {
    let pixels = vectors[column..].chunks(stride);
    for (factors, pixel) in rows.strip::<M>(row).iter().zip(pixels) {
        let pixel = &pixel[..N];
        let mut columns = [simd.splat(0.0); N];
        for n in 0..N {
            columns[n] = simd.load(&pixel[n]);
        }
        for m in 0..M {
            let factor = simd.splat(factors[m]);
            for n in 0..N {
                sums[m][n] = simd.mul_add(factor, columns[n], sums[m][n]);
            }
        }
    }
    sums
}
