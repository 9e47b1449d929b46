//! The songs nearest to a search, from a catalogue too large to be loaded.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, HashSet},
    rc::Rc,
    sync::Arc,
};

use futures_util::future::join_all;
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::Discovery;
use crate::{
    catalogue::{Catalogue, Query, SplitCatalogue},
    web::platform::{clock, fetch},
};

/// How many songs a search is refined among, first those that are soon on the page. More would have to be fetched with
/// every step of a slider.
const STAGES: [usize; 2] = [20, 200];
/// A slider that moves changes the search at every step: songs are fetched only once it rests.
const REST_MILLIS: u32 = 120;
/// Shards that are kept for further searches: some 30 MB.
const MAX_KEPT_SHARDS: usize = 120;

/// The nearest songs, as they come.
#[derive(Clone, Copy)]
pub(super) struct Neighbours {
    /// The results of the last search, the nearest first.
    pub songs: RwSignal<Arc<Catalogue>>,
    /// Whether they belong to an older search, or only some of them are here.
    pub is_searching: RwSignal<bool>,
    /// Why some of them are missing.
    pub trouble: RwSignal<Option<String>>,
}

/// Searches and fetches; lives as long as the catalogue is shown.
struct Searcher {
    catalogue: Arc<SplitCatalogue>,
    shards: RefCell<HashMap<usize, Rc<Catalogue>>>,
    /// Counts the searches: an older one ends when a newer one begins.
    latest: Cell<u32>,
    found: Neighbours,
}

impl Neighbours {
    /// Follows the query.
    pub(super) fn follow(catalogue: Arc<SplitCatalogue>, discovery: Discovery) -> Self {
        let nothing = Arc::new(Catalogue::new(&catalogue.head().model_id));
        let found = Self {
            songs: RwSignal::new(nothing),
            is_searching: RwSignal::new(false),
            trouble: RwSignal::new(None),
        };
        let searcher = Rc::new(Searcher {
            catalogue,
            shards: RefCell::default(),
            latest: Cell::new(0),
            found,
        });
        Effect::new(move |_| {
            let query = discovery.query();
            let ticket = searcher.latest.get().wrapping_add(1);
            searcher.latest.set(ticket);
            found.is_searching.set(true);
            let searcher = Rc::clone(&searcher);
            spawn_local(async move {
                clock::sleep_millis(REST_MILLIS).await;
                if searcher.latest.get() == ticket {
                    // Its position stands for another song in the next list.
                    discovery.explained.set(None);
                    searcher.search(query, ticket).await;
                }
            });
        });
        found
    }
}

impl Searcher {
    async fn search(&self, query: Option<Query>, ticket: u32) {
        let [.., most] = STAGES;
        let nearest = query.map_or(Vec::new(), |query| self.catalogue.nearest(&query, most));
        for count in STAGES {
            let wanted = &nearest[..count.min(nearest.len())];
            let trouble = self.fetch(wanted).await;
            // The list was closed, or there is a newer search.
            if self.latest.get() != ticket || self.found.trouble.try_set(trouble).is_some() {
                return;
            }
            self.found.songs.set(Arc::new(self.collect(wanted)));
        }
        self.found.is_searching.set(false);
    }

    /// Fetches the shards that hold these songs and are not here yet; says why some could not be fetched.
    async fn fetch(&self, wanted: &[usize]) -> Option<String> {
        let needed: HashSet<usize> = wanted
            .iter()
            .map(|&index| self.catalogue.place(index).0)
            .collect();
        let missing: Vec<usize> = {
            let mut kept = self.shards.borrow_mut();
            if kept.len() + needed.len() > MAX_KEPT_SHARDS {
                kept.retain(|shard, _| needed.contains(shard));
            }
            needed
                .into_iter()
                .filter(|shard| !kept.contains_key(shard))
                .collect()
        };
        let fetched = join_all(missing.into_iter().map(|shard| self.fetch_shard(shard))).await;
        let mut trouble = None;
        for result in fetched {
            match result {
                Ok((shard, songs)) => {
                    self.shards.borrow_mut().insert(shard, Rc::new(songs));
                }
                Err(reason) => trouble = Some(reason),
            }
        }
        trouble
    }

    async fn fetch_shard(&self, shard: usize) -> Result<(usize, Catalogue), String> {
        let head = self.catalogue.head();
        let text = fetch::fetch_text(&head.shard_path(shard)).await;
        let text = text.map_err(|error| error.to_string())?;
        let songs = head.read_shard(shard, &text);
        Ok((shard, songs.map_err(|error| error.to_string())?))
    }

    /// These songs, as far as their shards are here.
    fn collect(&self, wanted: &[usize]) -> Catalogue {
        let shards = self.shards.borrow();
        let song = |&index: &usize| {
            let (shard, position) = self.catalogue.place(index);
            shards.get(&shard)?.tracks.get(position).cloned()
        };
        Catalogue {
            tracks: wanted.iter().filter_map(song).collect(),
            ..Catalogue::new(&self.catalogue.head().model_id)
        }
    }
}
