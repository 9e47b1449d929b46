//! Beats, chords and key of a song, read from its notes.

use std::ops::Range;

use crate::music::{Chord, Key, Quality, Span, estimate_key};
use crate::render::score::{Note, Score};
use crate::source::Source;

const CLASSES: usize = 12;
/// Places within a beat that are tried for the beat itself.
const PHASES: usize = 48;
/// Players are so inaccurate, seconds.
const LOOSE_SECS: f64 = 0.02;
/// A beat where the MIDI file has one stays unless another place has this much more on it: songs cut out of longer ones
/// begin anywhere.
const CLEARLY: f64 = 1.6;
/// Bass drums and snares of General MIDI.
const BEAT_DRUMS: [u8; 4] = [35, 36, 38, 40];
/// What notes outside a chord take from it, relative to those in it.
const STRANGE_COST: f64 = 1.0;
/// What a change of chord costs, in beats of a fully sounding chord.
const CHANGE_COST: f64 = 0.6;
/// What a chord has to be ahead by for its seventh or diminished fifth.
const RARE_COST: f64 = 0.12;
/// Bonus of a chord whose root is the lowest note.
const ROOT_BONUS: f64 = 0.25;
/// Share of what sounds in a beat that has to belong to its chord; other beats are left out.
const CLEAR_SHARE: f64 = 0.7;

/// Beats, chords and key.
#[derive(Clone, Debug, PartialEq)]
pub struct MusicTruth {
    /// The beats, seconds.
    pub beats_secs: Vec<f64>,
    /// Chords by their time; stretches whose notes are no clear chord are missing.
    pub chords: Vec<Span>,
    /// The key that the notes fit best.
    pub key: Option<Key>,
}

impl MusicTruth {
    /// Of the first `duration_secs` of a song.
    pub fn of(score: &Score, duration_secs: f64) -> Self {
        let beats_secs = beats(score, duration_secs);
        Self {
            chords: chords(score, &beats_secs),
            key: key(score),
            beats_secs,
        }
    }
}

/// Beats at the score's tempi, in the phase on which most notes fall.
fn beats(score: &Score, duration_secs: f64) -> Vec<f64> {
    let clock = Clock(score);
    let phase = phase(score, &clock);
    let numbers = (0..).map(|beat| clock.secs(f64::from(beat) + phase));
    numbers.take_while(|&at| at < duration_secs).collect()
}

/// Where within the MIDI file's beats the song's beats are, in [0, 1).
fn phase(score: &Score, clock: &Clock<'_>) -> f64 {
    let mut votes = [0.0; PHASES];
    for part in &score.parts {
        let source = Source::from_general_midi(part.program);
        for note in &part.notes {
            let weight = match source {
                Source::Drums if BEAT_DRUMS.contains(&note.key) => 3.0,
                Source::Drums => 0.5,
                Source::Bass => 2.0,
                _ => 1.0,
            };
            let beat = clock.beat(note.start_secs);
            let loose = LOOSE_SECS * clock.bpm(note.start_secs) / 60.0;
            for (phase, vote) in votes.iter_mut().enumerate() {
                let way = beat.fract() - phase as f64 / PHASES as f64;
                let off = (way - way.round()) / loose;
                *vote += weight * (-0.5 * off * off).exp();
            }
        }
    }
    let best = (0..PHASES).fold(
        0,
        |best, at| if votes[at] > votes[best] { at } else { best },
    );
    match votes[best] > CLEARLY * votes[0] {
        true => best as f64 / PHASES as f64,
        false => 0.0,
    }
}

/// Seconds to beats and back through a score's tempi.
struct Clock<'a>(&'a Score);

impl Clock<'_> {
    fn bpm(&self, secs: f64) -> f64 {
        let started = self
            .0
            .tempos
            .iter()
            .take_while(|tempo| tempo.from_secs <= secs);
        started
            .last()
            .or(self.0.tempos.first())
            .map_or(120.0, |tempo| tempo.beats_per_minute)
    }

    fn beat(&self, secs: f64) -> f64 {
        let tempos = &self.0.tempos;
        let mut beat = 0.0;
        for (position, tempo) in tempos.iter().enumerate() {
            let end = tempos
                .get(position + 1)
                .map_or(secs, |next| next.from_secs.min(secs));
            beat += (end - tempo.from_secs).max(0.0) * tempo.beats_per_minute / 60.0;
        }
        beat
    }

    fn secs(&self, beat: f64) -> f64 {
        let tempos = &self.0.tempos;
        let mut passed = 0.0;
        for (position, tempo) in tempos.iter().enumerate() {
            let rate = tempo.beats_per_minute / 60.0;
            let length = tempos.get(position + 1).map_or(f64::INFINITY, |next| {
                (next.from_secs - tempo.from_secs) * rate
            });
            if beat <= passed + length {
                return tempo.from_secs + (beat - passed) / rate;
            }
            passed += length;
        }
        beat / 2.0
    }
}

/// How long each pitch class sounds within a stretch, and the lowest note's.
fn sounding(score: &Score, secs: &Range<f64>) -> ([f64; CLASSES], Option<u8>) {
    let mut classes = [0.0; CLASSES];
    let mut lowest: Option<u8> = None;
    let parts = score.parts.iter().filter(|part| part.program.is_some());
    for note in parts.flat_map(|part| &part.notes) {
        let share = overlap(note, secs);
        if share > 0.0 {
            classes[usize::from(note.key % 12)] += share;
        }
        if share > 0.25 {
            lowest = Some(lowest.map_or(note.key, |key| key.min(note.key)));
        }
    }
    (classes, lowest.map(|key| key % 12))
}

/// The share of a stretch in which a note sounds.
fn overlap(note: &Note, secs: &Range<f64>) -> f64 {
    let shared = note.end_secs().min(secs.end) - note.start_secs.max(secs.start);
    shared.max(0.0) / (secs.end - secs.start)
}

/// The chords beat by beat: the best way through what fits, from what each chord explains of what sounds.
fn chords(score: &Score, beats_secs: &[f64]) -> Vec<Span> {
    let states: Vec<Chord> = Quality::ALL
        .into_iter()
        .flat_map(|quality| (0..CLASSES as u8).map(move |root| Chord { root, quality }))
        .collect();
    let stretches: Vec<Range<f64>> = beats_secs.windows(2).map(|pair| pair[0]..pair[1]).collect();
    let heard: Vec<_> = stretches.iter().map(|secs| sounding(score, secs)).collect();
    let mut totals = vec![0.0; states.len()];
    let mut from: Vec<Vec<usize>> = Vec::new();
    for (classes, lowest) in &heard {
        let best = highest(&totals);
        let changed = totals[best] - CHANGE_COST;
        let mut origins = Vec::with_capacity(states.len());
        for (state, total) in totals.iter_mut().enumerate() {
            origins.push(if *total >= changed { state } else { best });
            *total = total.max(changed) + fit(states[state], classes, *lowest);
        }
        from.push(origins);
    }
    let mut path = Vec::new();
    let mut state = highest(&totals);
    for origins in from.iter().rev() {
        path.push(state);
        state = origins[state];
    }
    path.reverse();
    let named = path.into_iter().zip(&heard).zip(&stretches);
    named
        .filter_map(|((state, (classes, _)), secs)| {
            let chord = name(states[state], classes)?;
            Some(Span {
                start_secs: secs.start,
                end_secs: secs.end,
                chord,
            })
        })
        .collect()
}

/// The truth about a beat: unknown, no chord, or the chord.
fn name(chord: Chord, classes: &[f64; CLASSES]) -> Option<Option<Chord>> {
    let all: f64 = classes.iter().sum();
    if all < 0.05 {
        return Some(None);
    }
    let inside: f64 = (0..CLASSES)
        .filter(|&class| chord.contains(class))
        .map(|class| classes[class])
        .sum();
    let kinds = classes.iter().filter(|share| **share > 0.1 * all).count();
    (inside >= CLEAR_SHARE * all && kinds >= 3).then_some(Some(chord))
}

fn fit(chord: Chord, classes: &[f64; CLASSES], lowest: Option<u8>) -> f64 {
    let all: f64 = classes.iter().sum();
    if all <= 0.0 {
        return 0.0;
    }
    let tones = chord.quality.tones();
    let share = |step: &usize| classes[(usize::from(chord.root) + step) % CLASSES] / all;
    let inside: f64 = tones.iter().map(share).sum();
    let missing = tones.iter().filter(|step| share(step) < 0.03).count() as f64;
    let is_rare = !matches!(chord.quality, Quality::Major | Quality::Minor);
    inside - STRANGE_COST * (1.0 - inside) - 0.15 * missing
        + if lowest == Some(chord.root) {
            ROOT_BONUS
        } else {
            0.0
        }
        - if is_rare { RARE_COST } else { 0.0 }
}

fn highest(values: &[f64]) -> usize {
    let better = |best: usize, at: usize| if values[at] > values[best] { at } else { best };
    (0..values.len()).fold(0, better)
}

/// The key that all notes of a song, by their duration, fit best.
fn key(score: &Score) -> Option<Key> {
    let mut shares = [0.0; CLASSES];
    let parts = score.parts.iter().filter(|part| part.program.is_some());
    for note in parts.flat_map(|part| &part.notes) {
        shares[usize::from(note.key % 12)] += note.duration_secs.min(4.0);
    }
    estimate_key(&shares).map(|estimate| estimate.key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::score::{Part, TempoChange};

    fn note(start_secs: f64, duration_secs: f64, key: u8) -> Note {
        Note {
            start_secs,
            duration_secs,
            key,
            velocity: 90,
        }
    }

    /// A chord each bar of four beats at 120 a minute, begun late.
    fn song(late_secs: f64) -> Score {
        let bars = [
            [48, 60, 64, 67],
            [45, 60, 64, 69],
            [53, 65, 69, 72],
            [43, 62, 67, 71],
        ];
        let chords = (0..16).flat_map(|bar| {
            bars[bar % 4].map(move |key| note(late_secs + 2.0 * bar as f64, 2.0, key))
        });
        let kicks = (0..64).map(|beat| note(late_secs + 0.5 * f64::from(beat), 0.1, 36));
        Score {
            tempos: vec![TempoChange {
                from_secs: 0.0,
                beats_per_minute: 120.0,
            }],
            parts: vec![
                Part {
                    program: Some(0),
                    notes: chords.collect(),
                    controls: Vec::new(),
                },
                Part {
                    program: None,
                    notes: kicks.collect(),
                    controls: Vec::new(),
                },
            ],
        }
    }

    #[test]
    fn beats_are_where_the_notes_are() {
        for late_secs in [0.0, 0.25, 0.125] {
            let truth = MusicTruth::of(&song(late_secs), 32.0);
            assert!(
                (truth.beats_secs[3] - 1.5 - late_secs).abs() < 0.011,
                "{late_secs}"
            );
        }
    }

    #[test]
    fn chords_and_key_are_read_from_the_notes() {
        let truth = MusicTruth::of(&song(0.0), 32.0);
        let at = |secs: f64| {
            let span = truth
                .chords
                .iter()
                .find(|span| (span.start_secs..span.end_secs).contains(&secs));
            span.and_then(|span| span.chord)
                .map(|chord| chord.to_string())
        };
        let found = [0.7, 2.7, 4.7, 6.7].map(|secs| at(secs).unwrap_or_default());
        assert_eq!(found, ["C", "Am", "F", "G"]);
        assert_eq!(
            truth.key.map(|key| key.to_string()).as_deref(),
            Some("C major")
        );
    }

    #[test]
    fn the_clock_runs_through_changes_of_tempo() {
        let tempo = |from_secs, beats_per_minute| TempoChange {
            from_secs,
            beats_per_minute,
        };
        let score = Score {
            tempos: vec![tempo(0.0, 60.0), tempo(10.0, 120.0)],
            parts: Vec::new(),
        };
        let clock = Clock(&score);
        for (secs, beat) in [(4.0, 4.0), (10.0, 10.0), (12.0, 14.0)] {
            assert!((clock.beat(secs) - beat).abs() < 1e-9);
            assert!((clock.secs(beat) - secs).abs() < 1e-9);
        }
    }
}
