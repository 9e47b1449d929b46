//! The fields that are read, and the parsing of their values.

use serde::{Deserialize, Serialize};

/// What a file, or a list that names it, says about a song. Blank values are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tags {
    /// The song's title.
    pub title: Option<String>,
    /// Who plays it.
    pub artist: Option<String>,
    /// The album it is from.
    pub album: Option<String>,
    /// Its licence, or who holds the rights.
    pub licence: Option<String>,
    /// When it appeared.
    pub year: Option<u16>,
    /// Where it can be found on the web.
    pub url: Option<String>,
}

impl Tags {
    /// Fills what is unknown so far from `other`.
    pub fn complete(&mut self, other: Self) {
        let fill = |field: &mut Option<String>, value: Option<String>| {
            *field = field.take().or(value);
        };
        fill(&mut self.title, other.title);
        fill(&mut self.artist, other.artist);
        fill(&mut self.album, other.album);
        fill(&mut self.licence, other.licence);
        fill(&mut self.url, other.url);
        self.year = self.year.or(other.year);
    }
}

/// A value that is more than blanks. Some writers pad with zeros.
pub fn said(value: &str) -> Option<String> {
    let value = value.trim_matches(|c: char| c.is_whitespace() || c == '\0');
    // Replacement characters stand for what could not be read.
    let is_text = value.contains(|c: char| c != char::REPLACEMENT_CHARACTER && !c.is_whitespace());
    is_text.then(|| value.to_owned())
}

/// The year of a date such as 2009, 2009-05-04 or 2009/05.
pub fn year_of(date: &str) -> Option<u16> {
    let digits: String = date
        .trim()
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let year = digits.get(..4)?.parse().ok()?;
    (year >= 1000).then_some(year)
}

/// Whether a catalogue takes it: tags hold all kinds of things where links should be.
pub fn is_link(value: &str) -> bool {
    value.starts_with("https://") || value.starts_with("http://")
}
