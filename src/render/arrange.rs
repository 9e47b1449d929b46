//! Augments a MIDI file: transposes, changes tempo and programs, swaps instruments, drops or mutes parts.

use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::cast::Casting;
use super::program;
use super::score::{ControlKind, Note, Part, Score};
use crate::source::Source;

const MAX_PARTS: usize = 12;
const MIN_NOTES: usize = 4;
const MIN_PARTS_LEFT: usize = 2;

/// Draws one arrangement of a song; all randomness comes from `rng`.
pub fn arrange(mut score: Score, casting: Casting, rng: &mut ChaCha8Rng) -> Score {
    keep_busiest(&mut score);
    retime(&mut score, rng.random_range(0.9..1.1));
    let semitones = rng.random_range(-4..=4);
    if casting != Casting::Recast {
        swap_instruments(&mut score, rng);
    }
    leave_out(&mut score, rng);
    let end_secs = score.end_secs();
    for part in &mut score.parts {
        if let Some(old) = part.program {
            part.program = Some(if rng.random_bool(0.75) {
                program::varied(old, rng)
            } else {
                old
            });
            transpose(part, semitones);
        }
        if rng.random_bool(0.3) {
            mute_stretches(part, end_secs, rng);
        }
        vary_velocity(part, rng);
    }
    score.parts.retain(|part| part.notes.len() >= MIN_NOTES);
    score
}

/// Drops parts of a few notes, and the least busy ones beyond what a track holds.
fn keep_busiest(score: &mut Score) {
    score.parts.retain(|part| part.notes.len() >= MIN_NOTES);
    score
        .parts
        .sort_by_key(|part| std::cmp::Reverse(part.notes.len()));
    score.parts.truncate(MAX_PARTS);
}

fn retime(score: &mut Score, stretch: f64) {
    for tempo in &mut score.tempos {
        tempo.from_secs *= stretch;
        tempo.beats_per_minute /= stretch;
    }
    for part in &mut score.parts {
        for note in &mut part.notes {
            note.start_secs *= stretch;
            note.duration_secs *= stretch;
        }
        part.controls
            .iter_mut()
            .for_each(|control| control.at_secs *= stretch);
    }
}

/// Moves some parts to an instrument of another source, mostly to the sources that are rarer in MIDI files.
fn swap_instruments(score: &mut Score, rng: &mut ChaCha8Rng) {
    for part in &mut score.parts {
        let Some(old) = part.program else { continue };
        let (chance, choices): (f64, &[Source]) = match Source::from_general_midi(Some(old)) {
            Source::Other => (0.3, &[Source::Guitar, Source::Guitar, Source::Piano]),
            Source::Piano => (0.15, &[Source::Guitar, Source::Guitar, Source::Other]),
            Source::Guitar => (0.2, &[Source::Piano, Source::Other]),
            Source::Bass | Source::Drums => continue,
        };
        if rng.random_bool(chance) {
            part.program = Some(match choices.choose(rng) {
                Some(Source::Guitar) => program::varied(24, rng),
                Some(Source::Piano) => program::varied(0, rng),
                _ => program::other(rng),
            });
        }
    }
}

/// Removes one or two sources from half of the songs, unless too few parts would be left.
fn leave_out(score: &mut Score, rng: &mut ChaCha8Rng) {
    let mut absent = Source::ALL;
    absent.shuffle(rng);
    let count = *[0, 0, 0, 1, 1, 2].choose(rng).unwrap_or(&0);
    let kept = |part: &Part| !absent[..count].contains(&Source::from_general_midi(part.program));
    if score.parts.iter().filter(|part| kept(part)).count() >= MIN_PARTS_LEFT {
        score.parts.retain(kept);
    }
}

fn mute_stretches(part: &mut Part, end_secs: f64, rng: &mut ChaCha8Rng) {
    for _ in 0..rng.random_range(1..=3) {
        let length_secs = rng.random_range(6.0..45.0);
        let from_secs = rng.random_range(-10.0..end_secs.max(1.0));
        part.notes
            .retain(|note| !(from_secs..from_secs + length_secs).contains(&note.start_secs));
    }
}

/// Moves a part by semitones, or not at all if a key would leave the range of MIDI.
fn transpose(part: &mut Part, semitones: i16) {
    let moved = |note: &Note| i16::from(note.key) + semitones;
    if part
        .notes
        .iter()
        .all(|note| (0..=127).contains(&moved(note)))
    {
        for note in &mut part.notes {
            note.key = moved(note) as u8;
        }
    }
}

fn vary_velocity(part: &mut Part, rng: &mut ChaCha8Rng) {
    let scale: f32 = rng.random_range(0.75..1.2);
    for note in &mut part.notes {
        let jitter: f32 = rng.random_range(-5.0..5.0);
        note.velocity = (f32::from(note.velocity) * scale + jitter)
            .round()
            .clamp(1.0, 127.0) as u8;
    }
    // Volume would undo the level drawn for the part; a fade in it stays audible through expression.
    part.controls
        .retain(|control| !matches!(control.kind, ControlKind::Controller(7, _)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::score::TempoChange;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn arranged_songs_stay_valid_and_follow_the_seed() {
        let notes = |key: u8| {
            (0..40)
                .map(|i| Note {
                    start_secs: f64::from(i),
                    duration_secs: 0.5,
                    key,
                    velocity: 100,
                })
                .collect()
        };
        let part = |program, key| Part {
            program,
            notes: notes(key),
            ..Part::default()
        };
        let parts = vec![
            part(None, 36),
            part(Some(33), 40),
            part(Some(0), 60),
            part(Some(48), 126),
        ];
        let score = Score {
            tempos: vec![TempoChange {
                from_secs: 0.0,
                beats_per_minute: 100.0,
            }],
            parts,
        };
        for seed in 0..50 {
            let arranged = |seed| {
                arrange(
                    score.clone(),
                    Casting::Recast,
                    &mut ChaCha8Rng::seed_from_u64(seed),
                )
            };
            assert_eq!(arranged(seed), arranged(seed));
            assert!(
                arranged(seed)
                    .notes()
                    .all(|note| note.key < 128 && (1..128).contains(&note.velocity))
            );
        }
    }
}
