//! Eight floats in two of WebAssembly's vectors.

use std::arch::wasm32::{
    f32x4_add, f32x4_mul, f32x4_pmax, f32x4_splat, f32x4_sub, v128, v128_load, v128_store,
};

use super::vector::{LANES, Lanes, Simd, Tile, Work, cover};

/// WebAssembly's SIMD, which a module either has as a whole or cannot be loaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Simd128;

const HALF: usize = LANES / 2;

impl Simd for Simd128 {
    type Vector = [v128; 2];

    // Engines have sixteen registers on most processors: eight hold sums.
    const ROWS: usize = 4;
    const COLUMNS: usize = 1;

    #[inline(always)]
    fn load(self, from: &Lanes) -> [v128; 2] {
        let from = from.as_ptr();
        // SAFETY: both halves lie within the eight floats behind the reference; alignment is not needed.
        unsafe { [v128_load(from.cast()), v128_load(from.add(HALF).cast())] }
    }

    #[inline(always)]
    fn store(self, [low, high]: [v128; 2], to: &mut Lanes) {
        let to = to.as_mut_ptr();
        // SAFETY: as in `load`, and the reference is exclusive.
        unsafe {
            v128_store(to.cast(), low);
            v128_store(to.add(HALF).cast(), high);
        }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> [v128; 2] {
        [f32x4_splat(value); 2]
    }

    #[inline(always)]
    fn add(self, a: [v128; 2], b: [v128; 2]) -> [v128; 2] {
        [f32x4_add(a[0], b[0]), f32x4_add(a[1], b[1])]
    }

    #[inline(always)]
    fn sub(self, a: [v128; 2], b: [v128; 2]) -> [v128; 2] {
        [f32x4_sub(a[0], b[0]), f32x4_sub(a[1], b[1])]
    }

    #[inline(always)]
    fn mul(self, a: [v128; 2], b: [v128; 2]) -> [v128; 2] {
        [f32x4_mul(a[0], b[0]), f32x4_mul(a[1], b[1])]
    }

    #[inline(always)]
    fn max(self, a: [v128; 2], b: [v128; 2]) -> [v128; 2] {
        // One instruction on x86, where `f32x4_max` is six.
        [f32x4_pmax(a[0], b[0]), f32x4_pmax(a[1], b[1])]
    }

    #[inline(always)]
    fn mul_add(self, a: [v128; 2], b: [v128; 2], sum: [v128; 2]) -> [v128; 2] {
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
