//! The five sources that songs are separated into, always in the same order, and a container indexed by them.

use std::{fmt, ops, str::FromStr};

use serde::{Deserialize, Serialize};

/// An instrument class that songs are separated into.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// General MIDI programs 24-31 (0-based).
    Guitar,
    /// General MIDI programs 0-7.
    Piano,
    /// General MIDI programs 32-39.
    Bass,
    /// General MIDI channel 10.
    Drums,
    /// Every other program.
    Other,
}

/// A name that is not one of the five sources.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown source {0:?}: expected guitar, piano, bass, drums or other")]
pub struct UnknownSource(String);

impl Source {
    /// Number of sources.
    pub const COUNT: usize = 5;

    /// Every source, in the order used by tensors, files and pages.
    pub const ALL: [Source; Source::COUNT] = [
        Source::Guitar,
        Source::Piano,
        Source::Bass,
        Source::Drums,
        Source::Other,
    ];

    /// Position in [`Source::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Lower-case English name, as written in files.
    pub const fn name(self) -> &'static str {
        match self {
            Source::Guitar => "guitar",
            Source::Piano => "piano",
            Source::Bass => "bass",
            Source::Drums => "drums",
            Source::Other => "other",
        }
    }

    /// Class of a General MIDI program (0-based; General MIDI level 1, table 2) or of the drum channel, for which
    /// `program` is `None`.
    pub const fn from_general_midi(program: Option<u8>) -> Source {
        match program {
            None => Source::Drums,
            Some(0..=7) => Source::Piano,
            Some(24..=31) => Source::Guitar,
            Some(32..=39) => Source::Bass,
            Some(_) => Source::Other,
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Source {
    type Err = UnknownSource;

    fn from_str(name: &str) -> Result<Self, UnknownSource> {
        Source::ALL
            .into_iter()
            .find(|source| source.name().eq_ignore_ascii_case(name.trim()))
            .ok_or_else(|| UnknownSource(name.to_owned()))
    }
}

/// One value for each source, in the order of [`Source::ALL`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PerSource<T>(pub [T; Source::COUNT]);

impl<T> PerSource<T> {
    /// Computes each source's value.
    pub fn from_fn(mut value: impl FnMut(Source) -> T) -> Self {
        Self(Source::ALL.map(&mut value))
    }

    /// The values with their sources.
    pub fn iter(&self) -> impl Iterator<Item = (Source, &T)> {
        Source::ALL.into_iter().zip(&self.0)
    }

    /// Transforms each value.
    pub fn map<U>(self, transform: impl FnMut(T) -> U) -> PerSource<U> {
        PerSource(self.0.map(transform))
    }
}

impl<T> ops::Index<Source> for PerSource<T> {
    type Output = T;

    fn index(&self, source: Source) -> &T {
        &self.0[source.index()]
    }
}

impl<T> ops::IndexMut<Source> for PerSource<T> {
    fn index_mut(&mut self, source: Source) -> &mut T {
        &mut self.0[source.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parse_back_and_keep_the_order() {
        for (position, source) in Source::ALL.into_iter().enumerate() {
            assert_eq!(source.name().parse(), Ok(source));
            assert_eq!(source.index(), position);
        }
        assert!("violin".parse::<Source>().is_err());
    }

    #[test]
    fn general_midi_classes_follow_the_programs() {
        assert_eq!(Source::from_general_midi(None), Source::Drums);
        for (program, source) in [
            (0, Source::Piano),
            (7, Source::Piano),
            (8, Source::Other),
            (23, Source::Other),
            (24, Source::Guitar),
            (31, Source::Guitar),
            (32, Source::Bass),
            (39, Source::Bass),
            (40, Source::Other),
        ] {
            assert_eq!(Source::from_general_midi(Some(program)), source);
        }
    }
}
