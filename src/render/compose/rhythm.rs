//! Drums and bass.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::form::Kind;
use super::line::Line;
use super::patterns::{Groove, drum};
use super::scene::Scene;

const BASS_FLOOR: i32 = 28;
const SIXTEENTH: f64 = 0.25;

/// A section of drums: the groove, sometimes thinned, and a fill at its end.
pub fn drums(scene: &Scene, groove: Groove, line: &mut Line, rng: &mut ChaCha8Rng) {
    let bars = scene.section.chords.len();
    let sparse = scene.section.kind == Kind::Breakdown
        || (scene.section.intensity < 0.55 && rng.random_bool(0.5));
    if scene.section.intensity > 0.7 {
        line.add(scene.bar_beat(0), 1.0, drum::CRASH, 100.0);
    }
    for bar in 0..bars {
        let fill_from = if bar + 1 == bars && rng.random_bool(0.75) {
            scene.beats * 4 - [4, 8][rng.random_range(0..2)]
        } else {
            usize::MAX
        };
        for (index, (key, hits)) in groove.iter().enumerate() {
            if sparse && index == 1 {
                continue;
            }
            for (step, hit) in hits
                .bytes()
                .enumerate()
                .filter(|(step, _)| *step < fill_from)
            {
                let velocity = match hit {
                    b'X' => 112.0,
                    b'x' => 88.0,
                    b'o' => 48.0,
                    _ => continue,
                };
                line.add(
                    scene.bar_beat(bar) + step as f64 * SIXTEENTH,
                    0.2,
                    *key,
                    velocity * (0.75 + 0.25 * scene.section.intensity),
                );
            }
        }
        if fill_from < usize::MAX {
            fill(scene, bar, fill_from, line, rng);
        }
    }
}

fn fill(scene: &Scene, bar: usize, from: usize, line: &mut Line, rng: &mut ChaCha8Rng) {
    let steps = scene.beats * 4 - from;
    for step in 0..steps {
        if rng.random_bool(0.75) {
            let tom = drum::TOMS[(4 * step / steps).min(3)];
            let key = if rng.random_bool(0.4) {
                drum::SNARE
            } else {
                tom
            };
            let rise = 20.0 * step as f64 / steps as f64;
            line.add(
                scene.bar_beat(bar) + (from + step) as f64 * SIXTEENTH,
                0.2,
                key,
                80.0 + rise,
            );
        }
    }
    line.add(
        scene.bar_beat(bar) + from as f64 * SIXTEENTH,
        0.2,
        drum::KICK,
        95.0,
    );
}

/// A section of bass in a pattern: `R`/`r` root, `F`/`f` fifth, `t` third, `o` octave, `a` a step before the next root,
/// `-` rest; a tone lasts until the next sign. "walk" walks in quarters.
pub fn bass(scene: &Scene, pattern: &str, line: &mut Line, rng: &mut ChaCha8Rng) {
    let octave = if rng.random_bool(0.3) { 5 } else { 0 };
    for (bar, chord) in scene.section.chords.iter().enumerate() {
        let next = scene.section.chords.get(bar + 1).unwrap_or(chord);
        let root = chord.root_above(BASS_FLOOR + octave);
        let target = nearest(next.root, root);
        if pattern == "walk" {
            for beat in 0..scene.beats {
                let key = match beat {
                    0 => root,
                    beat if beat + 1 == scene.beats => {
                        target + if rng.random_bool(0.5) { 1 } else { -1 }
                    }
                    beat => chord.tone_above(
                        root,
                        if rng.random_bool(0.7) {
                            beat
                        } else {
                            3 - beat.min(3)
                        },
                    ),
                };
                line.add(scene.bar_beat(bar) + beat as f64, 0.95, key, 92.0);
            }
            continue;
        }
        for (step, steps, sign) in strokes(pattern, scene.beats * 4) {
            let key = match sign {
                b'R' | b'r' => root,
                b'F' => root + fifth(chord) - 12,
                b'f' => root + fifth(chord),
                b't' => root + chord.tones[1],
                b'o' => root + 12,
                _ => target - 1,
            };
            let velocity = if sign.is_ascii_uppercase() {
                104.0
            } else {
                88.0
            };
            line.add(
                scene.bar_beat(bar) + step as f64 * SIXTEENTH,
                steps as f64 * SIXTEENTH * 0.92,
                key,
                velocity,
            );
        }
    }
}

fn fifth(chord: &super::harmony::Chord) -> i32 {
    chord.tones.get(2).copied().unwrap_or(7)
}

fn nearest(class: i32, key: i32) -> i32 {
    key + (class - key + 6).rem_euclid(12) - 6
}

/// The sounding signs of a pattern over `length` sixteenths: (step, steps until the next sign, sign).
pub fn strokes(pattern: &str, length: usize) -> Vec<(usize, usize, u8)> {
    let signs: Vec<u8> = pattern
        .bytes()
        .cycle()
        .take(length.min(pattern.len().max(1)))
        .collect();
    let set: Vec<usize> = (0..signs.len())
        .filter(|step| signs[*step] != b'.')
        .collect();
    let until = |position: usize| set.get(position + 1).copied().unwrap_or(signs.len());
    let all = set
        .iter()
        .enumerate()
        .map(|(position, step)| (*step, until(position) - step, signs[*step]));
    all.filter(|(_, _, sign)| *sign != b'-').collect()
}
