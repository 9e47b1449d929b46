//! Merging catalogues, and the difference between two.

use std::collections::HashMap;

use serde::Serialize;

use super::{Catalogue, Track};

/// Why catalogues can't be merged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Prominences of different models are not comparable.
    #[error("one was built with the model {first:?}, another with {other:?}: build them with one")]
    Models {
        /// The first catalogue's model.
        first: String,
        /// The other catalogue's model.
        other: String,
    },
    /// No catalogues.
    #[error("there is nothing to join")]
    Nothing,
}

/// The result of a merge.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// Every track once, in the order of the catalogues.
    pub catalogue: Catalogue,
    /// Number of tracks left out because an earlier catalogue has them.
    pub double_count: usize,
}

/// Merges catalogues of one model. Of tracks with the same id the first is kept.
///
/// # Errors
/// When the models differ, or there are no catalogues.
pub fn merge(catalogues: impl IntoIterator<Item = Catalogue>) -> Result<Merged, MergeError> {
    let mut catalogues = catalogues.into_iter();
    let mut merged = catalogues.next().ok_or(MergeError::Nothing)?;
    let mut known: std::collections::HashSet<String> =
        merged.tracks.iter().map(|track| track.id.clone()).collect();
    let mut double_count = 0;
    for catalogue in catalogues {
        if catalogue.model_id != merged.model_id {
            return Err(MergeError::Models {
                first: merged.model_id,
                other: catalogue.model_id,
            });
        }
        for track in catalogue.tracks {
            if known.insert(track.id.clone()) {
                merged.tracks.push(track);
            } else {
                double_count += 1;
            }
        }
    }
    Ok(Merged {
        catalogue: merged,
        double_count,
    })
}

/// The difference between two catalogues.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Difference {
    /// The ids of the two models, if they differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_ids: Option<[String; 2]>,
    /// Tracks only in the second.
    pub added: Vec<Track>,
    /// Tracks only in the first.
    pub removed: Vec<Track>,
    /// Tracks in both that differ.
    pub changed: Vec<Change>,
}

/// A changed track.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Change {
    /// In the first catalogue.
    pub before: Track,
    /// In the second.
    pub after: Track,
}

impl Difference {
    /// Compares track by track; the order of tracks does not matter.
    pub fn between(before: &Catalogue, after: &Catalogue) -> Self {
        let old = by_id(before);
        let new = by_id(after);
        let is_missing =
            |known: &HashMap<&str, &Track>, track: &&Track| !known.contains_key(track.id.as_str());
        let changed = after.tracks.iter().filter_map(|track| {
            let before = *old.get(track.id.as_str())?;
            (before != track).then(|| Change {
                before: before.clone(),
                after: track.clone(),
            })
        });
        let added = after.tracks.iter().filter(|track| is_missing(&old, track));
        let removed = before.tracks.iter().filter(|track| is_missing(&new, track));
        Self {
            model_ids: (before.model_id != after.model_id)
                .then(|| [before.model_id.clone(), after.model_id.clone()]),
            added: added.cloned().collect(),
            removed: removed.cloned().collect(),
            changed: changed.collect(),
        }
    }

    /// Whether the catalogues are equal.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn by_id(catalogue: &Catalogue) -> HashMap<&str, &Track> {
    let tracks = catalogue.tracks.iter();
    tracks.map(|track| (track.id.as_str(), track)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn catalogue(model_id: &str, tracks: &[(&str, &str)]) -> Catalogue {
        let track = |&(id, title): &(&str, &str)| Track {
            id: id.to_owned(),
            title: title.to_owned(),
            duration_secs: 1.0,
            ..Track::default()
        };
        Catalogue {
            tracks: tracks.iter().map(track).collect(),
            ..Catalogue::new(model_id)
        }
    }

    #[test]
    fn merging_keeps_the_first_of_each_id() {
        let merged = merge([
            catalogue("m", &[("1", "one"), ("2", "two")]),
            catalogue("m", &[("2", "zwei"), ("3", "three")]),
        ]);
        let merged = merged.expect("one network");
        let expected = catalogue("m", &[("1", "one"), ("2", "two"), ("3", "three")]);
        assert_eq!(merged.catalogue, expected);
        assert_eq!(merged.double_count, 1);
    }

    #[test]
    fn only_one_network_can_be_merged() {
        assert_eq!(merge([]), Err(MergeError::Nothing));
        let refusal = merge([catalogue("m", &[]), catalogue("n", &[])]);
        let expected = MergeError::Models {
            first: "m".to_owned(),
            other: "n".to_owned(),
        };
        assert_eq!(refusal, Err(expected));
    }

    #[test]
    fn differences_are_told_by_id() {
        let before = catalogue("m", &[("1", "one"), ("2", "two"), ("3", "three")]);
        let after = catalogue("n", &[("3", "three"), ("2", "zwei"), ("4", "four")]);
        let difference = Difference::between(&before, &after);
        let ids = |tracks: &[Track]| {
            tracks
                .iter()
                .map(|track| track.id.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(difference.model_ids, Some(["m".to_owned(), "n".to_owned()]));
        assert_eq!(ids(&difference.added), ["4"]);
        assert_eq!(ids(&difference.removed), ["1"]);
        assert_eq!(difference.changed.len(), 1);
        assert_eq!(difference.changed[0].before.title, "two");
        assert_eq!(difference.changed[0].after.title, "zwei");
        let reversed = catalogue("m", &[("3", "three"), ("2", "two"), ("1", "one")]);
        assert!(Difference::between(&before, &reversed).is_empty());
    }
}
