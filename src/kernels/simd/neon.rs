//! Eight floats in two NEON registers, which every 64-bit ARM processor has.

use std::arch::aarch64::{
    float32x4_t, vaddq_f32, vdupq_n_f32, vfmaq_f32, vld1q_f32, vmaxq_f32, vmulq_f32, vst1q_f32,
    vsubq_f32,
};

use super::vector::{LANES, Lanes, Simd, Tile, Work, cover};

/// NEON.
#[derive(Clone, Copy, Debug, Default)]
pub struct Neon;

const HALF: usize = LANES / 2;

/// Two registers.
type Pair = [float32x4_t; 2];

// SAFETY, of all blocks below: this module is compiled for aarch64 alone, whose baseline has NEON. Loads and stores are of
// a whole `Lanes` behind a reference.
#[allow(
    unused_unsafe,
    reason = "where NEON is switched on for the whole build, most intrinsics are safe"
)]
impl Simd for Neon {
    type Vector = Pair;

    // Twenty-four of thirty-two registers for sums.
    const ROWS: usize = 6;
    const COLUMNS: usize = 2;

    #[inline(always)]
    fn load(self, from: &Lanes) -> Pair {
        let from = from.as_ptr();
        unsafe { [vld1q_f32(from), vld1q_f32(from.add(HALF))] }
    }

    #[inline(always)]
    fn store(self, [low, high]: Pair, to: &mut Lanes) {
        let to = to.as_mut_ptr();
        unsafe {
            vst1q_f32(to, low);
            vst1q_f32(to.add(HALF), high);
        }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> Pair {
        unsafe { [vdupq_n_f32(value); 2] }
    }

    #[inline(always)]
    fn add(self, a: Pair, b: Pair) -> Pair {
        unsafe { [vaddq_f32(a[0], b[0]), vaddq_f32(a[1], b[1])] }
    }

    #[inline(always)]
    fn sub(self, a: Pair, b: Pair) -> Pair {
        unsafe { [vsubq_f32(a[0], b[0]), vsubq_f32(a[1], b[1])] }
    }

    #[inline(always)]
    fn mul(self, a: Pair, b: Pair) -> Pair {
        unsafe { [vmulq_f32(a[0], b[0]), vmulq_f32(a[1], b[1])] }
    }

    #[inline(always)]
    fn max(self, a: Pair, b: Pair) -> Pair {
        unsafe { [vmaxq_f32(a[0], b[0]), vmaxq_f32(a[1], b[1])] }
    }

    #[inline(always)]
    fn mul_add(self, a: Pair, b: Pair, sum: Pair) -> Pair {
        unsafe { [vfmaq_f32(sum[0], a[0], b[0]), vfmaq_f32(sum[1], a[1], b[1])] }
    }

    #[inline(always)]
    fn cover<T: Tile>(self, tile: &mut T, rows: usize, columns: usize) {
        cover::<Self, T, { Self::ROWS }, { Self::COLUMNS }>(self, tile, rows, columns);
    }

    fn run<W: Work>(self, work: W) -> W::Output {
        work.run(self)
    }
}
