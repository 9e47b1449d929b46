//! The form of a song: boundaries between sections, and which sections are similar.
//!
//! Novelty along the diagonal of the self-similarity of bars (Foote 2000), each described by its harmony and by what
//! plays. Stretches get letters, A for the first and for all like it; what is a verse or a chorus is not claimed.

use serde::{Deserialize, Serialize};

/// Bars to either side that a change is judged by.
const REACH: usize = 8;
/// Shortest section, bars.
const SHORTEST: usize = 4;
/// How far above the mean a change stands out, in deviations.
const STANDING_OUT: f32 = 0.4;
/// Cosine, from the mean of all bars, from which two sections have one letter.
const ALIKE: f32 = 0.5;
/// Bars that deviate less from their mean, relative to its length, are one section.
const UNIFORM: f32 = 0.15;

/// A stretch of a song.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// From when, seconds.
    pub start_secs: f64,
    /// Until when, seconds.
    pub end_secs: f64,
    /// A, B, C: the same for stretches that are alike.
    pub label: String,
}

/// The sections of a song whose bars lie between `bounds_secs`, described by `features` of one length a bar.
///
/// # Panics
/// Unless there is one bound more than there are bars.
pub fn find(features: &[Vec<f32>], bounds_secs: &[f64]) -> Vec<Section> {
    if features.is_empty() {
        return Vec::new();
    }
    assert_eq!(features.len() + 1, bounds_secs.len(), "bounds of bars");
    let mut cuts = vec![0];
    let centred = centred(features);
    if let Some(features) = &centred {
        cuts.extend(changes(&novelty(features)));
    }
    let features = centred.as_deref().unwrap_or(features);
    cuts.push(features.len());
    let stretches: Vec<_> = cuts.windows(2).map(|cut| cut[0]..cut[1]).collect();
    let means: Vec<Vec<f32>> = stretches
        .iter()
        .map(|bars| mean(&features[bars.clone()]))
        .collect();
    let labels = labels(&means);
    let sections = stretches.into_iter().zip(labels);
    merged(sections.map(|(bars, label)| Section {
        start_secs: bounds_secs[bars.start],
        end_secs: bounds_secs[bars.end],
        label: letters(label),
    }))
}

/// Neighbours of one letter are one section.
fn merged(sections: impl Iterator<Item = Section>) -> Vec<Section> {
    let mut merged: Vec<Section> = Vec::new();
    for section in sections {
        match merged.last_mut() {
            Some(last) if last.label == section.label => last.end_secs = section.end_secs,
            _ => merged.push(section),
        }
    }
    merged
}

/// The features less their mean, so that what all bars share does not count; `None` where they hardly deviate.
fn centred(features: &[Vec<f32>]) -> Option<Vec<Vec<f32>>> {
    let mean = mean(features);
    let less = |bar: &Vec<f32>| -> Vec<f32> {
        let pairs = bar.iter().zip(&mean);
        pairs.map(|(value, mean)| value - mean).collect()
    };
    let centred: Vec<Vec<f32>> = features.iter().map(less).collect();
    let square = |values: &[f32]| values.iter().map(|value| value * value).sum::<f32>();
    let deviation = centred.iter().map(|bar| square(bar)).sum::<f32>() / centred.len() as f32;
    (deviation.sqrt() > UNIFORM * square(&mean).sqrt()).then_some(centred)
}

fn mean(features: &[Vec<f32>]) -> Vec<f32> {
    let mut sum = vec![0.0; features.first().map_or(0, Vec::len)];
    for bar in features {
        sum.iter_mut()
            .zip(bar)
            .for_each(|(sum, value)| *sum += value);
    }
    sum.iter_mut().for_each(|sum| *sum /= features.len() as f32);
    sum
}

fn likeness(a: &[f32], b: &[f32]) -> f32 {
    let product = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let norms = (product(a, a) * product(b, b)).sqrt();
    if norms > 1e-12 {
        product(a, b) / norms
    } else {
        1.0
    }
}

/// How much each bar differs from what came before and starts something that stays: Foote's checkerboard, tapered.
fn novelty(features: &[Vec<f32>]) -> Vec<f32> {
    let taper =
        |distance: usize| (-0.5 * ((distance as f32 + 0.5) / (0.5 * REACH as f32)).powi(2)).exp();
    let at = |bar: usize| {
        let (mut sum, mut weights) = (0.0, 0.0);
        for one in bar.saturating_sub(REACH)..(bar + REACH).min(features.len()) {
            for other in bar.saturating_sub(REACH)..(bar + REACH).min(features.len()) {
                let side = |of: usize| {
                    if of < bar {
                        (-1.0, bar - 1 - of)
                    } else {
                        (1.0, of - bar)
                    }
                };
                let ((one_sign, one_far), (other_sign, other_far)) = (side(one), side(other));
                let weight = taper(one_far) * taper(other_far);
                sum += one_sign * other_sign * weight * likeness(&features[one], &features[other]);
                weights += weight;
            }
        }
        sum / weights.max(1e-9)
    };
    (0..features.len()).map(at).collect()
}

/// Peaks of the novelty that stand out, far enough from each other and from the ends.
fn changes(novelty: &[f32]) -> Vec<usize> {
    let count = novelty.len() as f32;
    let mean = novelty.iter().sum::<f32>() / count;
    let deviation = (novelty
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f32>()
        / count)
        .sqrt();
    let least = mean + STANDING_OUT * deviation;
    let mut cuts: Vec<usize> = Vec::new();
    let mut by_height: Vec<usize> =
        (SHORTEST..novelty.len().saturating_sub(SHORTEST - 1)).collect();
    by_height.sort_by(|&a, &b| novelty[b].total_cmp(&novelty[a]));
    for bar in by_height {
        let is_peak = novelty[bar] >= novelty[bar - 1]
            && novelty
                .get(bar + 1)
                .is_none_or(|next| novelty[bar] >= *next);
        let is_free = cuts.iter().all(|cut| cut.abs_diff(bar) >= SHORTEST);
        if novelty[bar] > least && deviation > 1e-6 && is_peak && is_free {
            cuts.push(bar);
        }
    }
    cuts.sort_unstable();
    cuts
}

/// For each stretch the number of the first one like it, counted without gaps.
fn labels(means: &[Vec<f32>]) -> Vec<usize> {
    let mut kinds: Vec<&Vec<f32>> = Vec::new();
    let mut labels = Vec::new();
    for mean in means {
        let likenesses = kinds.iter().map(|kind| likeness(kind, mean)).enumerate();
        let nearest = likenesses.max_by(|a, b| a.1.total_cmp(&b.1));
        labels.push(match nearest {
            Some((kind, alike)) if alike >= ALIKE => kind,
            _ => {
                kinds.push(mean);
                kinds.len() - 1
            }
        });
    }
    labels
}

/// A to Z, then AA, AB and so on.
fn letters(number: usize) -> String {
    let letter = |number: usize| char::from(b'A' + (number % 26) as u8);
    match number {
        0..26 => letter(number).to_string(),
        _ => format!("{}{}", letter(number / 26 - 1), letter(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels_of(form: &[(usize, usize)]) -> Vec<(String, f64)> {
        let mut features = Vec::new();
        for &(kind, bars) in form {
            for bar in 0..bars {
                let mut feature = vec![0.1; 8];
                feature[kind] = 1.0;
                feature[(kind + 3) % 8] = if bar % 2 == 0 { 0.5 } else { 0.4 };
                features.push(feature);
            }
        }
        let bounds: Vec<f64> = (0..=features.len()).map(|bar| 2.0 * bar as f64).collect();
        let sections = find(&features, &bounds);
        sections
            .into_iter()
            .map(|section| (section.label, section.start_secs))
            .collect()
    }

    #[test]
    fn changes_are_found_and_returns_are_known() {
        let found = labels_of(&[(0, 8), (1, 8), (0, 8), (2, 12)]);
        let expected = [("A", 0.0), ("B", 16.0), ("A", 32.0), ("C", 48.0)];
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!((found.0.as_str(), found.1), expected);
        }
    }

    #[test]
    fn a_song_that_never_changes_is_one_section() {
        assert_eq!(labels_of(&[(0, 24)]), [("A".to_owned(), 0.0)]);
        assert_eq!(labels_of(&[(0, 1)]).len(), 1);
        assert!(find(&[], &[]).is_empty());
    }

    #[test]
    fn letters_go_on_after_z() {
        assert_eq!([0, 25, 26, 52].map(letters), ["A", "Z", "AA", "BA"]);
    }
}
