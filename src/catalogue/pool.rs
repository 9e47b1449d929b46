//! The songs to recommend from: the catalogue's, the visitor's own, or both.

use std::sync::Arc;

use super::{Catalogue, Track};
use crate::source::PerSource;

/// Which collections to recommend from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SearchScope {
    /// The catalogue's.
    #[default]
    Catalogue,
    /// The visitor's own.
    Mine,
    /// Both, the catalogue's first.
    Both,
}

/// Songs of one or both collections, indexed from 0 throughout. Clones share the data.
#[derive(Clone, Debug)]
pub struct Pool {
    catalogue: Arc<Catalogue>,
    mine: Arc<Vec<Track>>,
    scope: SearchScope,
    prominence_error: PerSource<f32>,
}

impl Pool {
    /// The songs of `scope`.
    pub fn new(catalogue: Arc<Catalogue>, mine: Arc<Vec<Track>>, scope: SearchScope) -> Self {
        Self {
            catalogue,
            mine,
            scope,
            prominence_error: PerSource::default(),
        }
    }

    /// The same songs, with the mean absolute error of their prominences: scores that differ by less count as equal
    /// ([`super::rank_all_within`]).
    #[must_use]
    pub fn with_error(self, prominence_error: PerSource<f32>) -> Self {
        Self {
            prominence_error,
            ..self
        }
    }

    /// The mean absolute error of the songs' prominences; zeros where it is not known.
    pub fn prominence_error(&self) -> &PerSource<f32> {
        &self.prominence_error
    }

    fn parts(&self) -> [&[Track]; 2] {
        match self.scope {
            SearchScope::Catalogue => [&self.catalogue.tracks, &[]],
            SearchScope::Mine => [&[], &self.mine],
            SearchScope::Both => [&self.catalogue.tracks, &self.mine],
        }
    }

    /// Number of songs.
    pub fn len(&self) -> usize {
        self.parts().map(<[Track]>::len).iter().sum()
    }

    /// Whether there are no songs.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The song at this index.
    pub fn get(&self, index: usize) -> Option<&Track> {
        let [first, second] = self.parts();
        match index.checked_sub(first.len()) {
            None => first.get(index),
            Some(index) => second.get(index),
        }
    }

    /// Every song in order.
    pub fn iter(&self) -> impl Iterator<Item = &Track> + Clone {
        let [first, second] = self.parts();
        first.iter().chain(second)
    }

    /// Whether the song at this index is the visitor's own.
    pub fn is_mine(&self, index: usize) -> bool {
        index >= self.parts()[0].len()
    }

    /// The licences of the songs, each once, in alphabetical order.
    pub fn licences(&self) -> Vec<String> {
        let mut licences: Vec<String> = self
            .iter()
            .filter_map(|track| track.licence.clone())
            .collect();
        licences.sort_unstable();
        licences.dedup();
        licences
    }
}
