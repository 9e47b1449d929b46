//! "Five Friends": the song shipped with the page. Written by hand, one instrument entering after the other:
//! piano; bass and drums; guitars; strings; a quiet stretch with flute; everyone; piano again.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use super::form::{Kind, Section};
use super::harmony::{Colour, Key};
use super::line::{Line, Time};
use super::scene::Scene;
use super::style::{GuitarManner, PianoManner};
use super::{chordal, patterns, rhythm};
use crate::render::score::{Part, Score, TempoChange};

/// Its title.
pub const TITLE: &str = "Five Friends";

const TIME: Time = Time {
    beats_per_minute: 100.0,
    swing: 0.5,
};
const SEED: u64 = 7;
/// D.
const TONIC: i32 = 2;
const REST: i32 = i32::MIN;

/// (sixteenths, scale step above the tonic).
type Tune = &'static [(u8, i32)];

const HOOK: Tune = &[
    (6, 4),
    (2, 2),
    (4, 4),
    (4, 5),
    (8, 1),
    (4, 2),
    (4, 1),
    (6, 2),
    (2, 1),
    (4, 0),
    (4, 2),
    (12, 0),
    (4, REST),
    (6, 4),
    (2, 2),
    (4, 4),
    (4, 7),
    (8, 8),
    (4, 7),
    (4, 6),
    (6, 5),
    (2, 6),
    (4, 5),
    (4, 3),
    (8, 4),
    (8, 1),
];
const ANSWER: Tune = &[
    (8, 2),
    (4, 4),
    (4, 5),
    (12, 5),
    (4, 4),
    (8, 4),
    (4, 2),
    (4, 1),
    (16, 1),
    (8, 2),
    (4, 4),
    (4, 5),
    (8, 7),
    (4, 6),
    (4, 5),
    (8, 4),
    (4, 5),
    (4, 2),
    (16, 1),
];
const DESCANT: Tune = &[
    (16, 4),
    (16, 1),
    (16, 2),
    (16, 0),
    (16, 4),
    (8, 8),
    (8, 6),
    (16, 5),
    (8, 4),
    (8, 6),
];

/// Chords by scale degree.
const VERSE: [usize; 4] = [0, 2, 3, 4];
const CHORUS: [usize; 8] = [0, 4, 5, 3, 0, 4, 3, 4];
const QUIET: [usize; 8] = [5, 3, 0, 4, 5, 3, 0, 4];

/// The parts, in the order of the song's stems.
#[derive(Default)]
struct Lines {
    piano: Line,
    bass: Line,
    drums: Line,
    acoustic: Line,
    lead: Line,
    strings: Line,
    flute: Line,
}

/// The song. Every call gives the same.
pub fn demo() -> Score {
    let key = Key::c_major().moved(TONIC);
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let mut lines = Lines::default();
    let mut start_bar = 0;
    let mut section = |degrees: &[usize], intensity: f64| {
        let chords = degrees
            .iter()
            .map(|degree| key.chord(*degree, Colour::Triads))
            .collect();
        start_bar += degrees.len();
        Section {
            kind: Kind::Verse,
            start_bar: start_bar - degrees.len(),
            chords,
            roles: Vec::new(),
            intensity,
        }
    };
    let sections = [
        section(&VERSE, 0.5),
        section(&VERSE, 0.7),
        section(&CHORUS, 0.85),
        section(&VERSE, 0.75),
        section(&QUIET[..4], 0.45),
        section(&CHORUS, 1.0),
        section(&[0, 2, 3, 0], 0.5),
    ];
    let [intro, groove, guitars, strings, quiet, all, end] =
        sections.each_ref().map(|section| Scene {
            section,
            key: &key,
            beats: 4,
        });
    let broken = PianoManner::Broken("R.......f.......", "0.2.1.2.3.2.1.2.");
    let chords = PianoManner::Chords("R...............", "x..x..x...x..x..");
    for (scene, manner) in [
        (&intro, broken),
        (&groove, chords),
        (&strings, chords),
        (&all, chords),
        (&end, broken),
    ] {
        chordal::piano(scene, manner, &mut lines.piano, &mut rng);
    }
    for (scene, pattern) in [
        (&groove, "R.....r.R.....f."),
        (&guitars, "R.r.r.r.R.r.f.r."),
        (&strings, "R.......r...f..."),
        (&all, "R.r.r.r.R.r.f.r."),
    ] {
        rhythm::bass(scene, pattern, &mut lines.bass, &mut rng);
    }
    for (scene, beat) in [(&groove, 0), (&guitars, 0), (&strings, 2), (&all, 0)] {
        rhythm::drums(scene, patterns::POP[beat], &mut lines.drums, &mut rng);
    }
    let (strum, pick) = (
        GuitarManner::Strum("D...D.U.D.U.D.U."),
        GuitarManner::Pick("0.2.1.3.2.1.3.2."),
    );
    for (scene, manner) in [(&guitars, strum), (&quiet, pick), (&all, strum)] {
        chordal::guitar(scene, manner, &mut lines.acoustic, &mut rng);
    }
    for scene in [&guitars, &all] {
        tune(scene, HOOK, 62, 100.0, &mut lines.lead);
    }
    for scene in [&strings, &quiet, &all, &end] {
        chordal::pad(scene, &mut lines.strings, &mut rng);
    }
    tune(&quiet, ANSWER, 74, 88.0, &mut lines.flute);
    tune(&all, DESCANT, 74, 84.0, &mut lines.flute);
    lines.finish(&mut rng)
}

/// Writes a tune from the scene's first bar to its last.
fn tune(scene: &Scene, tune: Tune, base: i32, velocity: f64, line: &mut Line) {
    let end = scene.bar_beat(scene.section.chords.len());
    let mut beat = scene.bar_beat(0);
    for (sixteenths, step) in tune {
        let beats = f64::from(*sixteenths) / 4.0;
        if *step != REST && beat < end {
            line.add(beat, beats * 0.95, scene.key.step(base, *step), velocity);
            if beats >= 2.0 {
                line.vibrato(beat + 0.5, beat + beats);
            }
        }
        beat += beats;
    }
}

impl Lines {
    fn finish(self, rng: &mut ChaCha8Rng) -> Score {
        let Lines {
            piano,
            bass,
            drums,
            acoustic,
            lead,
            strings,
            flute,
        } = self;
        let lines = [
            (Some(0), piano),
            (Some(33), bass),
            (None, drums),
            (Some(25), acoustic),
            (Some(29), lead),
            (Some(48), strings),
            (Some(73), flute),
        ];
        let parts: Vec<Part> = lines
            .into_iter()
            .map(|(program, line)| line.into_part(program, TIME, rng))
            .collect();
        Score {
            tempos: vec![TempoChange {
                from_secs: 0.0,
                beats_per_minute: TIME.beats_per_minute,
            }],
            parts,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn all_sources_play_and_leave_room() {
        let song = demo();
        assert!(
            (70.0..92.0).contains(&song.end_secs()),
            "{}",
            song.end_secs()
        );
        for source in Source::ALL {
            assert!(
                song.parts
                    .iter()
                    .any(|part| Source::from_general_midi(part.program) == source
                        && !part.notes.is_empty()),
                "{source}"
            );
        }
        let first = |source: Source| {
            let parts = song
                .parts
                .iter()
                .filter(|part| Source::from_general_midi(part.program) == source);
            parts
                .flat_map(|part| &part.notes)
                .map(|note| note.start_secs)
                .fold(f64::INFINITY, f64::min)
        };
        let entries = [Source::Piano, Source::Drums, Source::Guitar, Source::Other].map(first);
        assert!(entries.is_sorted() && entries[1] > 9.0, "{entries:?}");
        assert_eq!(song, demo());
    }
}
