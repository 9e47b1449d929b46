//! How well beats, chords and keys agree with a known truth: the measures of MIREX, as mir_eval (Raffel et al. 2014)
//! has them.

use super::chord::{Chord, Span};
use super::key::Key;

/// Furthest that a beat may be from the true one (Dixon 2007, mir_eval).
pub const BEAT_TOLERANCE_SECS: f64 = 0.07;

/// F-measure of beats: each true beat is met by at most one that is within [`BEAT_TOLERANCE_SECS`]. Both rise; 1 where
/// both are empty.
pub fn beat_f_measure(found: &[f64], truth: &[f64]) -> f64 {
    if found.is_empty() && truth.is_empty() {
        return 1.0;
    }
    let (mut met, mut next) = (0, 0);
    for at in found {
        while next < truth.len() && truth[next] < at - BEAT_TOLERANCE_SECS {
            next += 1;
        }
        if next < truth.len() && truth[next] <= at + BEAT_TOLERANCE_SECS {
            met += 1;
            next += 1;
        }
    }
    2.0 * f64::from(met) / (found.len() + truth.len()) as f64
}

/// Weighted chord symbol recall: the share of the truth's time in which root and third are right. Truths that are
/// neither major nor minor (diminished, suspended) do not count, as in MIREX's "majmin"; no chord does. `None` where
/// nothing counts.
pub fn chord_recall(found: &[Span], truth: &[Span]) -> Option<f64> {
    recall(found, truth, |chord| match chord {
        Some(chord) => chord.major_or_minor().map(Some),
        None => Some(None),
    })
}

/// [`chord_recall`] of the roots alone.
pub fn root_recall(found: &[Span], truth: &[Span]) -> Option<f64> {
    recall(found, truth, |chord| Some(chord.map(|chord| chord.root)))
}

/// The share of the truth's time in which `aspect` of both is the same: `None` if a chord does not count, `Some(None)` for
/// no chord.
fn recall<T: PartialEq>(
    found: &[Span],
    truth: &[Span],
    aspect: impl Fn(Option<Chord>) -> Option<Option<T>>,
) -> Option<f64> {
    let (mut right, mut all) = (0.0, 0.0);
    for true_span in truth {
        let Some(wanted) = aspect(true_span.chord) else {
            continue;
        };
        all += true_span.end_secs - true_span.start_secs;
        for span in found {
            let overlap =
                span.end_secs.min(true_span.end_secs) - span.start_secs.max(true_span.start_secs);
            if overlap > 0.0 && aspect(span.chord).is_some_and(|got| got == wanted) {
                right += overlap;
            }
        }
    }
    (all > 0.0).then(|| right / all)
}

/// MIREX's score of a key: 1 for the right one, 0.5 a fifth away, 0.3 for the relative, 0.2 for the parallel, else 0.
pub fn key_score(found: Key, truth: Key) -> f64 {
    let fifth_up = |key: Key| key.transposed(7);
    match found {
        same if same == truth => 1.0,
        fifth if fifth == fifth_up(truth) || fifth_up(fifth) == truth => 0.5,
        relative if relative == truth.relative() => 0.3,
        parallel if parallel.tonic == truth.tonic => 0.2,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_are_met_once_and_within_the_tolerance() {
        assert_eq!(beat_f_measure(&[1.0, 2.0, 3.0], &[1.05, 1.95, 3.0]), 1.0);
        assert_eq!(beat_f_measure(&[1.0, 2.0], &[1.08, 2.08]), 0.0);
        // Twice as many beats: all true ones are met, half of the found ones meet.
        let found: Vec<f64> = (0..20).map(|beat| f64::from(beat) / 2.0).collect();
        let truth: Vec<f64> = (0..10).map(f64::from).collect();
        assert!((beat_f_measure(&found, &truth) - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!(beat_f_measure(&[1.0, 1.01, 1.02], &[1.0]), 0.5);
        assert_eq!(beat_f_measure(&[], &[]), 1.0);
        assert_eq!(beat_f_measure(&[1.0], &[]), 0.0);
    }

    fn spans(chords: &[(&str, f64)]) -> Vec<Span> {
        let mut start_secs = 0.0;
        let span = |&(chord, secs): &(&str, f64)| {
            let span = Span {
                start_secs,
                end_secs: start_secs + secs,
                chord: chord.parse().ok(),
            };
            start_secs += secs;
            span
        };
        chords.iter().map(span).collect()
    }

    #[test]
    fn chords_count_by_their_time() {
        let truth = spans(&[("C", 2.0), ("Am", 1.0), ("Bdim", 4.0), ("N", 1.0)]);
        assert_eq!(chord_recall(&truth, &truth), Some(1.0));
        let found = spans(&[("C7", 2.0), ("A", 1.0), ("B", 4.0), ("C", 1.0)]);
        assert_eq!(chord_recall(&found, &truth), Some(0.5));
        assert_eq!(root_recall(&found, &truth), Some(7.0 / 8.0));
        assert_eq!(chord_recall(&found, &[]), None);
    }

    #[test]
    fn near_keys_are_worth_something() {
        let key = |name: &str| name.parse::<Key>().expect("a key");
        let scores = [
            "C major", "G major", "F major", "A minor", "C minor", "D major",
        ]
        .map(|name| key_score(key(name), key("C major")));
        assert_eq!(scores, [1.0, 0.5, 0.5, 0.3, 0.2, 0.0]);
    }
}
