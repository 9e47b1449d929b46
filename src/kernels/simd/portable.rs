//! Eight floats in plain Rust: for processors without more, and to hold the others against.

use super::vector::{Lanes, Simd, Tile, Work, cover};

/// No special instructions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Portable;

#[inline(always)]
fn each(a: Lanes, b: Lanes, apply: impl Fn(f32, f32) -> f32) -> Lanes {
    let mut out = a;
    for (out, b) in out.iter_mut().zip(b) {
        *out = apply(*out, b);
    }
    out
}

impl Simd for Portable {
    type Vector = Lanes;

    // Eight sums of four floats, the width that compilers make of it where nothing is switched on.
    const ROWS: usize = 4;
    const COLUMNS: usize = 1;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Lanes {
        *from
    }

    #[inline(always)]
    fn store(self, vector: Lanes, to: &mut Lanes) {
        *to = vector;
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Lanes {
        [value; _]
    }

    #[inline(always)]
    fn add(self, a: Lanes, b: Lanes) -> Lanes {
        each(a, b, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, a: Lanes, b: Lanes) -> Lanes {
        each(a, b, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, a: Lanes, b: Lanes) -> Lanes {
        each(a, b, |a, b| a * b)
    }

    #[inline(always)]
    fn max(self, a: Lanes, b: Lanes) -> Lanes {
        each(a, b, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn mul_add(self, a: Lanes, b: Lanes, sum: Lanes) -> Lanes {
        self.add(self.mul(a, b), sum)
    }

    #[inline(always)]
    fn cover<T: Tile>(self, tile: &mut T, rows: usize, columns: usize) {
        cover::<Self, T, { Self::ROWS }, { Self::COLUMNS }>(self, tile, rows, columns);
    }

    fn run<W: Work>(self, work: W) -> W::Output {
        work.run(self)
    }
}
