//! L1: from samples to spectra and back: the STFT and its streamed inverse, the network's view of a spectrum
//! ([`features`], [`mel`]), and the two ways to cut a song to the network's size ([`tiles`], [`image`]). And music at
//! another tempo.

pub mod features;
pub mod image;
pub mod mel;
mod overlap_add;
mod stft;
mod tempo;
pub mod tiles;

pub use overlap_add::OverlapAdd;
pub use realfft::num_complex::Complex;
pub use stft::{Spectrogram, Stft};
pub use tempo::Tempo;

/// Samples in a window (the paper's): 93.9 ms, and 512 bins.
pub const WINDOW_LENGTH: usize = 1_022;
/// Samples from one window to the next (the paper's): 47.1 ms.
pub const HOP_LENGTH: usize = 512;
/// Frequencies of a spectrum, 0 and the highest included.
pub const BINS: usize = WINDOW_LENGTH / 2 + 1;
/// Frames that the network sees at once (the paper's image is as wide): 24.1 s.
pub const TILE_FRAMES: usize = 512;
