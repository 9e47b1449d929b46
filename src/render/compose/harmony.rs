//! Keys, chords and progressions.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

const OCTAVE: i32 = 12;

/// A scale on a tonic.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Pitch class of the tonic.
    pub tonic: i32,
    scale: [i32; 7],
}

/// A chord: its root's pitch class and its tones in semitones above the root, ascending from 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Chord {
    /// Pitch class of the root.
    pub root: i32,
    /// Semitones above the root.
    pub tones: Vec<i32>,
}

/// How chords are built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Three tones.
    Triads,
    /// Four tones of the scale.
    Sevenths,
    /// Dominant sevenths everywhere, over the twelve-bar form.
    Blues,
}

const MAJOR: [i32; 7] = [0, 2, 4, 5, 7, 9, 11];
const MIXOLYDIAN: [i32; 7] = [0, 2, 4, 5, 7, 9, 10];
const MINOR: [i32; 7] = [0, 2, 3, 5, 7, 8, 10];
const DORIAN: [i32; 7] = [0, 2, 3, 5, 7, 9, 10];
const HARMONIC_MINOR: [i32; 7] = [0, 2, 3, 5, 7, 8, 11];

const TWELVE_BARS: &[usize] = &[0, 0, 0, 0, 3, 3, 0, 0, 4, 3, 0, 4];
/// Degrees a bar, counted from 0.
const IN_MAJOR: &[&[usize]] = &[
    &[0, 4, 5, 3],
    &[0, 5, 3, 4],
    &[5, 3, 0, 4],
    &[0, 3, 4, 3],
    &[0, 3, 0, 4],
    &[0, 2, 3, 4],
    &[1, 4, 0, 5],
    &[0, 5, 1, 4],
    &[3, 4, 2, 5],
    &[0, 4, 5, 2, 3, 0, 3, 4],
    &[0, 0, 3, 4],
    &[0, 1, 3, 0],
    &[3, 0, 4, 5],
    &[0, 6, 3, 0],
];
const IN_MINOR: &[&[usize]] = &[
    &[0, 5, 2, 6],
    &[0, 6, 5, 4],
    &[0, 3, 4, 0],
    &[0, 5, 3, 4],
    &[0, 2, 6, 3],
    &[0, 0, 5, 6],
    &[0, 3, 6, 2, 5, 1, 4, 0],
    &[0, 6, 0, 6],
    &[5, 6, 0, 0],
    &[0, 0, 0, 6],
    &[1, 4, 0, 0],
];

impl Key {
    /// Draws a tonic and a mode.
    pub fn draw(minor_chance: f64, rng: &mut ChaCha8Rng) -> Key {
        let modes: &[[i32; 7]] = if rng.random_bool(minor_chance) {
            &[MINOR, MINOR, DORIAN, HARMONIC_MINOR]
        } else {
            &[MAJOR, MAJOR, MAJOR, MIXOLYDIAN]
        };
        Key {
            tonic: rng.random_range(0..OCTAVE),
            scale: *modes.choose(rng).unwrap_or(&MAJOR),
        }
    }

    /// C major.
    pub fn c_major() -> Key {
        Key {
            tonic: 0,
            scale: MAJOR,
        }
    }

    /// The same mode some semitones higher.
    pub fn moved(self, semitones: i32) -> Key {
        Key {
            tonic: (self.tonic + semitones).rem_euclid(OCTAVE),
            ..self
        }
    }

    /// Whether the third is minor.
    pub fn is_minor(&self) -> bool {
        self.scale[2] == 3
    }

    /// The chord on a degree.
    pub fn chord(&self, degree: usize, colour: Colour) -> Chord {
        let root = self.scale[degree % 7];
        let size = if colour == Colour::Triads { 3 } else { 4 };
        let tones = match colour {
            Colour::Blues => vec![0, 4, 7, 10],
            _ => (0..size)
                .map(|third| (self.scale[(degree + 2 * third) % 7] - root).rem_euclid(OCTAVE))
                .collect(),
        };
        Chord {
            root: (self.tonic + root).rem_euclid(OCTAVE),
            tones,
        }
    }

    /// The MIDI key `steps` scale steps above the tonic at or above `base`.
    pub fn step(&self, base: i32, steps: i32) -> i32 {
        let tonic = base + (self.tonic - base).rem_euclid(OCTAVE);
        tonic + OCTAVE * steps.div_euclid(7) + self.scale[steps.rem_euclid(7) as usize]
    }

    /// A progression's degrees, one a bar.
    pub fn progression(&self, colour: Colour, rng: &mut ChaCha8Rng) -> Vec<usize> {
        let choices = if self.is_minor() { IN_MINOR } else { IN_MAJOR };
        match colour {
            Colour::Blues => TWELVE_BARS.to_vec(),
            _ => choices
                .choose(rng)
                .map_or_else(|| vec![0], |degrees| degrees.to_vec()),
        }
    }
}

impl Chord {
    /// The MIDI key of the root at or above `base`.
    pub fn root_above(&self, base: i32) -> i32 {
        base + (self.root - base).rem_euclid(OCTAVE)
    }

    /// The `index`-th chord tone counted upwards from `base`.
    pub fn tone_above(&self, base: i32, index: usize) -> i32 {
        let mut classes: Vec<i32> = self
            .tones
            .iter()
            .map(|tone| (self.root + tone - base).rem_euclid(OCTAVE))
            .collect();
        classes.sort_unstable();
        base + classes[index % classes.len()] + OCTAVE * (index / classes.len()) as i32
    }

    /// `count` neighbouring chord tones around `centre`: close position, for smooth voice leading.
    pub fn voicing(&self, centre: i32, count: usize) -> Vec<i32> {
        (0..count)
            .map(|index| self.tone_above(centre - 3 * count as i32 / 2, index))
            .collect()
    }

    /// Whether the key belongs to the chord.
    pub fn contains(&self, key: i32) -> bool {
        self.tones.contains(&(key - self.root).rem_euclid(OCTAVE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_of_c_major() {
        let key = Key::c_major();
        assert_eq!(
            key.chord(0, Colour::Triads),
            Chord {
                root: 0,
                tones: vec![0, 4, 7]
            }
        );
        assert_eq!(
            key.chord(1, Colour::Sevenths),
            Chord {
                root: 2,
                tones: vec![0, 3, 7, 10]
            }
        );
        assert_eq!(
            key.chord(0, Colour::Triads).voicing(60, 3),
            vec![60, 64, 67]
        );
        assert_eq!(key.step(48, 0), 48);
        assert_eq!(key.step(48, -1), 47);
        assert_eq!(key.step(48, 9), 64);
    }
}
