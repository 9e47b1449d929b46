//! Mel filterbank.

use super::{BINS, WINDOW_LENGTH};
use crate::audio::SAMPLE_RATE;

/// Lower edge of the lowest band, hertz: below the lowest notes of basses.
const LOWEST_HZ: f32 = 30.0;

/// A mel filterbank of `bands` triangular filters as a matrix `[bin, band]`; the weights of each band sum to 1.
///
/// Edges are equally spaced on the mel scale of O'Shaughnessy (1987), `2595 log10(1 + f / 700)`. Where bands are
/// narrower than bins, a triangle extends one bin to either side.
pub fn filters(bands: usize) -> Vec<f32> {
    let bin_hz = SAMPLE_RATE as f32 / WINDOW_LENGTH as f32;
    let [lowest, highest] = [LOWEST_HZ, SAMPLE_RATE as f32 / 2.0].map(hertz_to_mel);
    let mel_step = (highest - lowest) / (bands + 1) as f32;
    let edge_hz = |edge: usize| mel_to_hertz(lowest + mel_step * edge as f32);
    let mut filters = vec![0.0; BINS * bands];
    for band in 0..bands {
        let centre_hz = edge_hz(band + 1);
        let reach_hz = ((edge_hz(band + 2) - edge_hz(band)) / 2.0).max(bin_hz);
        let height =
            |bin: usize| (1.0 - (bin as f32 * bin_hz - centre_hz).abs() / reach_hz).max(0.0);
        let total: f32 = (0..BINS).map(height).sum();
        for bin in 0..BINS {
            filters[bin * bands + band] = height(bin) / total;
        }
    }
    filters
}

fn hertz_to_mel(hertz: f32) -> f32 {
    2595.0 * (1.0 + hertz / 700.0).log10()
}

fn mel_to_hertz(mel: f32) -> f32 {
    700.0 * (10_f32.powf(mel / 2595.0) - 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_are_normalised_and_ordered_and_a_bin_lies_in_few() {
        let bands = 96;
        let filters = filters(bands);
        let band = |band: usize| (0..BINS).map(move |bin| bin * bands + band);
        let mut last_peak = 0;
        for index in 0..bands {
            let sum: f32 = band(index).map(|at| filters[at]).sum();
            assert!((sum - 1.0).abs() < 1e-4, "{index}: {sum}");
            let peak = (0..BINS)
                .max_by(|&a, &b| filters[a * bands + index].total_cmp(&filters[b * bands + index]))
                .expect("bins");
            assert!(peak >= last_peak, "{index}");
            last_peak = peak;
        }
        let bands_of = |bin: usize| {
            let row = &filters[bin * bands..(bin + 1) * bands];
            row.iter().filter(|share| **share > 0.0).count()
        };
        assert!((200..500).all(|bin| (1..=3).contains(&bands_of(bin))));
    }

    #[test]
    fn mels_are_a_thousand_at_a_kilohertz() {
        assert!((hertz_to_mel(1000.0) - 1000.0).abs() < 0.1);
        assert!((mel_to_hertz(hertz_to_mel(440.0)) - 440.0).abs() < 0.01);
    }
}
