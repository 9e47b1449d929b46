//! Metrics of separation quality.
//!
//! They are undefined for silent references: then they are `None`, to be excluded from means.

/// Bound of the decibel metrics, so that single silent or perfect estimates do not dominate a mean.
pub const LIMIT_DB: f32 = 100.0;

/// Scale-invariant signal-to-distortion ratio in dB (Le Roux et al. 2019, equation 3): the projection of the estimate
/// on the reference, over the residual. `None` for a silent reference; the lower bound for a silent estimate.
///
/// # Panics
/// Unless both are equally long.
pub fn si_sdr(estimate: &[f32], reference: &[f32]) -> Option<f32> {
    let reference_energy = dot(reference, reference);
    if reference_energy == 0.0 {
        return None;
    }
    let target_energy = dot(estimate, reference).powi(2) / reference_energy;
    let distortion = (dot(estimate, estimate) - target_energy).max(0.0);
    Some(ratio_db(target_energy, distortion))
}

/// Signal-to-distortion ratio in dB: the reference over the error. `None` for a silent reference.
///
/// # Panics
/// Unless both are equally long.
pub fn sdr(estimate: &[f32], reference: &[f32]) -> Option<f32> {
    assert_eq!(
        estimate.len(),
        reference.len(),
        "estimate and reference differ in length"
    );
    let difference = |(a, b): (&f32, &f32)| (f64::from(*a) - f64::from(*b)).powi(2);
    let distortion = estimate.iter().zip(reference).map(difference).sum();
    let signal = dot(reference, reference);
    (signal > 0.0).then(|| ratio_db(signal, distortion))
}

/// Mean absolute error; 0 for empty input.
///
/// # Panics
/// Unless both are equally long.
pub fn mae(estimate: &[f32], reference: &[f32]) -> f32 {
    assert_eq!(
        estimate.len(),
        reference.len(),
        "estimate and reference differ in length"
    );
    let sum: f64 = estimate
        .iter()
        .zip(reference)
        .map(|(a, b)| (f64::from(*a) - f64::from(*b)).abs())
        .sum();
    (sum / estimate.len().max(1) as f64) as f32
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len(), "estimate and reference differ in length");
    a.iter()
        .zip(b)
        .map(|(a, b)| f64::from(*a) * f64::from(*b))
        .sum()
}

fn ratio_db(signal: f64, distortion: f64) -> f32 {
    if signal == 0.0 {
        return -LIMIT_DB;
    }
    (10.0 * (signal / distortion).log10()).clamp(f64::from(-LIMIT_DB), f64::from(LIMIT_DB)) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: [f32; 4] = [1.0, -1.0, 1.0, -1.0];

    #[test]
    fn scale_is_no_distortion_to_si_sdr_only() {
        let half = REFERENCE.map(|sample| sample / 2.0);
        assert_eq!(si_sdr(&half, &REFERENCE), Some(LIMIT_DB));
        assert!((sdr(&half, &REFERENCE).expect("a signal") - 6.0206).abs() < 1e-4);
    }

    #[test]
    fn orthogonal_noise_counts_by_its_energy() {
        let estimate = [1.1, -0.9, 0.9, -1.1];
        for measure in [si_sdr, sdr] {
            assert!((measure(&estimate, &REFERENCE).expect("a signal") - 20.0).abs() < 1e-4);
        }
    }

    #[test]
    fn silence_has_its_own_answers() {
        for measure in [si_sdr, sdr] {
            assert_eq!(measure(&REFERENCE, &[0.0; 4]), None);
            assert_eq!(measure(&[], &[]), None);
        }
        assert_eq!(si_sdr(&[0.0; 4], &REFERENCE), Some(-LIMIT_DB));
        assert_eq!(sdr(&[0.0; 4], &REFERENCE), Some(0.0));
        assert_eq!(mae(&[], &[]), 0.0);
    }

    #[test]
    fn mae_averages_over_everything() {
        assert_eq!(mae(&[0.0, 0.5, 1.0, 0.0], &[0.0, 1.0, 0.5, 0.0]), 0.25);
    }
}
