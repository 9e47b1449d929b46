//! Downbeats: the beats on which the bass drum falls and bass and harmony change.

use super::chroma;
use super::onsets::{FRAME_RATE, Onsets};
use super::pitch::CLASSES;

/// Bars that are looked for, in beats; the first unless another is clearly better.
const METERS: [usize; 2] = [4, 3];
/// How much clearer another meter has to be.
const CLEARLY: f32 = 1.4;
/// Weights of the evidence: low drums, change of the bass, change of harmony.
const WEIGHTS: [f32; 3] = [0.5, 1.0, 1.2];
/// How far around a beat its onset may lie, in envelope values: 35 ms.
const REACH: usize = 3;

/// What is known around the beats of a song.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Onsets of the drums.
    pub drums: &'a Onsets,
    /// Chromas of the bass.
    pub bass: &'a [[f32; CLASSES]],
    /// Chromas of everything else with a pitch.
    pub chords: &'a [[f32; CLASSES]],
}

/// Beats a bar, and the position of the first beat that begins one.
pub fn find(beats_secs: &[f64], evidence: &Evidence<'_>) -> (usize, usize) {
    let strengths = strengths(beats_secs, evidence);
    let fits = METERS.map(|meter| (meter, best_phase(&strengths, meter)));
    let [usual, other] = fits;
    let (meter, (phase, _)) = if other.1.1 > CLEARLY * usual.1.1.max(0.0) {
        other
    } else {
        usual
    };
    (meter, phase)
}

/// Evidence of each beat that it is a downbeat.
fn strengths(beats_secs: &[f64], evidence: &Evidence<'_>) -> Vec<f32> {
    let peak = |envelope: &[f32], secs: f64| {
        let at = (secs * FRAME_RATE).round() as usize;
        let around = at.saturating_sub(REACH)..(at + REACH + 1).min(envelope.len());
        envelope
            .get(around)
            .unwrap_or_default()
            .iter()
            .copied()
            .fold(0.0, f32::max)
    };
    let cues = [
        standardised(
            beats_secs
                .iter()
                .map(|&at| peak(&evidence.drums.low, at))
                .collect(),
        ),
        standardised(changes(beats_secs, evidence.bass)),
        standardised(changes(beats_secs, evidence.chords)),
    ];
    let sum = |beat: usize| {
        cues.iter()
            .zip(WEIGHTS)
            .map(|(cue, weight)| weight * cue[beat])
            .sum()
    };
    (0..beats_secs.len()).map(sum).collect()
}

/// How unlike the chroma of the two beats from each beat on is to that of the two before.
fn changes(beats_secs: &[f64], chroma: &[[f32; CLASSES]]) -> Vec<f32> {
    let frame =
        |secs: f64| ((secs * chroma::FRAME_RATE).round().max(0.0) as usize).min(chroma.len());
    let change = |beat: usize| {
        let at = |beat: usize| beats_secs[beat.min(beats_secs.len() - 1)];
        let (from, here, to) = (at(beat.saturating_sub(2)), at(beat), at(beat + 2));
        let before = sum(&chroma[frame(from)..frame(here)]);
        let after = sum(&chroma[frame(here)..frame(to)]);
        1.0 - likeness(&before, &after)
    };
    (0..beats_secs.len()).map(change).collect()
}

fn sum(frames: &[[f32; CLASSES]]) -> [f32; CLASSES] {
    let mut sum = [0.0; CLASSES];
    for frame in frames {
        sum.iter_mut()
            .zip(frame)
            .for_each(|(sum, value)| *sum += value);
    }
    sum
}

/// The cosine; 1 where either is silent.
fn likeness(a: &[f32; CLASSES], b: &[f32; CLASSES]) -> f32 {
    let product = |a: &[f32], b: &[f32]| -> f32 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    let norms = (product(a, a) * product(b, b)).sqrt();
    if norms > 0.0 {
        product(a, b) / norms
    } else {
        1.0
    }
}

/// Less the mean, in units of the deviation.
fn standardised(values: Vec<f32>) -> Vec<f32> {
    let count = values.len().max(1) as f32;
    let mean = values.iter().sum::<f32>() / count;
    let variance = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f32>()
        / count;
    let unit = variance.sqrt().max(1e-6);
    values
        .into_iter()
        .map(|value| (value - mean) / unit)
        .collect()
}

/// The phase whose beats are strongest, and how much stronger than the others they are.
fn best_phase(strengths: &[f32], meter: usize) -> (usize, f32) {
    let mean = |phase: usize| {
        let beats = strengths.iter().skip(phase).step_by(meter);
        let count = beats.len().max(1) as f32;
        beats.sum::<f32>() / count
    };
    let phases = (0..meter).map(|phase| (phase, mean(phase)));
    phases.fold(
        (0, f32::MIN),
        |best, one| if one.1 > best.1 { one } else { best },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Beats every half second, with bass and kick on every `meter`-th from the `phase`-th on.
    fn found(meter: usize, phase: usize) -> (usize, usize) {
        let beats: Vec<f64> = (0..96).map(|beat| f64::from(beat) * 0.5).collect();
        let mut onsets = Onsets {
            all: vec![0.0; 4_200],
            low: vec![0.0; 4_200],
        };
        let mut chroma = vec![[0.1; CLASSES]; 400];
        for (beat, &at) in beats.iter().enumerate() {
            let is_first = beat % meter == phase;
            onsets.low[(at * FRAME_RATE) as usize] = if is_first { 3.0 } else { 1.0 };
            let from = (at * chroma::FRAME_RATE) as usize;
            let bar = (beat + meter - phase) / meter;
            chroma[from..from + 4]
                .iter_mut()
                .for_each(|frame| frame[bar * 5 % 12] = 3.0);
        }
        let evidence = Evidence {
            drums: &onsets,
            bass: &chroma,
            chords: &chroma,
        };
        find(&beats, &evidence)
    }

    #[test]
    fn bars_begin_where_bass_and_harmony_move() {
        for phase in 0..4 {
            assert_eq!(found(4, phase), (4, phase));
        }
        assert_eq!(found(3, 1), (3, 1));
    }

    #[test]
    fn without_evidence_bars_have_four_beats() {
        let onsets = Onsets::default();
        let evidence = Evidence {
            drums: &onsets,
            bass: &[],
            chords: &[],
        };
        assert_eq!(find(&[0.5, 1.0, 1.5], &evidence), (4, 0));
        assert_eq!(find(&[], &evidence), (4, 0));
    }
}
