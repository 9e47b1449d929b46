//! A procedural composer: complete songs in many styles from random numbers, without any recorded or written music.
//!
//! A song draws a style, a key, a band and a form; in each section every instrument that plays gets notes over the
//! section's chords. Instruments enter and leave, so that their shares of the song differ from song to song.

mod chordal;
mod demo;
mod form;
mod harmony;
mod line;
mod melody;
mod patterns;
mod rhythm;
mod scene;
mod style;
mod styles;

use std::collections::BTreeMap;

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

pub use demo::{TITLE as DEMO_TITLE, demo};
pub use form::{InstrumentRole, Kind, Section};
pub use harmony::{Chord, Colour, Key};
pub use line::{Line, Time};
pub use patterns::Groove;
pub use scene::Scene;
pub use style::{GuitarManner, PianoManner, Style};
pub use styles::STYLES;

use super::program;
use super::score::{Score, TempoChange};
use melody::{Pace, Touch, Voice};

/// Programs and patterns that stay the same throughout a song.
struct Band {
    programs: BTreeMap<InstrumentRole, Option<u8>>,
    guitars: [GuitarManner; 2],
    pianos: [PianoManner; 2],
    grooves: [Groove; 2],
    basses: [&'static str; 2],
}

/// Composes a song of about `seconds` in a style drawn at random.
pub fn compose(seconds: f64, rng: &mut ChaCha8Rng) -> Score {
    let style = STYLES.choose(rng).unwrap_or(&STYLES[0]);
    compose_in(style, seconds, rng)
}

/// Composes a song of about `seconds` in a style.
pub fn compose_in(style: &Style, seconds: f64, rng: &mut ChaCha8Rng) -> Score {
    let time = Time {
        beats_per_minute: rng.random_range(style.tempo.0..style.tempo.1),
        swing: style.swing,
    };
    let key = Key::draw(style.minor, rng);
    let roles = form::band(rng);
    let band = draw_band(style, &roles, rng);
    let bars = (seconds / (style.beats as f64 * 60.0 / time.beats_per_minute)) as usize;
    let sections = form::sections(style, &key, &roles, bars, rng);
    let mut lines: BTreeMap<InstrumentRole, Line> = BTreeMap::new();
    for section in &sections {
        let scene = Scene {
            section,
            key: &key,
            beats: style.beats,
        };
        for role in &section.roles {
            write(&scene, *role, &band, lines.entry(*role).or_default(), rng);
        }
    }
    let parts = lines.into_iter().filter(|(_, line)| !line.is_empty());
    let parts = parts
        .map(|(role, line)| line.into_part(band.programs.get(&role).copied().flatten(), time, rng))
        .collect();
    Score {
        tempos: vec![TempoChange {
            from_secs: 0.0,
            beats_per_minute: time.beats_per_minute,
        }],
        parts,
    }
    .busiest_window(seconds)
}

fn draw_band(style: &Style, roles: &[InstrumentRole], rng: &mut ChaCha8Rng) -> Band {
    let mut pick = |programs: &[u8]| programs.choose(rng).copied();
    let mut programs: BTreeMap<InstrumentRole, Option<u8>> = BTreeMap::new();
    for role in roles {
        let program = match role {
            InstrumentRole::Drums => None,
            InstrumentRole::Bass => pick(style.bass_programs),
            InstrumentRole::RhythmGuitar => pick(style.guitar_programs),
            InstrumentRole::LeadGuitar => pick(style.lead_guitar_programs),
            InstrumentRole::Piano | InstrumentRole::LeadPiano => pick(style.piano_programs),
            InstrumentRole::Pad => pick(&[
                16, 18, 19, 20, 44, 48, 48, 49, 50, 51, 52, 53, 54, 60, 61, 62, 88, 89, 90, 91, 92,
                93, 94, 95,
            ]),
            _ => pick(style.other_programs),
        };
        programs.insert(*role, program);
    }
    for (role, program) in &mut programs {
        match program {
            None if *role != InstrumentRole::Drums => *program = Some(program::other(rng)),
            Some(old) if rng.random_bool(0.3) => *program = Some(program::varied(*old, rng)),
            _ => {}
        }
    }
    Band {
        programs,
        guitars: two(style.guitars, rng),
        pianos: two(style.pianos, rng),
        grooves: two(style.grooves, rng),
        basses: two(style.basses, rng),
    }
}

fn two<T: Copy>(choices: &[T], rng: &mut ChaCha8Rng) -> [T; 2] {
    std::array::from_fn(|_| choices[rng.random_range(0..choices.len())])
}

/// Writes one role's notes of one section.
fn write(scene: &Scene, role: InstrumentRole, band: &Band, line: &mut Line, rng: &mut ChaCha8Rng) {
    let second = usize::from(matches!(scene.section.kind, Kind::Chorus | Kind::Solo));
    let pace = if scene.section.kind == Kind::Solo {
        Pace::Solo
    } else {
        Pace::Melody
    };
    match role {
        InstrumentRole::Drums => rhythm::drums(scene, band.grooves[second], line, rng),
        InstrumentRole::Bass => rhythm::bass(scene, band.basses[second], line, rng),
        InstrumentRole::RhythmGuitar => chordal::guitar(scene, band.guitars[second], line, rng),
        InstrumentRole::Piano => chordal::piano(scene, band.pianos[second], line, rng),
        InstrumentRole::Pad => chordal::pad(scene, line, rng),
        InstrumentRole::Stabs => chordal::stabs(scene, line, rng),
        InstrumentRole::Sequence => chordal::sequence(scene, line, rng),
        InstrumentRole::LeadGuitar => melody::melody(
            scene,
            Voice {
                range: (52, 84),
                pace,
                touch: Touch::Strings,
            },
            line,
            rng,
        ),
        InstrumentRole::LeadPiano => melody::melody(
            scene,
            Voice {
                range: (60, 90),
                pace,
                touch: Touch::Octaves,
            },
            line,
            rng,
        ),
        InstrumentRole::Lead => melody::melody(
            scene,
            Voice {
                range: range(band, role),
                pace,
                touch: Touch::Plain,
            },
            line,
            rng,
        ),
        InstrumentRole::Counter => melody::counter(scene, range(band, role), line, rng),
    }
}

/// Lowest and highest key of a role.
fn range(band: &Band, role: InstrumentRole) -> (i32, i32) {
    match band.programs.get(&role).copied().flatten() {
        Some(42 | 57 | 60 | 66 | 70) => (45, 69),
        Some(43 | 47 | 58 | 67) => (36, 60),
        Some(8..=10 | 72 | 74 | 78 | 79 | 112) => (67, 95),
        _ => (57, 84),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::render::midi;
    use crate::source::Source;
    use rand_chacha::rand_core::SeedableRng;
    use std::collections::BTreeSet;

    fn seeded(seed: u64) -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(seed)
    }

    #[test]
    fn every_style_writes_valid_notes_and_midi() {
        for (style, seed) in STYLES
            .iter()
            .flat_map(|style| (0..6).map(move |seed| (style, seed)))
        {
            let score = compose_in(style, 60.0, &mut seeded(seed));
            assert!(score.notes().count() > 30, "{} {seed}", style.name);
            assert!(
                (45.0..=60.5).contains(&score.end_secs()),
                "{} {seed}: {}",
                style.name,
                score.end_secs()
            );
            for note in score.notes() {
                assert!(
                    note.start_secs >= 0.0 && note.duration_secs > 0.0 && note.duration_secs < 16.0,
                    "{}: {note:?}",
                    style.name
                );
                assert!(
                    (21..=108).contains(&note.key) && (15..=127).contains(&note.velocity),
                    "{}: {note:?}",
                    style.name
                );
            }
            let parsed = midi::parse(&midi::write(&score)).unwrap();
            assert_eq!(
                parsed.notes().count(),
                score.notes().count(),
                "{} {seed}",
                style.name
            );
        }
    }

    #[test]
    fn songs_follow_the_seed_and_differ() {
        assert_eq!(compose(90.0, &mut seeded(5)), compose(90.0, &mut seeded(5)));
        assert_ne!(compose(90.0, &mut seeded(5)), compose(90.0, &mut seeded(6)));
    }

    #[test]
    fn sources_are_there_often_and_missing_sometimes() {
        let songs: Vec<BTreeSet<Source>> = (0..200)
            .map(|seed| {
                compose(60.0, &mut seeded(seed))
                    .parts
                    .iter()
                    .map(|part| Source::from_general_midi(part.program))
                    .collect()
            })
            .collect();
        for source in Source::ALL {
            let share = songs
                .iter()
                .filter(|sources| sources.contains(&source))
                .count();
            assert!((110..196).contains(&share), "{source}: {share}");
        }
    }
}
