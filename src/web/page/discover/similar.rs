//! Recommendations: the songs of similar composition, compared by the chosen instruments.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    Discovery,
    export::ListExport,
    map::MapSection,
    neighbours::Neighbours,
    query::QueryExamples,
    refine::Refine,
    results::{Results, TITLE_ID},
    songs::Songs,
};
use crate::{
    catalogue::{Catalogue, Pool, Previews, SearchScope, SplitCatalogue, select},
    source::Source,
    web::page::{
        catalogue::{CatalogueState, CatalogueStore, LoadedCatalogue},
        format,
        library::MyLibrary,
        route::{Route, Router},
        words,
    },
};

/// Switches and list.
#[component]
pub fn Similar() -> impl IntoView {
    let store = expect_context::<CatalogueStore>();
    let router = expect_context::<Router>();
    let title = move || match router.route.get() {
        Route::Search => "Matching songs",
        _ => "Similar songs",
    };
    view! {
        <section class="similar" aria-labelledby=TITLE_ID>
            <h2 class="similar__title" id=TITLE_ID tabindex="-1">{title}</h2>
            {move || match store.state.get() {
                CatalogueState::Loading => view! { <p class="notice">"Loading the catalogue."</p> }.into_any(),
                CatalogueState::Unavailable(reason) => view! {
                    <p class="notice" id="catalogue-notice">
                        "There are no recommendations, because " {reason} ". The analysis above is not affected."
                    </p>
                }.into_any(),
                CatalogueState::Ready(LoadedCatalogue::Whole(catalogue)) => {
                    view! { <Choice songs=Signal::stored(catalogue) all=None/> }.into_any()
                }
                CatalogueState::Ready(LoadedCatalogue::Split(catalogue)) => {
                    view! { <NearestOf catalogue=catalogue/> }.into_any()
                }
            }}
        </section>
    }
}

/// Recommendations from the nearest songs of a catalogue too large to be loaded.
#[component]
fn NearestOf(catalogue: Arc<SplitCatalogue>) -> impl IntoView {
    let all = Some(catalogue.len());
    let nearest = Neighbours::follow(catalogue, expect_context::<Discovery>());
    view! {
        {move || nearest.trouble.get().map(|reason| view! {
            <p class="notice" id="shards-notice" role="status">{words::SONGS_MISSING} ": " {reason}</p>
        })}
        <div class="nearest" id="nearest" aria-busy=move || nearest.is_searching.get().to_string()>
            <Choice songs=nearest.songs.into() all=all/>
        </div>
    }
}

/// Recommendations from a catalogue's songs and the visitor's own.
#[component]
fn Choice(songs: Signal<Arc<Catalogue>>, all: Option<usize>) -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let discovery = expect_context::<Discovery>();
    let prominence_error = expect_context::<CatalogueStore>().prominence_error;
    let model_id = songs.with_untracked(|songs| songs.model_id.clone());
    let pool = Signal::derive(move || {
        let mine = library.tracks.get();
        let scope = match mine.is_empty() {
            true => SearchScope::Catalogue,
            false => discovery.scope.get().unwrap_or(SearchScope::Both),
        };
        Pool::new(songs.get(), mine, scope).with_error(prominence_error.get())
    });
    let refinement = Memo::new(move |_| {
        let chosen = discovery.refinement.get();
        match discovery.query() {
            Some(query) => {
                let pool = pool.get();
                discovery
                    .examples
                    .with(|examples| chosen.resolved(&pool, &query, examples))
            }
            None => chosen,
        }
    });
    let shown = Memo::new(move |_| match discovery.query() {
        Some(query) => discovery.examples.with(|examples| {
            refinement.with(|refinement| select(&pool.get(), &query, examples, refinement))
        }),
        None => Vec::new(),
    });
    let results = Results {
        pool,
        refinement,
        shown,
        all,
    };
    view! {
        <Switches/>
        <ScopeSwitch/>
        <PreviewSwitch results=results/>
        <QueryExamples/>
        <div class="refines">
            <Refine results=results/>
            <ListExport results=results model_id=model_id/>
            <MapSection results=results/>
        </div>
        <Songs results=results/>
    }
}

#[component]
fn Switches() -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let switches = Source::ALL.map(|source| {
        let is_on = move || discovery.chosen.get()[source];
        view! {
            <button
                class=format!("chip chip--{source}") id=format!("switch-{source}") type="button"
                aria-pressed=move || is_on().to_string() on:click=move |_| discovery.toggle_source(source)
            >
                <span class="chip__mark" aria-hidden="true"></span>
                {format::full_title(source)}
            </button>
        }
    });
    view! {
        <div class="switches" role="group" aria-label="Instruments to compare by">
            <span class="switches__label" aria-hidden="true">"Compare by"</span>
            {switches}
        </div>
    }
}

/// Which songs to choose from; shown only if the visitor's library has some.
#[component]
fn ScopeSwitch() -> impl IntoView {
    const SCOPES: [(SearchScope, &str, &str); 3] = [
        (SearchScope::Catalogue, "scope-catalogue", "the catalogue"),
        (SearchScope::Mine, "scope-mine", "my songs"),
        (SearchScope::Both, "scope-both", "both"),
    ];
    let library = expect_context::<MyLibrary>();
    let discovery = expect_context::<Discovery>();
    let buttons = move || {
        SCOPES.map(|(scope, id, name)| {
            view! {
                <button
                    class="chip" id=id type="button"
                    aria-pressed=move || (discovery.scope.get().unwrap_or(SearchScope::Both) == scope).to_string()
                    on:click=move |_| discovery.scope.set(Some(scope))
                >
                    {name}
                </button>
            }
        })
    };
    view! {
        <Show when=move || !library.tracks.with(|mine| mine.is_empty())>
            <div class="switches" id="scope" role="group" aria-label="Songs to choose from">
                <span class="switches__label" aria-hidden="true">"From"</span>
                {buttons()}
            </div>
        </Show>
    }
}

/// Whether songs that cannot be played on the page are shown; asked only where some can be.
#[component]
fn PreviewSwitch(results: Results) -> impl IntoView {
    const CHOICES: [(Previews, &str, &str); 2] = [
        (Previews::Only, "only-previews", "songs you can play here"),
        (Previews::Any, "any-preview", "all songs"),
    ];
    let discovery = expect_context::<Discovery>();
    let has_any = Memo::new(move |_| {
        results
            .pool
            .with(|pool| pool.iter().any(|track| track.preview.is_some()))
    });
    let buttons = move || {
        CHOICES.map(|(choice, id, name)| {
            let is_on = move || results.refinement.with(|now| now.previews) == choice;
            view! {
                <button
                    class="chip" id=id type="button" aria-pressed=move || is_on().to_string()
                    on:click=move |_| discovery.refinement.update(|now| now.previews = choice)
                >
                    {name}
                </button>
            }
        })
    };
    view! {
        <Show when=move || has_any.get()>
            <div class="switches" id="previews" role="group" aria-label="Songs to show">
                <span class="switches__label" aria-hidden="true">"Show"</span>
                {buttons()}
            </div>
        </Show>
    }
}
