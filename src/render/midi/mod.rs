//! Standard MIDI files to scores and back.

mod read;
mod write;

pub use read::parse;
pub use write::write;

const DRUM_CHANNEL: u8 = 9;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::render::score::{Control, ControlKind, Note, Part, Score, TempoChange};

    fn score() -> Score {
        let note = |start_secs, key| Note {
            start_secs,
            duration_secs: 0.5,
            key,
            velocity: 80,
        };
        let bend = Control {
            at_secs: 1.0,
            kind: ControlKind::PitchBend(9000),
        };
        let tempos = vec![
            TempoChange {
                from_secs: 0.0,
                beats_per_minute: 90.0,
            },
            TempoChange {
                from_secs: 2.0,
                beats_per_minute: 140.0,
            },
        ];
        let piano = Part {
            program: Some(3),
            notes: vec![note(0.0, 60), note(0.25, 60), note(3.0, 67)],
            controls: vec![bend],
        };
        let drums = Part {
            program: None,
            notes: vec![note(0.0, 36), note(2.5, 38)],
            controls: vec![],
        };
        Score {
            tempos,
            parts: vec![piano, drums],
        }
    }

    #[test]
    fn written_scores_parse_back() {
        let original = score();
        let parsed = parse(&write(&original)).unwrap();
        assert_eq!(parsed.parts.len(), 2);
        for (a, b) in parsed.notes().zip(original.notes()) {
            assert_eq!((a.key, a.velocity), (b.key, b.velocity));
            assert!(
                (a.start_secs - b.start_secs).abs() < 2e-3
                    && (a.duration_secs - b.duration_secs).abs() < 3e-3
            );
        }
        assert_eq!(parsed.parts[0].controls.len(), 1);
        assert!(
            (parsed.tempos[1].from_secs - 2.0).abs() < 1e-2
                && (parsed.tempos[1].beats_per_minute - 140.0).abs() < 0.1
        );
    }

    #[test]
    fn damaged_and_empty_files_are_errors() {
        let bytes = write(&score());
        assert!(parse(&bytes[..10]).is_err());
        assert!(parse(b"not midi").is_err());
        assert!(
            parse(&write(&Score::default()))
                .unwrap_err()
                .contains("no notes")
        );
    }
}
