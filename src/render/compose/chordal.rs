//! Accompaniment: guitars, pianos, pads, stabs and sequences.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::harmony::Chord;
use super::line::Line;
use super::rhythm::strokes;
use super::scene::Scene;
use super::style::{GuitarManner, PianoManner};

const SIXTEENTH: f64 = 0.25;
const GUITAR_FLOOR: i32 = 40;
const STRING_SECS: f64 = 0.011;

/// A section of rhythm guitar.
pub fn guitar(scene: &Scene, manner: GuitarManner, line: &mut Line, rng: &mut ChaCha8Rng) {
    let riff: Vec<i32> = (0..16)
        .map(|_| [0, 0, 0, 2, 3, 4, -1, 7][rng.random_range(0..8)])
        .collect();
    for (bar, chord) in scene.section.chords.iter().enumerate() {
        let beat = scene.bar_beat(bar);
        match manner {
            GuitarManner::Strum(pattern) => strum(scene, pattern, chord, beat, line),
            GuitarManner::Power(pattern) => power(scene, pattern, chord, beat, line),
            GuitarManner::Pick(pattern) => pick(scene, pattern, chord, beat, line),
            GuitarManner::Riff(pattern) => {
                let root = chord.root_above(GUITAR_FLOOR);
                for (index, (step, steps, _)) in
                    strokes(pattern, scene.beats * 4).into_iter().enumerate()
                {
                    let key = scene.snap(root + riff[(index + 8 * (bar % 2)) % 16] * 12 / 7);
                    line.add(
                        beat + step as f64 * SIXTEENTH,
                        steps as f64 * SIXTEENTH * 0.9,
                        key,
                        scene.velocity(92.0),
                    );
                    line.add(
                        beat + step as f64 * SIXTEENTH,
                        steps as f64 * SIXTEENTH * 0.9,
                        key + 7,
                        scene.velocity(80.0),
                    );
                }
            }
        }
    }
}

fn strum(scene: &Scene, pattern: &str, chord: &Chord, beat: f64, line: &mut Line) {
    let root = chord.root_above(GUITAR_FLOOR);
    let mut keys = vec![root];
    keys.extend(chord.voicing(58, 4).into_iter().filter(|key| *key > root));
    for (step, steps, sign) in strokes(pattern, scene.beats * 4) {
        let at = beat + step as f64 * SIXTEENTH;
        let beats = steps as f64 * SIXTEENTH;
        match sign {
            b'D' => line.chord(at, beats, &keys, scene.velocity(92.0), STRING_SECS),
            b'U' => {
                let upper: Vec<i32> = keys.iter().rev().take(4).copied().collect();
                line.chord(at, beats, &upper, scene.velocity(76.0), STRING_SECS * 0.8);
            }
            _ => line.chord(
                at,
                0.06,
                &keys[1..],
                scene.velocity(60.0),
                STRING_SECS * 0.5,
            ),
        }
    }
}

fn power(scene: &Scene, pattern: &str, chord: &Chord, beat: f64, line: &mut Line) {
    let root = chord.root_above(GUITAR_FLOOR);
    for (step, steps, sign) in strokes(pattern, scene.beats * 4) {
        let at = beat + step as f64 * SIXTEENTH;
        let beats = steps as f64 * SIXTEENTH;
        if sign == b'X' {
            line.chord(
                at,
                beats * 0.95,
                &[root, root + 7, root + 12],
                scene.velocity(104.0),
                0.004,
            );
        } else {
            line.chord(
                at,
                (beats * 0.5).min(0.2),
                &[root, root + 7],
                scene.velocity(82.0),
                0.004,
            );
        }
    }
}

fn pick(scene: &Scene, pattern: &str, chord: &Chord, beat: f64, line: &mut Line) {
    line.add(
        beat,
        scene.beats as f64,
        chord.root_above(GUITAR_FLOOR),
        scene.velocity(88.0),
    );
    for (step, _, sign) in strokes(pattern, scene.beats * 4) {
        let key = chord.tone_above(52, usize::from(sign - b'0'));
        let beats = (scene.beats as f64 - step as f64 * SIXTEENTH).min(1.5);
        line.add(
            beat + step as f64 * SIXTEENTH,
            beats,
            key,
            scene.velocity(80.0),
        );
    }
}

/// A section of piano.
pub fn piano(scene: &Scene, manner: PianoManner, line: &mut Line, rng: &mut ChaCha8Rng) {
    let (PianoManner::Chords(left, right) | PianoManner::Broken(left, right)) = manner;
    let (octaves, centre) = (rng.random_bool(0.4), rng.random_range(62..70));
    for (bar, chord) in scene.section.chords.iter().enumerate() {
        let beat = scene.bar_beat(bar);
        let root = chord.root_above(36);
        for (step, steps, sign) in strokes(left, scene.beats * 4) {
            let key = root
                + match sign.to_ascii_lowercase() {
                    b'f' => chord.tones.get(2).copied().unwrap_or(7),
                    b'o' => 12,
                    _ => 0,
                };
            let at = beat + step as f64 * SIXTEENTH;
            line.add(at, steps as f64 * SIXTEENTH, key, scene.velocity(82.0));
            if octaves && sign.is_ascii_uppercase() {
                line.add(at, steps as f64 * SIXTEENTH, key + 12, scene.velocity(74.0));
            }
        }
        let voicing = chord.voicing(centre, 3 + usize::from(chord.tones.len() > 3));
        for (step, steps, sign) in strokes(right, scene.beats * 4) {
            let at = beat + step as f64 * SIXTEENTH;
            match manner {
                PianoManner::Chords(..) => line.chord(
                    at,
                    steps as f64 * SIXTEENTH * 0.9,
                    &voicing,
                    scene.velocity(80.0),
                    0.004,
                ),
                PianoManner::Broken(..) => {
                    let key = chord.tone_above(centre - 5, usize::from(sign.saturating_sub(b'0')));
                    line.add(
                        at,
                        (steps as f64 * SIXTEENTH).max(1.0),
                        key,
                        scene.velocity(76.0),
                    );
                }
            }
        }
    }
}

/// Sustained chords.
pub fn pad(scene: &Scene, line: &mut Line, rng: &mut ChaCha8Rng) {
    let centre = rng.random_range(58..70);
    for (bar, chord) in scene.section.chords.iter().enumerate() {
        line.chord(
            scene.bar_beat(bar),
            scene.beats as f64 * 0.99,
            &chord.voicing(centre, 4),
            scene.velocity(74.0),
            0.01,
        );
    }
}

/// Short chords in a syncopated rhythm, every other bar or so.
pub fn stabs(scene: &Scene, line: &mut Line, rng: &mut ChaCha8Rng) {
    const RHYTHMS: [&str; 5] = [
        "x.......x..x....",
        "...x..x.........",
        "x..x..x.........",
        "............x.x.",
        "x...............",
    ];
    let rhythm = RHYTHMS[rng.random_range(0..RHYTHMS.len())];
    let every = rng.random_range(1..=2);
    for (bar, chord) in scene
        .section
        .chords
        .iter()
        .enumerate()
        .filter(|(bar, _)| bar % every == 0)
    {
        for (step, steps, _) in strokes(rhythm, scene.beats * 4) {
            let beats = (steps as f64 * SIXTEENTH * 0.8).min(1.5);
            line.chord(
                scene.bar_beat(bar) + step as f64 * SIXTEENTH,
                beats,
                &chord.voicing(65, 3),
                scene.velocity(100.0),
                0.003,
            );
        }
    }
}

/// Quick broken chords, always in one shape.
pub fn sequence(scene: &Scene, line: &mut Line, rng: &mut ChaCha8Rng) {
    let shape: Vec<usize> = (0..8).map(|_| rng.random_range(0..6)).collect();
    let (length, base) = (
        [SIXTEENTH, 2.0 * SIXTEENTH][rng.random_range(0..2)],
        rng.random_range(55..68),
    );
    for (bar, chord) in scene.section.chords.iter().enumerate() {
        let count = (scene.beats as f64 / length) as usize;
        for index in 0..count {
            let key = chord.tone_above(base, shape[index % shape.len()]);
            line.add(
                scene.bar_beat(bar) + index as f64 * length,
                length * 0.8,
                key,
                scene.velocity(78.0),
            );
        }
    }
}
