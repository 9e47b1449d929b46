//! Melodies: a motif of rhythm and contour, repeated with variations and fitted to the chords.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::line::Line;
use super::scene::Scene;

/// Rhythms of a four-beat bar, in sixteenths; negative values are rests.
const RHYTHMS: &[&[i32]] = &[
    &[4, 4, 4, 4],
    &[2, 2, 4, 2, 2, 4],
    &[6, 2, 8],
    &[3, 3, 2, 4, 4],
    &[-4, 4, 4, 4],
    &[8, -4, 2, 2],
    &[2, 2, 2, 2, 4, 4],
    &[6, 6, 4],
    &[12, -4],
    &[-2, 2, 2, 2, 4, 4],
    &[4, 2, 2, 8],
    &[-8, 4, 4],
    &[3, 3, 3, 3, 4],
];
/// Quicker rhythms for solos.
const SOLO_RHYTHMS: &[&[i32]] = &[
    &[2, 2, 2, 2, 2, 2, 2, 2],
    &[1, 1, 2, 1, 1, 2, 4, 4],
    &[2, 1, 1, 2, 2, 4, -4],
    &[1, 1, 1, 1, 1, 1, 1, 1, 8],
    &[3, 1, 2, 2, 6, 2],
    &[2, 2, 2, 2, 8],
    &[-2, 2, 2, 2, 2, 2, 4],
];

/// Range, pace and ornaments of a melody.
#[derive(Clone, Copy, Debug)]
pub struct Voice {
    /// Lowest and highest key.
    pub range: (i32, i32),
    /// Density of the notes.
    pub pace: Pace,
    /// Ornaments.
    pub touch: Touch,
}

/// Density of a melody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Singable.
    Melody,
    /// Fast.
    Solo,
}

/// Ornaments of an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touch {
    /// None.
    Plain,
    /// Bends and vibrato, as on guitar strings.
    Strings,
    /// Octaves now and then, as on a piano.
    Octaves,
}

/// A section of melody.
pub fn melody(scene: &Scene, voice: Voice, line: &mut Line, rng: &mut ChaCha8Rng) {
    let rhythms = if voice.pace == Pace::Solo {
        SOLO_RHYTHMS
    } else {
        RHYTHMS
    };
    let motif: [&[i32]; 2] = std::array::from_fn(|_| *rhythms.choose(rng).unwrap_or(&rhythms[0]));
    let contour: Vec<i32> = (0..8)
        .map(|_| *[-2, -1, -1, 1, 1, 2, 0, 3].choose(rng).unwrap_or(&1))
        .collect();
    let middle = (voice.range.0 + voice.range.1) / 2;
    let mut key = scene.snap(middle + rng.random_range(-4..5));
    for bar in 0..scene.section.chords.len() {
        if rng.random_bool(0.12) {
            continue;
        }
        let rhythm = if rng.random_bool(0.75) {
            motif[bar % 2]
        } else {
            rhythms.choose(rng).unwrap_or(&motif[0])
        };
        let mut step = 0;
        for (index, length) in rhythm.iter().enumerate() {
            let steps = length.unsigned_abs() as usize;
            if step + steps > scene.beats * 4 {
                break;
            }
            let at = scene.bar_beat(bar) + step as f64 * 0.25;
            let strong = step % 4 == 0;
            step += steps;
            let moved = if rng.random_bool(0.8) {
                contour[(index + bar / 2) % contour.len()]
            } else {
                rng.random_range(-3..=3)
            };
            key = within(scene.move_steps(key, moved), voice.range);
            if strong && rng.random_bool(0.7) {
                key = within(scene.chord_tone_near(bar, key), voice.range);
            }
            if *length > 0 {
                sound(scene, voice, (at, steps as f64 * 0.25), key, line, rng);
            }
        }
    }
}

fn sound(
    scene: &Scene,
    voice: Voice,
    (at, beats): (f64, f64),
    key: i32,
    line: &mut Line,
    rng: &mut ChaCha8Rng,
) {
    line.add(at, beats * 0.93, key, scene.velocity(100.0));
    match voice.touch {
        Touch::Strings if beats >= 1.0 && rng.random_bool(0.5) => {
            line.vibrato(at + 0.4 * beats, at + beats)
        }
        Touch::Strings if beats >= 0.5 && rng.random_bool(0.2) => line.bend_into(at),
        Touch::Octaves if rng.random_bool(0.25) => {
            line.add(at, beats * 0.93, key + 12, scene.velocity(88.0))
        }
        _ => {}
    }
}

/// A slow line of one or two notes a bar, moving by small steps between chord tones.
pub fn counter(scene: &Scene, range: (i32, i32), line: &mut Line, rng: &mut ChaCha8Rng) {
    let mut key = (range.0 + range.1) / 2;
    let halves = rng.random_bool(0.5);
    for bar in 0..scene.section.chords.len() {
        let count = if halves && scene.beats == 4 { 2 } else { 1 };
        let beats = scene.beats as f64 / f64::from(count);
        for index in 0..count {
            key = within(
                scene.chord_tone_near(bar, key + rng.random_range(-4..=4)),
                range,
            );
            line.add(
                scene.bar_beat(bar) + f64::from(index) * beats,
                beats * 0.97,
                key,
                scene.velocity(84.0),
            );
        }
    }
}

fn within(key: i32, (low, high): (i32, i32)) -> i32 {
    let mut key = key;
    while key > high {
        key -= 12;
    }
    while key < low {
        key += 12;
    }
    key
}
