//! A song's notes in seconds: written by the composer, read from MIDI files, played by the synthesizer.

/// One note.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// Onset.
    pub start_secs: f64,
    /// From onset to release.
    pub duration_secs: f64,
    /// MIDI key, 0-127; on drum parts the drum.
    pub key: u8,
    /// MIDI velocity, 1-127.
    pub velocity: u8,
}

impl Note {
    /// Time of release.
    pub fn end_secs(&self) -> f64 {
        self.start_secs + self.duration_secs
    }
}

/// What a control change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlKind {
    /// A numbered MIDI controller (modulation, expression, pedal) takes a value of 0-127.
    Controller(u8, u8),
    /// Pitch bend: 14 bits, 8192 is the centre.
    PitchBend(u16),
}

/// A change of a controller.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Control {
    /// When.
    pub at_secs: f64,
    /// What.
    pub kind: ControlKind,
}

/// Everything one instrument plays.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Part {
    /// General MIDI program, 0-based; `None` for drums.
    pub program: Option<u8>,
    /// Notes by onset.
    pub notes: Vec<Note>,
    /// Controller changes by time.
    pub controls: Vec<Control>,
}

/// Tempo from a moment on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TempoChange {
    /// From when.
    pub from_secs: f64,
    /// Quarter notes a minute.
    pub beats_per_minute: f64,
}

/// A song.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Score {
    /// Tempo changes by time; at least one, the first at zero.
    pub tempos: Vec<TempoChange>,
    /// The parts.
    pub parts: Vec<Part>,
}

impl Score {
    /// When the last note is released.
    pub fn end_secs(&self) -> f64 {
        self.notes().map(Note::end_secs).fold(0.0, f64::max)
    }

    /// Every note of every part.
    pub fn notes(&self) -> impl Iterator<Item = &Note> {
        self.parts.iter().flat_map(|part| &part.notes)
    }

    /// The stretch of at most `seconds` in which most notes start, moved to time zero; parts silent there are dropped.
    pub fn busiest_window(&self, seconds: f64) -> Score {
        let mut onsets: Vec<f64> = self.notes().map(|note| note.start_secs).collect();
        onsets.sort_by(f64::total_cmp);
        let Some(&first) = onsets.first() else {
            return self.clone();
        };
        let (mut best_start, mut best_count, mut end) = (first, 0, 0);
        for (index, &start) in onsets.iter().enumerate() {
            while end < onsets.len() && onsets[end] < start + seconds {
                end += 1;
            }
            if end - index > best_count {
                (best_start, best_count) = (start, end - index);
            }
        }
        self.window((best_start - 0.05).max(0.0), seconds)
    }

    fn window(&self, start_secs: f64, seconds: f64) -> Score {
        let end_secs = start_secs + seconds;
        let parts = self
            .parts
            .iter()
            .map(|part| part.window(start_secs, end_secs))
            .filter(|part| !part.notes.is_empty())
            .collect();
        let mut tempos: Vec<TempoChange> = Vec::new();
        for tempo in self
            .tempos
            .iter()
            .filter(|tempo| tempo.from_secs < end_secs)
        {
            let from_secs = (tempo.from_secs - start_secs).max(0.0);
            tempos.retain(|earlier| earlier.from_secs < from_secs);
            tempos.push(TempoChange {
                from_secs,
                ..*tempo
            });
        }
        Score { tempos, parts }
    }
}

impl Part {
    /// What starts in `start_secs..end_secs`, moved to zero; controllers set before keep their last value.
    fn window(&self, start_secs: f64, end_secs: f64) -> Part {
        let notes = self
            .notes
            .iter()
            .filter(|note| (start_secs..end_secs).contains(&note.start_secs))
            .map(|note| Note {
                start_secs: note.start_secs - start_secs,
                duration_secs: note.duration_secs.min(end_secs - note.start_secs),
                ..*note
            });
        let controls = self
            .controls
            .iter()
            .filter(|control| control.at_secs < end_secs)
            .map(|control| Control {
                at_secs: (control.at_secs - start_secs).max(0.0),
                ..*control
            });
        Part {
            program: self.program,
            notes: notes.collect(),
            controls: controls.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(start_secs: f64) -> Note {
        Note {
            start_secs,
            duration_secs: 1.0,
            key: 60,
            velocity: 90,
        }
    }

    #[test]
    fn window_holds_most_notes_and_starts_near_zero() {
        let part = Part {
            notes: [0.0, 50.0, 51.0, 52.0, 90.0].map(note).to_vec(),
            ..Part::default()
        };
        let lone = Part {
            notes: vec![note(1.0)],
            ..Part::default()
        };
        let tempos = vec![
            TempoChange {
                from_secs: 0.0,
                beats_per_minute: 100.0,
            },
            TempoChange {
                from_secs: 20.0,
                beats_per_minute: 120.0,
            },
            TempoChange {
                from_secs: 51.0,
                beats_per_minute: 90.0,
            },
        ];
        let window = Score {
            tempos,
            parts: vec![part, lone],
        }
        .busiest_window(10.0);
        assert_eq!(window.parts.len(), 1);
        assert_eq!(window.parts[0].notes.len(), 3);
        assert!(window.parts[0].notes[0].start_secs < 0.1);
        assert_eq!(window.tempos.len(), 2);
        assert_eq!(
            window.tempos[0],
            TempoChange {
                from_secs: 0.0,
                beats_per_minute: 120.0
            }
        );
    }
}
