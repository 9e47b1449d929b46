//! Eight floats in one AVX register.

use std::arch::x86_64::{
    __m256, _mm256_add_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_max_ps, _mm256_mul_ps,
    _mm256_set1_ps, _mm256_storeu_ps, _mm256_sub_ps,
};

use super::vector::{Lanes, Simd, Tile, Work, cover};

/// Proof that this processor has AVX2 and FMA: only [`Avx2::detect`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct Avx2(());

impl Avx2 {
    /// If the processor has both.
    pub fn detect() -> Option<Self> {
        let has_both = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
        has_both.then_some(Self(()))
    }
}

// SAFETY, of all blocks below: `self` proves that the processor has the instructions. Loads and stores are of a whole
// `Lanes` behind a reference, and need no alignment.
impl Simd for Avx2 {
    type Vector = __m256;

    // Twelve of sixteen registers for sums, two for columns, one for a row's value.
    const ROWS: usize = 6;
    const COLUMNS: usize = 2;

    #[inline(always)]
    fn load(self, from: &Lanes) -> __m256 {
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }

    #[inline(always)]
    fn store(self, vector: __m256, to: &mut Lanes) {
        unsafe { _mm256_storeu_ps(to.as_mut_ptr(), vector) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    fn add(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_add_ps(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_sub_ps(a, b) }
    }

    #[inline(always)]
    fn mul(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_mul_ps(a, b) }
    }

    #[inline(always)]
    fn max(self, a: __m256, b: __m256) -> __m256 {
        unsafe { _mm256_max_ps(a, b) }
    }

    #[inline(always)]
    fn mul_add(self, a: __m256, b: __m256, sum: __m256) -> __m256 {
        unsafe { _mm256_fmadd_ps(a, b, sum) }
    }

    #[inline(always)]
    fn cover<T: Tile>(self, tile: &mut T, rows: usize, columns: usize) {
        cover::<Self, T, { Self::ROWS }, { Self::COLUMNS }>(self, tile, rows, columns);
    }

    #[inline]
    fn run<W: Work>(self, work: W) -> W::Output {
        #[target_feature(enable = "avx2,fma")]
        fn with_instructions<W: Work>(simd: Avx2, work: W) -> W::Output {
            work.run(simd)
        }
        unsafe { with_instructions(self, work) }
    }
}
