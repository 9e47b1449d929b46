//! The search and how it is refined; components read the signals and call the methods.

use std::{collections::HashMap, rc::Rc};

use leptos::{ev, prelude::*};

use super::results::TITLE_ID;
use crate::{
    catalogue::{
        ExampleOrigin, Preference, Query, QueryExample, Refinement, SearchScope, SharedSearch,
        Track, blend, rank_by,
    },
    source::{PerSource, Source},
    web::{
        page::{
            catalogue::{CatalogueState, CatalogueStore},
            job::AnalysedSong,
            player::PlayerState,
            route::{Route, Router},
        },
        platform::{
            clock, history, page,
            preview::{Ending, Preview},
            share,
        },
    },
};

/// Shares that sliders start from: neither much nor little of anything.
const BY_HAND_START: f32 = 0.5;

/// The search: a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct Discovery {
    /// The songs or shares that the search starts from.
    pub examples: RwSignal<Vec<QueryExample>>,
    /// The visitor's song, once it is analysed.
    pub own: RwSignal<Option<QueryExample>>,
    /// Which sources songs are compared by.
    pub chosen: RwSignal<PerSource<bool>>,
    /// How much each of them counts, 0 to 2.
    pub weights: RwSignal<PerSource<f32>>,
    /// Filters, limit and order of the list.
    pub refinement: RwSignal<Refinement>,
    /// Whose songs are recommended; unless chosen, everybody's.
    pub scope: RwSignal<Option<SearchScope>>,
    /// Position in the pool of the song whose place is being explained.
    pub explained: RwSignal<Option<usize>>,
    /// Why the link that was opened cannot be followed.
    pub link_trouble: RwSignal<Option<String>>,
    /// Address of the preview that plays.
    pub preview: RwSignal<Option<String>>,
    /// Whether the last preview could not be played.
    pub preview_failed: RwSignal<bool>,
    linked: RwSignal<Option<SharedSearch>>,
    /// The queries of views that were left.
    left: StoredValue<HashMap<Route, Vec<QueryExample>>>,
    router: Router,
    sound: StoredValue<Option<Rc<Preview>>, LocalStorage>,
}

impl Discovery {
    /// A search for nothing yet; opens the link in the page's address, now and whenever it changes.
    pub fn new(router: Router, player: PlayerState, catalogue: CatalogueStore) -> Self {
        let (preview, preview_failed) = (RwSignal::new(None), RwSignal::new(false));
        let on_end = move |ending| {
            preview.set(None);
            preview_failed.set(ending == Ending::Failed);
        };
        let discovery = Self {
            examples: RwSignal::new(Vec::new()),
            own: RwSignal::new(None),
            chosen: RwSignal::new(PerSource([true; Source::COUNT])),
            weights: RwSignal::new(PerSource([1.0; Source::COUNT])),
            refinement: RwSignal::new(Refinement::default()),
            scope: RwSignal::new(None),
            explained: RwSignal::new(None),
            link_trouble: RwSignal::new(None),
            preview,
            preview_failed,
            linked: RwSignal::new(None),
            left: StoredValue::new(HashMap::new()),
            router,
            // Without an audio element (never seen) previews stay silent.
            sound: StoredValue::new_local(Preview::new(on_end).ok().map(Rc::new)),
        };
        discovery.follow_catalogue(catalogue);
        discovery.stop_preview_during_playback(player);
        discovery.open_link();
        window_event_listener(ev::hashchange, move |_| {
            // An entry with a name is one that the visitor comes back to.
            if history::state().is_none() {
                discovery.open_link();
            }
        });
        discovery
    }

    /// Refuses a shared search that another model made, as soon as the page's own model is known.
    fn follow_catalogue(self, catalogue: CatalogueStore) {
        Effect::new(move |_| {
            if let (Some(search), CatalogueState::Ready(collection)) =
                (self.linked.get(), catalogue.state.get())
                && let Err(error) = search.check_model(collection.model_id())
            {
                self.clear();
                self.router.replace(Route::Start);
                self.link_trouble.set(Some(error.to_string()));
            }
        });
    }

    /// Previews and the visitor's song never play at the same time.
    fn stop_preview_during_playback(self, player: PlayerState) {
        Effect::new(move |_| {
            if self.preview.with(Option::is_some) {
                player.pause();
            }
        });
        Effect::new(move |_| {
            if player.playback.get().is_playing {
                self.stop_preview();
            }
        });
    }

    /// What is looked for, where anything is.
    pub fn query(self) -> Option<Query> {
        let prominence = self.examples.with(|examples| blend(examples))?;
        let rank_by = self.examples.with(|examples| rank_by(examples));
        let query = Query::weighted(prominence, self.chosen.get(), self.weights.get());
        Some(query.ranked_by(rank_by))
    }

    /// What to call the other side of a comparison.
    pub fn query_word(self) -> &'static str {
        match self.is_own() {
            true => "yours",
            false => "asked for",
        }
    }

    /// Whether the query is the visitor's own song alone.
    pub fn is_own(self) -> bool {
        let examples = self.examples.get();
        self.own.get().is_some_and(|own| examples == [own])
    }

    /// Whether the query is shares set by hand alone, with no song to go back to.
    pub fn is_only_by_hand(self) -> bool {
        let is_by_hand = self
            .examples
            .with(|examples| matches!(&examples[..], [one] if one.is_by_hand()));
        is_by_hand && (self.own.get().is_none() || self.router.route.get() == Route::Search)
    }

    /// Switches a source on or off in the comparison.
    pub fn toggle_source(self, source: Source) {
        self.chosen
            .update(|chosen| chosen[source] = !chosen[source]);
    }

    /// Asks for the visitor's own song again.
    pub fn query_own_song(self) {
        if let Some(own) = self.own.get_untracked() {
            self.set_examples(vec![own]);
        }
    }

    /// Searches for songs like the one that was just analysed.
    pub fn recommend_for(self, song: &AnalysedSong) {
        let own = QueryExample {
            name: song.names.title.clone(),
            origin: ExampleOrigin::Song,
            prominence: song.analysis.prominence,
            duration_secs: Some(song.analysis.duration_secs),
            preference: Preference::Like,
        };
        self.own.set(Some(own.clone()));
        self.set_examples(vec![own]);
    }

    /// Keeps the query, for when its view is entered again.
    pub fn leave(self, route: Route) {
        self.stop_preview();
        let examples = self.examples.get_untracked();
        if !examples.is_empty() {
            self.left.update_value(|left| {
                left.insert(route, examples);
            });
        }
    }

    /// Restores the query of when this view was left.
    pub fn enter(self, route: Route) {
        if let Some(examples) = self.left.with_value(|left| left.get(&route).cloned()) {
            self.set_examples(examples);
        }
    }

    /// Asks for shares set by hand, from the middle of each.
    pub fn query_by_hand(self) {
        self.router.go(Route::Search);
        self.set_examples(vec![QueryExample::by_hand(PerSource(
            [BY_HAND_START; Source::COUNT],
        ))]);
    }

    /// Asks for one share as set by hand, and for the others as they are.
    pub fn set_share(self, source: Source, share: f32) {
        let examples = self.examples.get_untracked();
        let start = PerSource([BY_HAND_START; Source::COUNT]);
        let mut prominence = blend(&examples).unwrap_or(start);
        prominence[source] = share;
        self.set_examples(vec![QueryExample::by_hand(prominence)]);
    }

    /// Searches for songs similar to this one, on the song's view if that is open, else on the search's.
    pub fn find_similar(self, track: &Track) {
        if self.router.route.get_untracked() != Route::Song {
            self.router.go(Route::Search);
        }
        self.query_like(track);
        clock::after_millis(0, || page::focus(TITLE_ID));
    }

    /// Asks for songs like this one alone.
    pub fn query_like(self, track: &Track) {
        self.set_examples(vec![QueryExample::of_track(track, Preference::Like)]);
    }

    /// Adds a song to be similar or dissimilar to.
    pub fn add(self, track: &Track, preference: Preference) {
        let added = QueryExample::of_track(track, preference);
        let mut examples = self.examples.get_untracked();
        examples.retain(|one| one.origin != added.origin);
        examples.push(added);
        self.set_examples(examples);
    }

    /// Removes one example from the query.
    pub fn remove(self, position: usize) {
        let mut examples = self.examples.get_untracked();
        if position < examples.len() {
            examples.remove(position);
            self.set_examples(examples);
        }
    }

    fn set_examples(self, examples: Vec<QueryExample>) {
        self.explained.set(None);
        self.linked.set(None);
        self.link_trouble.set(None);
        self.examples.set(examples);
    }

    /// Clears the query.
    pub fn clear(self) {
        self.stop_preview();
        if !self.examples.with_untracked(Vec::is_empty) {
            self.own.set(None);
            self.set_examples(Vec::new());
        }
    }

    /// What a link has to hold, with a name or without one.
    pub fn shared(self, model_id: &str, name: Option<String>) -> Option<SharedSearch> {
        let query = self.query()?;
        let is_measured = self
            .examples
            .with(|examples| examples.iter().any(|one| one.origin != ExampleOrigin::Hand));
        Some(SharedSearch {
            query,
            model_id: is_measured.then(|| model_id.to_owned()),
            name,
        })
    }

    fn open_link(self) {
        match SharedSearch::from_fragment(&share::fragment()) {
            Ok(None) => {}
            Ok(Some(search)) => self.query_shared(search),
            Err(error) => self.link_trouble.set(Some(error.to_string())),
        }
    }

    fn query_shared(self, search: SharedSearch) {
        self.router.replace(Route::Search);
        let weights = search.query.weights;
        self.set_examples(vec![match (&search.model_id, &search.name) {
            (None, None) => QueryExample::by_hand(search.query.prominence),
            (model_id, name) => QueryExample {
                name: name.clone().unwrap_or_else(|| "A shared search".to_owned()),
                origin: match model_id {
                    Some(_) => ExampleOrigin::Link,
                    None => ExampleOrigin::Hand,
                },
                prominence: search.query.prominence,
                duration_secs: None,
                preference: Preference::Like,
            },
        }]);
        self.chosen.set(weights.map(|weight| weight > 0.0));
        self.weights
            .set(weights.map(|weight| if weight > 0.0 { weight } else { 1.0 }));
        self.linked.set(Some(search));
    }

    /// Plays a preview, or stops it.
    pub fn toggle_preview(self, url: &str) {
        if self.preview.get_untracked().as_deref() == Some(url) {
            return self.stop_preview();
        }
        self.preview_failed.set(false);
        self.preview.set(Some(url.to_owned()));
        if let Some(sound) = self.sound.get_value() {
            sound.play(url);
        }
    }

    fn stop_preview(self) {
        if self.preview.get_untracked().is_none() {
            return;
        }
        if let Some(sound) = self.sound.get_value() {
            sound.stop();
        }
        self.preview.set(None);
    }
}
