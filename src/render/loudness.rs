//! Integrated loudness of a mono signal after ITU-R BS.1770-4: K-weighting, 400 ms blocks, absolute and relative gates.

use std::f64::consts::PI;

const BLOCK_SECS: f64 = 0.4;
const STEP_SECS: f64 = 0.1;
const ABSOLUTE_GATE: f64 = -70.0;
const RELATIVE_GATE: f64 = -10.0;

/// Loudness in LUFS; `None` for silence.
pub fn integrated(samples: &[f32], sample_rate: u32) -> Option<f64> {
    let powers = block_powers(
        &k_weighted(samples, f64::from(sample_rate)),
        f64::from(sample_rate),
    );
    let audible: Vec<f64> = powers
        .into_iter()
        .filter(|power| loudness(*power) > ABSOLUTE_GATE)
        .collect();
    let gate = loudness(mean(&audible)?) + RELATIVE_GATE;
    let kept: Vec<f64> = audible
        .into_iter()
        .filter(|power| loudness(*power) > gate)
        .collect();
    mean(&kept).map(loudness)
}

fn loudness(power: f64) -> f64 {
    -0.691 + 10.0 * power.max(1e-20).log10()
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

fn block_powers(samples: &[f64], sample_rate: f64) -> Vec<f64> {
    let (block, step) = (
        (BLOCK_SECS * sample_rate) as usize,
        (STEP_SECS * sample_rate) as usize,
    );
    let power = |block: &[f64]| {
        block.iter().map(|sample| sample * sample).sum::<f64>() / block.len() as f64
    };
    if samples.len() < block {
        return if samples.is_empty() {
            Vec::new()
        } else {
            vec![power(samples)]
        };
    }
    samples
        .windows(block)
        .step_by(step.max(1))
        .map(power)
        .collect()
}

/// The standard's two filters, their analogue prototypes transformed to any sample rate.
fn k_weighted(samples: &[f32], sample_rate: f64) -> Vec<f64> {
    let shelf = {
        let (gain, quality) = (
            10.0_f64.powf(3.999_843_853_973_347 / 20.0),
            0.707_175_236_955_419_6,
        );
        let k = (PI * 1_681.974_450_955_533 / sample_rate).tan();
        let band = gain.powf(0.499_666_774_154_541_6);
        let a0 = 1.0 + k / quality + k * k;
        Biquad {
            b: [
                (gain + band * k / quality + k * k) / a0,
                2.0 * (k * k - gain) / a0,
                (gain - band * k / quality + k * k) / a0,
            ],
            a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / quality + k * k) / a0],
        }
    };
    let high_pass = {
        let quality = 0.500_327_037_323_877_3;
        let k = (PI * 38.135_470_876_024_44 / sample_rate).tan();
        let a0 = 1.0 + k / quality + k * k;
        Biquad {
            b: [1.0, -2.0, 1.0],
            a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / quality + k * k) / a0],
        }
    };
    let mut weighted: Vec<f64> = samples.iter().map(|sample| f64::from(*sample)).collect();
    shelf.filter(&mut weighted);
    high_pass.filter(&mut weighted);
    weighted
}

struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
}

impl Biquad {
    fn filter(&self, samples: &mut [f64]) {
        let (mut first, mut second) = (0.0, 0.0);
        for sample in samples {
            let input = *sample;
            let output = self.b[0] * input + first;
            first = self.b[1] * input - self.a[0] * output + second;
            second = self.b[2] * input - self.a[1] * output;
            *sample = output;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn tone(amplitude: f64, sample_rate: u32, seconds: usize) -> Vec<f32> {
        let count = seconds * sample_rate as usize;
        (0..count)
            .map(|i| {
                (amplitude * (2.0 * PI * 997.0 * i as f64 / f64::from(sample_rate)).sin()) as f32
            })
            .collect()
    }

    #[test]
    fn full_scale_tone_measures_as_the_standard_says() {
        for sample_rate in [22_050, 44_100, 48_000] {
            let measured = integrated(&tone(1.0, sample_rate, 3), sample_rate).unwrap();
            assert!((measured + 3.01).abs() < 0.1, "{sample_rate}: {measured}");
        }
    }

    #[test]
    fn silence_is_gated_out() {
        let mut samples = tone(0.1, 48_000, 4);
        let alone = integrated(&samples, 48_000).unwrap();
        samples.extend(vec![0.0; 48_000 * 8]);
        assert!((integrated(&samples, 48_000).unwrap() - alone).abs() < 0.3);
        assert_eq!(integrated(&[0.0; 48_000], 48_000), None);
        assert_eq!(integrated(&[], 48_000), None);
    }
}
