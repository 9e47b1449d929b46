//! A search in the fragment of a link, the part after `#`, which browsers do not send to the server.
//!
//! `like=1&shares=0.39,0.26,0.47,0.8,0.87&weights=1,0,1,1,2&net=...&name=...&check=0123abcd`: version, five shares,
//! five weights, then optionally the model that measured the shares and a name, and last a checksum, since links get
//! truncated and retyped.

use super::{Query, RankBy};
use crate::source::{PerSource, Source};

/// The version written, and the only one accepted.
const VERSION: &str = "1";

/// Largest weight that the page offers.
const MAX_WEIGHT: f32 = 2.0;

/// Resolution of the numbers: a hundredth of a percentage point.
const STEPS: f32 = 1e4;

/// Longest name, in characters; the rest is cut.
const MAX_NAME_CHARS: usize = 120;

/// A shared search.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedSearch {
    /// The query.
    pub query: Query,
    /// The model that measured the shares; `None` if they were set by hand.
    pub model_id: Option<String>,
    /// Its name, if the sender included it.
    pub name: Option<String>,
}

/// Why a link cannot be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Truncated or altered.
    #[error("This link is damaged: part of it is missing or altered. Copy it again, as a whole.")]
    Damaged,
    /// Another version.
    #[error("This link is of version {got:?}, which this page does not know: ask for a new link.")]
    Version {
        /// Version found.
        got: String,
    },
    /// From another model.
    #[error(
        "This link was made with another network ({got}), whose numbers do not compare with those of this page's \
         ({expected}): ask for a new link."
    )]
    Model {
        /// The model in use.
        expected: String,
        /// The link's.
        got: String,
    },
}

impl SharedSearch {
    /// The fragment, without `#`.
    pub fn to_fragment(&self) -> String {
        let payload = self.payload();
        format!("{payload}&check={:08x}", checksum(&payload))
    }

    fn payload(&self) -> String {
        let list = |values: &PerSource<f32>| {
            let texts = values.0.map(|value| rounded(value).to_string());
            texts.join(",")
        };
        let mut payload = format!(
            "like={VERSION}&shares={}&weights={}",
            list(&self.query.prominence),
            list(&self.query.weights)
        );
        for (key, value) in [("net", &self.model_id), ("name", &self.name)] {
            if let Some(value) = value {
                let value: String = value.chars().take(MAX_NAME_CHARS).collect();
                payload += &format!("&{key}={}", encode(&value));
            }
        }
        payload
    }

    /// Parses a fragment without its `#`; `None` if it is not a shared search.
    ///
    /// # Errors
    /// When it is damaged, or of another version.
    pub fn from_fragment(fragment: &str) -> Result<Option<Self>, LinkError> {
        if !fragment.starts_with("like=") {
            return Ok(None);
        }
        let value = |key: &str| {
            let mut pairs = fragment.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .find(|(name, _)| *name == key)
                .and_then(|(_, value)| decode(value))
        };
        match value("like") {
            Some(version) if version == VERSION => {}
            got => {
                return Err(LinkError::Version {
                    got: got.unwrap_or_default(),
                });
            }
        }
        let list = |key, most| value(key).and_then(|text| numbers(&text, most));
        let (Some(prominence), Some(weights)) = (list("shares", 1.0), list("weights", MAX_WEIGHT))
        else {
            return Err(LinkError::Damaged);
        };
        let search = Self {
            query: Query {
                prominence,
                weights,
                // Shares that were set by hand are amounts; measured ones are a song's.
                rank_by: match value("net") {
                    Some(_) => RankBy::Proportions,
                    None => RankBy::Amounts,
                },
            },
            model_id: value("net"),
            name: value("name"),
        };
        // Over the parsed values, since mail programs escape more characters than we do.
        let expected = format!("{:08x}", checksum(&search.payload()));
        match value("check") == Some(expected) {
            true => Ok(Some(search)),
            false => Err(LinkError::Damaged),
        }
    }

    /// Rejects shares that another model measured.
    ///
    /// # Errors
    /// When the models differ.
    pub fn check_model(&self, expected: &str) -> Result<(), LinkError> {
        match &self.model_id {
            Some(got) if got != expected => Err(LinkError::Model {
                expected: expected.to_owned(),
                got: got.clone(),
            }),
            _ => Ok(()),
        }
    }
}

fn rounded(value: f32) -> f32 {
    (value * STEPS).round() / STEPS
}

fn numbers(text: &str, most: f32) -> Option<PerSource<f32>> {
    let values: Vec<f32> = text
        .split(',')
        .map(|value| {
            value
                .parse()
                .ok()
                .filter(|value| (0.0..=most).contains(value))
        })
        .collect::<Option<_>>()?;
    <[f32; Source::COUNT]>::try_from(values).ok().map(PerSource)
}

/// 32-bit FNV-1a (Fowler, Noll and Vo): detects damage, not forgery.
fn checksum(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// Percent-encoding (RFC 3986): everything but its unreserved characters.
fn encode(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

/// `None` if an escape is truncated or the bytes are not UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                let (high, low) = (digit()?, digit()?);
                (high * 16 + low) as u8
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
