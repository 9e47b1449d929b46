//! Signal processing: the STFT and its streaming inverse, the network's input features ([`features`], [`mel`]), the two
//! ways to fit a song to the network's input size ([`tiles`], [`image`]), time stretching ([`TimeStretch`]) and pitch
//! shifting ([`PitchShift`]).

pub mod features;
pub mod image;
pub mod mel;
mod overlap_add;
mod pitch_shift;
mod stft;
#[cfg(test)]
pub(crate) mod test_signals;
pub mod tiles;
mod time_stretch;

pub use overlap_add::OverlapAdd;
pub use pitch_shift::{MAX_CENTS, MAX_SEMITONES, PitchShift, pitch_ratio};
pub use realfft::num_complex::Complex;
pub use stft::{Spectrogram, Stft};
pub use time_stretch::TimeStretch;

/// Samples in a window (the paper's): 93.9 ms, and 512 bins.
pub const WINDOW_LENGTH: usize = 1_022;
/// Samples from one window to the next (the paper's): 47.1 ms.
pub const HOP_LENGTH: usize = 512;
/// Frequency bins of a spectrum, from 0 to half the sample rate.
pub const BINS: usize = WINDOW_LENGTH / 2 + 1;
/// Frames of the network's input, as in the paper's image: 24.1 s.
pub const TILE_FRAMES: usize = 512;
