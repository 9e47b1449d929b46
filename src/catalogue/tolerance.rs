//! Standard deviation of a similarity that the error of the prominences causes: scores that differ by less do not show
//! which of two songs is more similar.
//!
//! With an error of standard deviation e in each share, a vector of length |v| points e / |v| radians aside in every
//! direction across it. Two vectors at an angle t, both with such errors, then appear at an angle of which the square
//! is (t + n1)^2 + n2^2 + ... with n of deviation s, s^2 = 2 e^2 / |v|^2, across c - 1 directions for c shares. Since
//! 1 - cosine = t^2 / 2 for small angles, the cosine's standard deviation is s * sqrt(t^2 + (c - 1) s^2 / 2).

use std::f64::consts::FRAC_PI_2;

use super::Query;
use crate::source::PerSource;

/// The standard deviation of scores around `score`, when the shares' mean absolute errors are `error`. 0 without
/// errors, or with fewer than two sources.
pub fn score_tolerance(query: &Query, score: f32, error: &PerSource<f32>) -> f32 {
    let count = query.chosen_count();
    if count < 2 {
        return 0.0;
    }
    let (mut noise, mut length) = (0.0, 0.0);
    for (source, &weight) in query.weights.iter().filter(|(_, weight)| **weight > 0.0) {
        // The standard deviation of a normal error whose mean absolute value is known.
        let deviation_squared = FRAC_PI_2 * f64::from(error[source]).powi(2);
        noise += f64::from(weight) * deviation_squared / count as f64;
        length += f64::from(weight) * f64::from(query.prominence[source]).powi(2);
    }
    if noise <= 0.0 || length <= 0.0 {
        return 0.0;
    }
    let aside_squared = 2.0 * noise / length;
    let angle_squared = 2.0 * (1.0 - f64::from(score)).max(0.0);
    let directions = (count - 1) as f64;
    (aside_squared * (angle_squared + directions * aside_squared / 2.0)).sqrt() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::similarity;
    use crate::source::Source;
    use rand::{RngExt, SeedableRng};

    #[test]
    fn it_is_the_deviation_that_random_errors_make() {
        let song = [0.7, 0.5, 0.6, 0.8, 0.4];
        let other = [0.6, 0.7, 0.4, 0.7, 0.6];
        let deviation = 0.05;
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
        let mut noisy = |shares: [f32; 5]| {
            // A sum of twelve even numbers is nearly normal, of variance 1.
            PerSource(shares.map(|share| {
                let sum: f32 = (0..12).map(|_| random.random_range(0.0..1.0_f32)).sum();
                share + deviation * (sum - 6.0)
            }))
        };
        for other in [song, other] {
            let scores: Vec<f64> = (0..4000)
                .map(|_| f64::from(similarity(&Query::all(noisy(song)), &noisy(other))))
                .collect();
            let mean = scores.iter().sum::<f64>() / scores.len() as f64;
            let variance = scores
                .iter()
                .map(|score| (score - mean).powi(2))
                .sum::<f64>();
            let measured = (variance / scores.len() as f64).sqrt();
            let query = Query::all(PerSource(song));
            let error = PerSource([deviation * (2.0 / std::f32::consts::PI).sqrt(); 5]);
            let score = similarity(&query, &PerSource(other));
            let expected = f64::from(score_tolerance(&query, score, &error));
            assert!(
                (measured / expected - 1.0).abs() < 0.2,
                "{measured} {expected}"
            );
        }
    }

    #[test]
    fn without_errors_or_angles_there_is_none() {
        let query = Query::all(PerSource([0.5; 5]));
        assert_eq!(score_tolerance(&query, 0.9, &PerSource([0.0; 5])), 0.0);
        let nothing = Query::all(PerSource([0.0; 5]));
        assert_eq!(score_tolerance(&nothing, 0.9, &PerSource([0.1; 5])), 0.0);
        let alone = Query::only(query.prominence, &[Source::Bass]);
        assert_eq!(score_tolerance(&alone, 1.0, &PerSource([0.1; 5])), 0.0);
    }
}
