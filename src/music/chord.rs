//! Chords: their names and notes, and where in a song they sound.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::pitch::{self, CLASSES, Spelling};

/// The quality of a chord.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quality {
    /// Major triad.
    Major,
    /// Minor triad.
    Minor,
    /// Diminished triad.
    Diminished,
    /// Major triad with a minor seventh.
    Seventh,
    /// Major triad with a major seventh.
    MajorSeventh,
    /// Minor triad with a minor seventh.
    MinorSeventh,
}

impl Quality {
    /// All of them; triads first.
    pub const ALL: [Self; 6] = [
        Self::Major,
        Self::Minor,
        Self::Diminished,
        Self::Seventh,
        Self::MajorSeventh,
        Self::MinorSeventh,
    ];

    /// Semitones above the root.
    pub const fn tones(self) -> &'static [usize] {
        match self {
            Self::Major => &[0, 4, 7],
            Self::Minor => &[0, 3, 7],
            Self::Diminished => &[0, 3, 6],
            Self::Seventh => &[0, 4, 7, 10],
            Self::MajorSeventh => &[0, 4, 7, 11],
            Self::MinorSeventh => &[0, 3, 7, 10],
        }
    }

    /// As written after the root.
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Major => "",
            Self::Minor => "m",
            Self::Diminished => "dim",
            Self::Seventh => "7",
            Self::MajorSeventh => "maj7",
            Self::MinorSeventh => "m7",
        }
    }
}

/// A root and a quality, written "F#m7".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Chord {
    /// Pitch class, 0 for C to 11 for B.
    pub root: u8,
    /// Its quality.
    pub quality: Quality,
}

/// A text that names no chord.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown chord {0:?}: expected one such as C, F#m, Bb7, Amaj7, Em7 or Bdim")]
pub struct UnknownChord(String);

impl Chord {
    /// As written with sharps or flats.
    pub fn name(self, spelling: Spelling) -> String {
        format!(
            "{}{}",
            pitch::name(self.root, spelling),
            self.quality.suffix()
        )
    }

    /// Some semitones higher.
    pub fn transposed(self, semitones: i32) -> Self {
        Self {
            root: pitch::transposed(self.root, semitones),
            ..self
        }
    }

    /// The root, and whether the third is minor; `None` where the fifth is not a perfect one.
    pub fn major_or_minor(self) -> Option<(u8, bool)> {
        match self.quality {
            Quality::Major | Quality::Seventh | Quality::MajorSeventh => Some((self.root, false)),
            Quality::Minor | Quality::MinorSeventh => Some((self.root, true)),
            Quality::Diminished => None,
        }
    }

    /// Whether the pitch class belongs to it.
    pub fn contains(self, class: usize) -> bool {
        let above = (class + CLASSES - usize::from(self.root)) % CLASSES;
        self.quality.tones().contains(&above)
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.name(Spelling::Sharps))
    }
}

impl FromStr for Chord {
    type Err = UnknownChord;

    fn from_str(text: &str) -> Result<Self, UnknownChord> {
        let unknown = || UnknownChord(text.to_owned());
        let (root, suffix) = pitch::parse(text.trim()).ok_or_else(unknown)?;
        let named = |quality: &Quality| quality.suffix() == suffix;
        let quality = Quality::ALL.into_iter().find(named).ok_or_else(unknown)?;
        Ok(Self { root, quality })
    }
}

/// No chord, as written (MIREX's sign).
pub const NO_CHORD: &str = "N";

/// A stretch of a song with one chord, or none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// From when, seconds.
    pub start_secs: f64,
    /// Until when, seconds.
    pub end_secs: f64,
    /// The chord; written as a name, [`NO_CHORD`] where none sounds.
    #[serde(serialize_with = "write_name", deserialize_with = "read_name")]
    pub chord: Option<Chord>,
}

fn write_name<S: Serializer>(chord: &Option<Chord>, out: S) -> Result<S::Ok, S::Error> {
    match chord {
        Some(chord) => out.collect_str(chord),
        None => out.serialize_str(NO_CHORD),
    }
}

fn read_name<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Chord>, D::Error> {
    let text = String::deserialize(from)?;
    match text.as_str() {
        NO_CHORD => Ok(None),
        name => name.parse().map(Some).map_err(D::Error::custom),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chord(name: &str) -> Chord {
        name.parse().expect("a chord")
    }

    #[test]
    fn names_are_read_and_written() {
        for name in ["C", "F#m", "A#7", "Gmaj7", "Em7", "Bdim"] {
            assert_eq!(chord(name).to_string(), name);
        }
        assert_eq!(chord("Bb7").name(Spelling::Flats), "Bb7");
        assert_eq!(chord("Bb7"), chord("A#7"));
        for wrong in ["", "N", "Csus9", "X", "m7"] {
            assert!(wrong.parse::<Chord>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn transposing_keeps_the_quality() {
        assert_eq!(chord("Am7").transposed(-2), chord("Gm7"));
        assert_eq!(chord("B").transposed(13), chord("C"));
        assert!(chord("G").contains(11) && !chord("G").contains(10));
    }

    #[test]
    fn spans_are_written_with_names() {
        let span = |chord| Span {
            start_secs: 0.0,
            end_secs: 1.5,
            chord,
        };
        for (chord, name) in [(Some(chord("Em7")), "Em7"), (None, "N")] {
            let json = serde_json::to_value(span(chord)).expect("JSON");
            assert_eq!(json["chord"], name);
            assert_eq!(
                serde_json::from_value::<Span>(json).expect("a span"),
                span(chord)
            );
        }
    }
}
