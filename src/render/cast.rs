//! Gives the parts of a song to other instruments: the same notes on other sounds, so that networks learn to recognise
//! sounds and not the notes that are usually played on them.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use super::program;
use super::score::{Part, Score};
use crate::source::Source;

/// Which instruments play the parts of a song.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casting {
    /// Mostly those that the song names; some parts move between guitar, piano and other.
    AsWritten,
    /// Most parts go to instruments drawn at random, and in many songs one source's parts all go to others.
    Recast,
    /// As written, but every part of one source goes to instruments of `other` (or, for `other` itself, to guitar and
    /// piano): with the same seed, the same notes as [`Casting::AsWritten`].
    GiveAway(Source),
}

/// Share of the melodic parts that are given to an instrument drawn at random.
const RECAST_SHARE: f64 = 2.0 / 3.0;
/// Share of the bass parts among those: bass lines mostly stay with a bass.
const BASS_RECAST_SHARE: f64 = 0.3;
/// Share of the songs in which a source gives all its parts to others.
const GIVE_AWAY_SHARE: f64 = 0.4;
/// Share of the songs in which two do.
const GIVE_AWAY_TWO_SHARE: f64 = 0.15;

/// Programs of `other` a family, those that play what guitars and pianos play in other songs counted more often.
const OTHER_FAMILIES: [&[u8]; 14] = [
    &[8, 9, 10, 11, 12, 13, 14, 15],    // mallets and music boxes
    &[11, 12, 13, 15, 108, 114],        // vibraphone, marimba, dulcimer, kalimba, steel drums
    &[16, 17, 18, 19, 20],              // organs
    &[16, 17, 18],                      // electric organs
    &[20, 21, 22, 23],                  // reed organ, accordion, harmonica
    &[45, 46, 104, 105, 106, 107],      // pizzicato, harp, sitar, banjo, shamisen, koto
    &[40, 41, 42, 44, 48, 49, 110],     // strings
    &[48, 49, 50, 51],                  // string ensembles
    &[52, 53, 54, 85],                  // voices
    &[56, 57, 58, 59, 60, 61, 62, 63],  // brass
    &[64, 65, 66, 67, 68, 69, 70, 71],  // reeds
    &[72, 73, 74, 75, 76, 78, 79, 109], // flutes and pipes
    &[80, 81, 82, 83, 84, 86, 87],      // synth leads, also played short
    &[88, 89, 90, 91, 92, 93, 94, 95],  // synth pads
];

/// Gives parts away as `casting` says; drums stay drums. Every choice comes from `rng`.
pub fn cast(score: &mut Score, casting: Casting, rng: &mut ChaCha8Rng) {
    match casting {
        Casting::AsWritten => {}
        Casting::Recast => recast(score, rng),
        Casting::GiveAway(source) => {
            let takers: &[Source] = match source {
                Source::Other => &[Source::Guitar, Source::Piano],
                _ => &[Source::Other],
            };
            for part in parts_of(score, source) {
                give(part, takers, rng);
            }
        }
    }
}

fn recast(score: &mut Score, rng: &mut ChaCha8Rng) {
    let takers = draw_recipients(rng);
    for part in &mut score.parts {
        let Some(program) = part.program else {
            continue;
        };
        let source = Source::from_general_midi(Some(program));
        let share = match source {
            Source::Bass => BASS_RECAST_SHARE,
            _ => RECAST_SHARE,
        };
        let absent = source != Source::Bass && !takers.contains(&source);
        if absent || rng.random_bool(share) {
            give(part, &takers, rng);
        }
    }
}

/// The sources that parts may go to, as often as they are to take them.
fn draw_recipients(rng: &mut ChaCha8Rng) -> Vec<Source> {
    let mut takers = vec![Source::Guitar, Source::Piano, Source::Other];
    if rng.random_bool(GIVE_AWAY_SHARE) {
        takers.swap_remove(rng.random_range(0..takers.len()));
        if rng.random_bool(GIVE_AWAY_TWO_SHARE / GIVE_AWAY_SHARE) {
            takers.swap_remove(rng.random_range(0..takers.len()));
        }
    }
    takers
}

fn parts_of(score: &mut Score, source: Source) -> impl Iterator<Item = &mut Part> {
    let parts = score.parts.iter_mut();
    parts.filter(move |part| {
        part.program.is_some() && Source::from_general_midi(part.program) == source
    })
}

/// Gives a part to an instrument of one of the `takers`, moved by octaves into its range.
fn give(part: &mut Part, takers: &[Source], rng: &mut ChaCha8Rng) {
    let program = match takers.choose(rng) {
        Some(Source::Guitar) => program::varied(24, rng),
        Some(Source::Piano) => program::varied(0, rng),
        _ => draw_other(rng),
    };
    part.program = Some(program);
    move_into_range(part, program);
}

fn draw_other(rng: &mut ChaCha8Rng) -> u8 {
    let family = OTHER_FAMILIES.choose(rng).copied().unwrap_or(&[48]);
    family.choose(rng).copied().unwrap_or(48)
}

/// Lowest and highest usual MIDI key of a program, after General MIDI's families and the instruments' compasses.
fn range(program: u8) -> (u8, u8) {
    match program {
        0..=7 => (28, 96),
        8..=10 | 14 => (60, 100),
        11..=13 | 15 => (48, 92),
        16..=20 => (36, 92),
        21..=23 => (48, 88),
        24..=31 => (40, 84),
        32..=39 => (28, 55),
        40 | 45 | 46 => (48, 92),
        41..=44 => (40, 80),
        48..=55 => (40, 84),
        56..=63 => (43, 80),
        64..=71 => (46, 82),
        72..=79 => (58, 94),
        80..=95 => (40, 90),
        _ => (45, 88),
    }
}

/// Moves all notes by the fewest octaves that put most of them into the program's range.
fn move_into_range(part: &mut Part, program: u8) {
    let (low, high) = range(program);
    let outside = |octaves: i32| {
        part.notes
            .iter()
            .filter(|note| {
                let key = i32::from(note.key) + 12 * octaves;
                !(i32::from(low)..=i32::from(high)).contains(&key)
            })
            .count()
    };
    let shifts = [0, 1, -1, 2, -2, 3, -3];
    let best = shifts.into_iter().min_by_key(|&octaves| outside(octaves));
    let semitones = 12 * best.unwrap_or(0);
    for note in &mut part.notes {
        note.key = (i32::from(note.key) + semitones).clamp(0, 127) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::score::Note;
    use rand_chacha::rand_core::SeedableRng;

    const PROGRAMS: [Option<u8>; 7] = [
        None,
        Some(0),
        Some(4),
        Some(27),
        Some(29),
        Some(33),
        Some(48),
    ];

    fn song() -> Score {
        let part = |program| Part {
            program,
            notes: (0..12)
                .map(|step| Note {
                    start_secs: f64::from(step),
                    duration_secs: 0.5,
                    key: 40 + step as u8,
                    velocity: 90,
                })
                .collect(),
            ..Part::default()
        };
        Score {
            tempos: Vec::new(),
            parts: PROGRAMS.map(part).to_vec(),
        }
    }

    fn cast_with(seed: u64, casting: Casting) -> Score {
        let mut score = song();
        cast(&mut score, casting, &mut ChaCha8Rng::seed_from_u64(seed));
        score
    }

    fn holds(score: &Score, source: Source) -> bool {
        let mut parts = score.parts.iter();
        parts.any(|part| Source::from_general_midi(part.program) == source)
    }

    #[test]
    fn sources_lack_as_often_as_intended_while_their_notes_stay() {
        let songs: Vec<Score> = (0..400)
            .map(|seed| cast_with(seed, Casting::Recast))
            .collect();
        for source in [Source::Guitar, Source::Piano, Source::Other] {
            let absent = songs.iter().filter(|song| !holds(song, source)).count();
            assert!((60..200).contains(&absent), "{source:?}: {absent} of 400");
        }
        assert!(songs.iter().all(|song| song.notes().count() == 7 * 12));
        assert!(songs.iter().all(|song| song.parts[0].program.is_none()));
        assert_eq!(cast_with(3, Casting::Recast), cast_with(3, Casting::Recast));
    }

    #[test]
    fn what_is_given_away_changes_the_sound_and_octave_of_that_source_alone() {
        let before = song();
        for source in [Source::Guitar, Source::Piano, Source::Other, Source::Bass] {
            let after = cast_with(5, Casting::GiveAway(source));
            assert!(!holds(&after, source), "{source:?}");
            for (old, new) in before.parts.iter().zip(&after.parts) {
                let moved = Source::from_general_midi(old.program) == source;
                assert_eq!(old == new, !moved);
                for (before, after) in old.notes.iter().zip(&new.notes) {
                    assert_eq!((after.key + 120 - before.key) % 12, 0);
                }
            }
        }
    }

    #[test]
    fn parts_move_into_the_range_of_their_instrument() {
        let mut part = song().parts[5].clone();
        move_into_range(&mut part, 73);
        assert!(part.notes.iter().all(|note| (58..=94).contains(&note.key)));
    }
}
