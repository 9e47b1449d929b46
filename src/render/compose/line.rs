//! A part being composed: notes in beats, turned into seconds with swing and humanised timing and velocity.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::super::score::{Control, ControlKind, Note, Part};

/// Standard deviations of the humanisation: onsets in seconds, then velocities.
const TIMING_SECS: f64 = 0.009;
const VELOCITY: f64 = 7.0;
const BEND_CENTRE: u16 = 8192;

/// A note in beats.
#[derive(Clone, Copy, Debug, PartialEq)]
struct BeatNote {
    beat: f64,
    beats: f64,
    key: i32,
    velocity: f64,
    late_secs: f64,
}

/// How beats become seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Time {
    /// Quarter notes a minute.
    pub beats_per_minute: f64,
    /// Where in the beat the second eighth stands: 0.5 straight, 0.67 shuffled.
    pub swing: f64,
}

impl Time {
    /// Seconds at a beat.
    pub fn seconds(&self, beat: f64) -> f64 {
        let (whole, part) = (beat.floor(), beat - beat.floor());
        let swung = if part < 0.5 {
            part / 0.5 * self.swing
        } else {
            self.swing + (part - 0.5) / 0.5 * (1.0 - self.swing)
        };
        (whole + swung) * 60.0 / self.beats_per_minute
    }
}

/// A part being composed.
#[derive(Clone, Debug, Default)]
pub struct Line {
    notes: Vec<BeatNote>,
    bends: Vec<f64>,
    vibratos: Vec<(f64, f64)>,
}

impl Line {
    /// Adds a note; keys outside MIDI's range are moved by octaves.
    pub fn add(&mut self, beat: f64, beats: f64, key: i32, velocity: f64) {
        self.add_late(beat, beats, key, velocity, 0.0);
    }

    /// Adds a delayed note, such as one on the later strings of a strummed chord.
    pub fn add_late(&mut self, beat: f64, beats: f64, key: i32, velocity: f64, late_secs: f64) {
        let mut key = key;
        while key > 108 {
            key -= 12;
        }
        while key < 21 {
            key += 12;
        }
        self.notes.push(BeatNote {
            beat,
            beats,
            key,
            velocity,
            late_secs,
        });
    }

    /// Adds a chord, its notes `spread_secs` apart.
    pub fn chord(&mut self, beat: f64, beats: f64, keys: &[i32], velocity: f64, spread_secs: f64) {
        for (index, key) in keys.iter().enumerate() {
            self.add_late(beat, beats, *key, velocity, index as f64 * spread_secs);
        }
    }

    /// Slides into the note at this beat from a semitone or so below.
    pub fn bend_into(&mut self, beat: f64) {
        self.bends.push(beat);
    }

    /// Vibrato from one beat to another.
    pub fn vibrato(&mut self, from_beat: f64, to_beat: f64) {
        self.vibratos.push((from_beat, to_beat));
    }

    /// Whether there are no notes.
    pub fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// The finished part.
    pub fn into_part(self, program: Option<u8>, time: Time, rng: &mut ChaCha8Rng) -> Part {
        let mut notes: Vec<Note> = self
            .notes
            .iter()
            .map(|note| play(note, time, rng))
            .collect();
        notes.sort_by(|a, b| {
            a.start_secs
                .total_cmp(&b.start_secs)
                .then(a.key.cmp(&b.key))
        });
        release_repeats(&mut notes);
        let mut controls = Vec::new();
        for beat in self.bends {
            let at_secs = (time.seconds(beat) - 0.02).max(0.0);
            controls.extend((0..=8_u16).map(|step| Control {
                at_secs: at_secs + f64::from(step) * 0.018,
                kind: ControlKind::PitchBend(BEND_CENTRE - (8 - step) * 512),
            }));
        }
        for (from, to) in self.vibratos {
            for (beat, depth) in [(from, 60), (to, 0)] {
                controls.push(Control {
                    at_secs: time.seconds(beat),
                    kind: ControlKind::Controller(1, depth),
                });
            }
        }
        controls.sort_by(|a, b| a.at_secs.total_cmp(&b.at_secs));
        Part {
            program,
            notes,
            controls,
        }
    }
}

fn play(note: &BeatNote, time: Time, rng: &mut ChaCha8Rng) -> Note {
    let early_or_late =
        TIMING_SECS * (rng.random_range(-1.0..1.0) + rng.random_range(-1.0..1.0)) / 2.0;
    let start_secs = (time.seconds(note.beat) + note.late_secs + early_or_late).max(0.0);
    let duration_secs =
        (time.seconds(note.beat + note.beats) - time.seconds(note.beat) - note.late_secs).max(0.03);
    let velocity = (note.velocity + rng.random_range(-VELOCITY..VELOCITY))
        .round()
        .clamp(15.0, 127.0) as u8;
    Note {
        start_secs,
        duration_secs,
        key: note.key.clamp(0, 127) as u8,
        velocity,
    }
}

/// Ends a note before its key is struck again.
fn release_repeats(notes: &mut [Note]) {
    let mut next_start = [f64::INFINITY; 128];
    for note in notes.iter_mut().rev() {
        let next = &mut next_start[usize::from(note.key)];
        note.duration_secs = note
            .duration_secs
            .min((*next - note.start_secs - 0.005).max(0.01));
        *next = note.start_secs;
    }
}
