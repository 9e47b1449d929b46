//! The chord lane: the chord of each beat, as the Viterbi path through a hidden Markov model of all chords (after Sheh
//! and Ellis 2003). The observation is the chroma of the beat and, for the root, the chroma of the bass.

use super::chord::{Chord, Quality, Span};
use super::chroma;
use super::pitch::CLASSES;

/// How the notes of one stretch (a beat) are spread over the pitch classes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tones {
    /// Of chords and melodies; sums to 1, or all 0.
    pub chords: [f32; CLASSES],
    /// Of the bass; likewise.
    pub bass: [f32; CLASSES],
    /// Level of the stretch relative to the loudest one, in [0, 1].
    pub level: f32,
}

/// What a chord other than the one before costs; on the first beat of a bar, less.
const CHANGE_COST: f32 = 1.0;
const BAR_CHANGE_COST: f32 = 0.5;
/// How much the likeness of the chords' tones counts, and of the bass'.
const CHORD_WEIGHT: f32 = 8.0;
const BASS_WEIGHT: f32 = 2.0;
/// What sevenths and diminished chords have to be ahead of plain triads: they are rarer, and have more tones to fit with.
const RARE_COST: f32 = 0.35;
/// Likeness at which tones fit no chord any better than none.
const NO_CHORD_LIKENESS: f32 = 0.62;
/// Under this level nothing sounds.
const SILENT_LEVEL: f32 = 0.01;
/// How likely the bass plays the root, the third, the fifth, the seventh of a chord, relative to other notes.
const BASS_TONES: [f32; 4] = [1.0, 0.35, 0.5, 0.25];

/// All chords, in the order of the model's states; the state after them is no chord.
fn chords() -> Vec<Chord> {
    let of_quality = |quality| (0..CLASSES as u8).map(move |root| Chord { root, quality });
    Quality::ALL.into_iter().flat_map(of_quality).collect()
}

/// The tones between each two of `bounds_secs`: means over the frames of chord and bass chromas.
pub fn tones(
    chords: &[[f32; CLASSES]],
    bass: &[[f32; CLASSES]],
    bounds_secs: &[f64],
) -> Vec<Tones> {
    let stretches = bounds_secs.windows(2).map(|bounds| {
        let mean_chords = mean(chords, bounds[0], bounds[1]);
        let level: f32 = mean_chords.iter().sum();
        Tones {
            chords: shares(mean_chords),
            bass: shares(mean(bass, bounds[0], bounds[1])),
            level,
        }
    });
    let mut tones: Vec<Tones> = stretches.collect();
    let loudest = tones.iter().map(|tones| tones.level).fold(1e-9, f32::max);
    tones.iter_mut().for_each(|tones| tones.level /= loudest);
    tones
}

fn mean(frames: &[[f32; CLASSES]], from_secs: f64, to_secs: f64) -> [f32; CLASSES] {
    let frame = |secs: f64| ((secs * chroma::FRAME_RATE).round() as usize).min(frames.len());
    let from = frame(from_secs).min(frames.len().saturating_sub(1));
    let to = frame(to_secs).max(from + 1).min(frames.len());
    let mut mean = [0.0; CLASSES];
    for frame in &frames[from..to] {
        mean.iter_mut()
            .zip(frame)
            .for_each(|(sum, value)| *sum += value);
    }
    mean.map(|sum| sum / (to - from).max(1) as f32)
}

fn shares(values: [f32; CLASSES]) -> [f32; CLASSES] {
    let sum: f32 = values.iter().sum();
    values.map(|value| if sum > 0.0 { value / sum } else { 0.0 })
}

/// The chords of a song: `tones` of the stretches between `bounds_secs`, of which those that begin bars are marked.
pub fn lane(tones: &[Tones], bounds_secs: &[f64], begins_bar: &[bool]) -> Vec<Span> {
    let chords = chords();
    let path = best_path(tones, begins_bar, &chords);
    let mut spans: Vec<Span> = Vec::new();
    for (state, bounds) in path.into_iter().zip(bounds_secs.windows(2)) {
        let chord = chords.get(state).copied();
        match spans.last_mut() {
            Some(last) if last.chord == chord => last.end_secs = bounds[1],
            _ => spans.push(Span {
                start_secs: bounds[0],
                end_secs: bounds[1],
                chord,
            }),
        }
    }
    spans
}

/// How well each chord, and after them none, fits a stretch.
fn fits(tones: &Tones, chords: &[Chord]) -> Vec<f32> {
    if tones.level < SILENT_LEVEL {
        let mut fits = vec![-CHORD_WEIGHT; chords.len()];
        fits.push(0.0);
        return fits;
    }
    let norm = tones
        .chords
        .iter()
        .map(|value| value * value)
        .sum::<f32>()
        .sqrt();
    let mut fits: Vec<f32> = chords
        .iter()
        .map(|chord| {
            let steps = chord.quality.tones();
            let class = |step: &usize| (usize::from(chord.root) + step) % CLASSES;
            let sum: f32 = steps.iter().map(|step| tones.chords[class(step)]).sum();
            let likeness = sum / (norm * (steps.len() as f32).sqrt()).max(1e-9);
            let bass: f32 = steps
                .iter()
                .zip(BASS_TONES)
                .map(|(step, weight)| weight * tones.bass[class(step)])
                .sum();
            let is_rare = !matches!(chord.quality, Quality::Major | Quality::Minor);
            CHORD_WEIGHT * likeness + BASS_WEIGHT * bass - if is_rare { RARE_COST } else { 0.0 }
        })
        .collect();
    fits.push(CHORD_WEIGHT * NO_CHORD_LIKENESS);
    fits
}

fn best_path(tones: &[Tones], begins_bar: &[bool], chords: &[Chord]) -> Vec<usize> {
    let Some((first, rest)) = tones.split_first() else {
        return Vec::new();
    };
    let mut totals = fits(first, chords);
    let mut from: Vec<Vec<usize>> = Vec::new();
    for (tones, begins_bar) in rest.iter().zip(&begins_bar[1..]) {
        let cost = if *begins_bar {
            BAR_CHANGE_COST
        } else {
            CHANGE_COST
        };
        let best = highest(&totals);
        let changed = totals[best] - cost;
        let mut origins = Vec::with_capacity(totals.len());
        for (state, (total, fit)) in totals.iter_mut().zip(fits(tones, chords)).enumerate() {
            let stays = *total >= changed;
            origins.push(if stays { state } else { best });
            *total = total.max(changed) + fit;
        }
        from.push(origins);
    }
    let mut path = vec![highest(&totals)];
    for origins in from.iter().rev() {
        path.push(origins[path[path.len() - 1]]);
    }
    path.reverse();
    path
}

fn highest(values: &[f32]) -> usize {
    let better = |best: usize, at: usize| if values[at] > values[best] { at } else { best };
    (0..values.len()).fold(0, better)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sounding(name: &str) -> Tones {
        let chord: Chord = name.parse().expect("a chord");
        let mut chords = [0.02; CLASSES];
        for step in chord.quality.tones() {
            chords[(usize::from(chord.root) + step) % CLASSES] += 0.3;
        }
        let mut bass = [0.0; CLASSES];
        bass[usize::from(chord.root)] = 1.0;
        Tones {
            chords: shares(chords),
            bass,
            level: 1.0,
        }
    }

    #[test]
    fn clear_chords_are_named_and_run_together() {
        let names = ["C", "C", "Am7", "Am7", "F", "F", "G7", "G7"];
        let mut tones: Vec<Tones> = names.map(sounding).to_vec();
        tones.push(Tones::default());
        let bounds: Vec<f64> = (0..=tones.len()).map(|beat| beat as f64).collect();
        let lane = lane(
            &tones,
            &bounds,
            &[true, false, true, false, true, false, true, false, true],
        );
        let found: Vec<String> = lane
            .iter()
            .map(|span| span.chord.map_or("N".to_owned(), |chord| chord.to_string()))
            .collect();
        assert_eq!(found, ["C", "Am7", "F", "G7", "N"]);
        assert_eq!((lane[1].start_secs, lane[1].end_secs), (2.0, 4.0));
    }

    #[test]
    fn a_stray_note_changes_no_chord() {
        let mut tones = [sounding("D"); 8];
        tones[3].chords = shares([0.1; CLASSES]);
        let bounds: Vec<f64> = (0..=8).map(f64::from).collect();
        assert_eq!(lane(&tones, &bounds, &[false; 8]).len(), 1);
        assert!(lane(&[], &[], &[]).is_empty());
    }

    #[test]
    fn tones_are_means_between_the_bounds() {
        let mut frames = vec![[0.0; CLASSES]; 40];
        frames[20..].iter_mut().for_each(|frame| frame[3] = 2.0);
        let bounds = [0.0, 20.0 / chroma::FRAME_RATE, 40.0 / chroma::FRAME_RATE];
        let tones = tones(&frames, &frames, &bounds);
        assert_eq!((tones[0].level, tones[1].level), (0.0, 1.0));
        assert_eq!(tones[1].chords[3], 1.0);
    }
}
