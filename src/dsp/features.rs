//! The network's input features: level normalisation and log magnitudes, the same in training, page and companion.

use realfft::num_complex::Complex;

/// RMS to which songs are normalised: -20 dB relative to full scale.
pub const TARGET_RMS: f64 = 0.1;
/// RMS below which a song is not normalised: -120 dB relative to full scale.
const SILENT_RMS: f64 = 1e-6;
/// Added to magnitudes to keep the logarithm finite: some 90 dB below a full-scale sine.
pub const MAGNITUDE_FLOOR: f32 = 1e-3;

/// The gain that normalises a song to [`TARGET_RMS`]; 1 for silence.
pub fn level_gain(samples: &[f32]) -> f32 {
    let energy: f64 = samples
        .iter()
        .map(|&sample| f64::from(sample).powi(2))
        .sum();
    let rms = (energy / samples.len().max(1) as f64).sqrt();
    if rms > SILENT_RMS {
        (TARGET_RMS / rms) as f32
    } else {
        1.0
    }
}

/// Log magnitudes of a spectrum: -1 for silence, around 0 to 1 for music.
///
/// `x = (log10(level_gain * |X| + 0.001) + 1) / 2`
///
/// # Panics
/// Unless `out` is as long as `spectrum`.
pub fn log_magnitude(spectrum: &[Complex<f32>], level_gain: f32, out: &mut [f32]) {
    assert_eq!(spectrum.len(), out.len(), "one value a bin");
    for (out, value) in out.iter_mut().zip(spectrum) {
        let magnitude = value.norm_sqr().sqrt();
        *out = ((level_gain * magnitude + MAGNITUDE_FLOOR).log10() + 1.0) / 2.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gain_brings_any_level_to_the_target() {
        assert!((level_gain(&[0.5, -0.5, 0.5]) - 0.2).abs() < 1e-7);
        assert!((level_gain(&[0.01; 7]) - 10.0).abs() < 1e-5);
        for silence in [&[][..], &[0.0; 100], &[1e-9; 100]] {
            assert_eq!(level_gain(silence), 1.0);
        }
    }

    #[test]
    fn magnitudes_follow_the_formula() {
        let spectrum = [
            Complex::new(0.0, 0.0),
            Complex::new(3.0, -4.0),
            Complex::new(0.0, 49.9995),
        ];
        let mut out = [0.0; 3];
        log_magnitude(&spectrum, 2.0, &mut out);
        for (got, expected) in out.into_iter().zip([-1.0, 1.000_021_7, 1.5]) {
            assert!((got - expected).abs() < 1e-6, "{got} is not {expected}");
        }
    }
}
