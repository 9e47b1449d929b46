//! Keys: names, relatives, and the estimate from pitch class shares.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::pitch::{self, CLASSES, Spelling};

/// Major or minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mode {
    /// With a major third.
    Major,
    /// With a minor third.
    Minor,
}

/// A tonic and a mode, written "A minor".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key {
    /// Pitch class of the tonic, 0 for C to 11 for B.
    pub tonic: u8,
    /// Major or minor.
    pub mode: Mode,
}

/// A text that names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown key {0:?}: expected one such as \"A minor\" or \"Eb major\"")]
pub struct UnknownKey(String);

impl Key {
    /// All 24.
    pub fn all() -> impl Iterator<Item = Self> {
        let modes = [Mode::Major, Mode::Minor];
        modes
            .into_iter()
            .flat_map(|mode| (0..CLASSES as u8).map(move |tonic| Self { tonic, mode }))
    }

    /// The key of the same notes in the other mode.
    pub fn relative(self) -> Self {
        match self.mode {
            Mode::Major => Self {
                mode: Mode::Minor,
                ..self.transposed(9)
            },
            Mode::Minor => Self {
                mode: Mode::Major,
                ..self.transposed(3)
            },
        }
    }

    /// Some semitones higher.
    pub fn transposed(self, semitones: i32) -> Self {
        Self {
            tonic: pitch::transposed(self.tonic, semitones),
            ..self
        }
    }

    /// How its notes are written: with flats in the keys that have them.
    pub fn spelling(self) -> Spelling {
        let major = match self.mode {
            Mode::Major => self.tonic,
            Mode::Minor => self.relative().tonic,
        };
        match major {
            1 | 3 | 5 | 8 | 10 => Spelling::Flats,
            _ => Spelling::Sharps,
        }
    }

    /// Semitones up or down (at most 6) that bring this key to the other's notes: to it or to its relative.
    pub fn semitones_to(self, other: Self) -> i32 {
        let major = |key: Self| match key.mode {
            Mode::Major => key.tonic,
            Mode::Minor => key.relative().tonic,
        };
        let up = (i32::from(major(other)) - i32::from(major(self))).rem_euclid(12);
        if up > 6 { up - 12 } else { up }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mode = match self.mode {
            Mode::Major => "major",
            Mode::Minor => "minor",
        };
        let tonic = pitch::name(self.tonic, self.spelling());
        write!(formatter, "{tonic} {mode}")
    }
}

impl FromStr for Key {
    type Err = UnknownKey;

    /// Also short, as "Am" and "Eb".
    fn from_str(text: &str) -> Result<Self, UnknownKey> {
        let unknown = || UnknownKey(text.to_owned());
        let (tonic, rest) = pitch::parse(text.trim()).ok_or_else(unknown)?;
        let mode = match rest.trim() {
            "m" | "min" | "minor" => Mode::Minor,
            "" | "maj" | "major" => Mode::Major,
            _ => return Err(unknown()),
        };
        Ok(Self { tonic, mode })
    }
}

impl TryFrom<String> for Key {
    type Error = UnknownKey;

    fn try_from(text: String) -> Result<Self, UnknownKey> {
        text.parse()
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        key.to_string()
    }
}

/// An estimated key.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyEstimate {
    /// The likeliest key.
    pub key: Key,
    /// Its relative, which has the same notes: the first to try where the key seems wrong.
    pub relative: Key,
    /// How much better it fits than the best key of other notes: the difference of their correlations.
    pub margin: f32,
}

/// Key profiles, major and minor: the share of each scale degree (Albrecht and Shanahan 2013, from 982 pieces).
const PROFILES: [[f64; CLASSES]; 2] = [
    [
        0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081,
    ],
    [
        0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052,
    ],
];

/// The key whose profile correlates best with the shares of the pitch classes (the method of Krumhansl and Schmuckler).
/// `None` if all are 0.
pub fn estimate(shares: &[f64; CLASSES]) -> Option<KeyEstimate> {
    if shares.iter().sum::<f64>() <= 0.0 {
        return None;
    }
    let fit = |key: Key| {
        let profile = &PROFILES[usize::from(key.mode == Mode::Minor)];
        let turned = |class: usize| shares[(class + usize::from(key.tonic)) % CLASSES];
        correlation(&std::array::from_fn(turned), profile)
    };
    let fits: Vec<(Key, f64)> = Key::all().map(|key| (key, fit(key))).collect();
    let best_of = |keys: &mut dyn Iterator<Item = &(Key, f64)>| {
        keys.copied().max_by(|a, b| a.1.total_cmp(&b.1))
    };
    let (key, best) = best_of(&mut fits.iter())?;
    let relative = key.relative();
    let (_, next) = best_of(
        &mut fits
            .iter()
            .filter(|(other, _)| *other != key && *other != relative),
    )?;
    Some(KeyEstimate {
        key,
        relative,
        margin: (best - next) as f32,
    })
}

fn correlation(a: &[f64; CLASSES], b: &[f64; CLASSES]) -> f64 {
    let mean = |values: &[f64; CLASSES]| values.iter().sum::<f64>() / CLASSES as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut product, mut square_a, mut square_b) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        product += (a - mean_a) * (b - mean_b);
        square_a += (a - mean_a).powi(2);
        square_b += (b - mean_b).powi(2);
    }
    let norms = (square_a * square_b).sqrt();
    if norms > 0.0 { product / norms } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> Key {
        name.parse().expect("a key")
    }

    #[test]
    fn names_are_read_and_written() {
        for (text, name) in [
            ("Am", "A minor"),
            ("eb major", "Eb major"),
            ("D# min", "D# minor"),
            ("Gb", "F# major"),
            ("C", "C major"),
            ("Bbm", "Bb minor"),
        ] {
            assert_eq!(key(text).to_string(), name);
            assert_eq!(key(name), key(text));
        }
        for wrong in ["", "H major", "A minore", "major"] {
            assert!(wrong.parse::<Key>().is_err(), "{wrong}");
        }
        let json = serde_json::to_string(&key("F minor")).expect("JSON");
        assert_eq!(json, "\"F minor\"");
        assert_eq!(
            serde_json::from_str::<Key>(&json).expect("a key"),
            key("F minor")
        );
    }

    #[test]
    fn relatives_are_each_others() {
        assert_eq!(key("C").relative(), key("Am"));
        for key in Key::all() {
            assert_eq!(key.relative().relative(), key);
        }
        assert_eq!(key("C").semitones_to(key("Am")), 0);
        assert_eq!(key("C").semitones_to(key("Bb")), -2);
        assert_eq!(key("A").semitones_to(key("Cm")), 6);
    }

    #[test]
    fn scales_have_their_keys() {
        for (name, steps) in [
            ("D major", [0, 2, 4, 5, 7, 9, 11]),
            ("D minor", [0, 2, 3, 5, 7, 8, 10]),
        ] {
            let mut shares = [0.0; CLASSES];
            for (degree, step) in steps.into_iter().enumerate() {
                shares[(2 + step) % CLASSES] = if degree % 2 == 0 && degree < 5 {
                    3.0
                } else {
                    1.0
                };
            }
            let found = estimate(&shares).expect("notes");
            assert_eq!(found.key, key(name));
            assert!(found.margin > 0.0);
        }
        assert_eq!(estimate(&[0.0; CLASSES]), None);
    }
}
