//! Vectors of eight floats, on the vector instructions that the processor has. Kernels are written once, over [`Simd`],
//! and run through [`Level::run`]; this module and its children alone hold `unsafe`.
#![allow(
    unsafe_code,
    reason = "intrinsics need a processor that has them, or a pointer: each use says why that is given"
)]

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(not(any(target_arch = "aarch64", target_feature = "simd128")))]
mod portable;
mod vector;
#[cfg(target_feature = "simd128")]
mod wasm;

pub use vector::{LANES, Lanes, Simd, Tile, Work, strips};

/// Instructions that this processor has.
#[derive(Clone, Copy, Debug)]
pub enum Level {
    /// AVX2 and FMA.
    #[cfg(target_arch = "x86_64")]
    Avx2(avx2::Avx2),
    /// What every processor of this architecture has.
    Baseline(Baseline),
}

#[cfg(target_arch = "aarch64")]
type Baseline = neon::Neon;
#[cfg(target_feature = "simd128")]
type Baseline = wasm::Simd128;
#[cfg(not(any(target_arch = "aarch64", target_feature = "simd128")))]
type Baseline = portable::Portable;

impl Level {
    /// The fastest.
    pub fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(avx2) = avx2::Avx2::detect() {
            return Self::Avx2(avx2);
        }
        Self::baseline()
    }

    /// What every processor of this architecture has.
    pub fn baseline() -> Self {
        Self::Baseline(Baseline::default())
    }

    /// Runs `work` with these instructions.
    pub fn run<W: Work>(self, work: W) -> W::Output {
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => simd.run(work),
            Self::Baseline(simd) => simd.run(work),
        }
    }

    /// [`Simd::ROWS`] and [`Simd::COLUMNS`].
    pub fn tile(self) -> [usize; 2] {
        fn tile<S: Simd>(_: S) -> [usize; 2] {
            [S::ROWS, S::COLUMNS]
        }
        match self {
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(simd) => tile(simd),
            Self::Baseline(simd) => tile(simd),
        }
    }
}

#[cfg(test)]
mod tests;
