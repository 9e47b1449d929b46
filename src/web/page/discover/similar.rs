//! L7: the songs that are built alike, by the instruments the visitor cares about.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    Discovery, map::MapSection, neighbours::Neighbours, refine::Refine, songs::Songs, take::Take,
    wanted::Ingredients,
};
use crate::{
    catalogue::{Catalogue, Pool, Recommendation, Shelf, SplitCatalogue, select},
    source::Source,
    web::page::{
        format,
        library::{Collection, Library},
        studio::Studio,
    },
};

/// Where the reader's focus goes when the list answers another question.
pub const TITLE_ID: &str = "similar-title";

/// What is shown, and from what it was chosen; handed to whatever shows, explains, draws or saves it.
#[derive(Clone, Copy)]
pub struct Found {
    /// The songs chosen from.
    pub pool: Signal<Pool>,
    /// The songs shown.
    pub shown: Memo<Vec<Recommendation>>,
    /// How many songs there are in all, where the pool holds only those nearest to what is asked for.
    pub all: Option<usize>,
}

/// Switches and list.
#[component]
pub fn Similar() -> impl IntoView {
    let studio = expect_context::<Studio>();
    view! {
        <section class="similar" aria-labelledby=TITLE_ID>
            <h2 class="similar__title" id=TITLE_ID tabindex="-1">"Songs built alike"</h2>
            {move || match studio.library.get() {
                Library::Loading => view! { <p class="notice">"The catalogue is loading."</p> }.into_any(),
                Library::Unavailable(reason) => view! {
                    <p class="notice" id="catalogue-notice">
                        "There are no recommendations: " {reason} ". What the song is made of holds all the same."
                    </p>
                }.into_any(),
                Library::Ready(Collection::Whole(catalogue)) => {
                    view! { <Choice songs=Signal::stored(catalogue) all=None/> }.into_any()
                }
                Library::Ready(Collection::Split(catalogue)) => {
                    view! { <NearestOf catalogue=catalogue/> }.into_any()
                }
            }}
        </section>
    }
}

/// What is chosen from the nearest songs of a catalogue that is too large to be here.
#[component]
fn NearestOf(catalogue: Arc<SplitCatalogue>) -> impl IntoView {
    let all = Some(catalogue.len());
    let nearest = Neighbours::follow(catalogue, expect_context::<Discovery>());
    view! {
        {move || nearest.trouble.get().map(|reason| view! {
            <p class="notice" id="shards-notice" role="status">"Some songs are missing here: " {reason}</p>
        })}
        <div class="nearest" id="nearest" aria-busy=move || nearest.is_searching.get().to_string()>
            <Choice songs=nearest.songs.into() all=all/>
        </div>
    }
}

/// What is chosen from a catalogue's songs and the visitor's own.
#[component]
fn Choice(songs: Signal<Arc<Catalogue>>, all: Option<usize>) -> impl IntoView {
    let studio = expect_context::<Studio>();
    let discovery = expect_context::<Discovery>();
    let model_id = songs.with_untracked(|songs| songs.model_id.clone());
    let pool = Signal::derive(move || {
        let mine = studio.my_tracks.get();
        let shelf = match mine.is_empty() {
            true => Shelf::Catalogue,
            false => discovery.shelf.get(),
        };
        Pool::new(songs.get(), mine, shelf)
    });
    let shown = Memo::new(move |_| match discovery.query() {
        Some(query) => discovery.asked.with(|asked| {
            discovery
                .refinement
                .with(|refinement| select(&pool.get(), &query, asked, refinement))
        }),
        None => Vec::new(),
    });
    let found = Found { pool, shown, all };
    view! {
        <Switches/>
        <Shelves/>
        <Ingredients/>
        <div class="refines">
            <Refine found=found/>
            <Take found=found model_id=model_id/>
        </div>
        <MapSection found=found/>
        <Songs found=found/>
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
                {format::title(source)}
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

/// Whose songs: asked only where the visitor has some.
#[component]
fn Shelves() -> impl IntoView {
    const SHELVES: [(Shelf, &str, &str); 3] = [
        (Shelf::Catalogue, "shelf-catalogue", "the catalogue"),
        (Shelf::Mine, "shelf-mine", "my songs"),
        (Shelf::Both, "shelf-both", "both"),
    ];
    let studio = expect_context::<Studio>();
    let discovery = expect_context::<Discovery>();
    let buttons = move || {
        SHELVES.map(|(shelf, id, name)| {
            view! {
                <button
                    class="chip" id=id type="button"
                    aria-pressed=move || (discovery.shelf.get() == shelf).to_string()
                    on:click=move |_| discovery.shelf.set(shelf)
                >
                    {name}
                </button>
            }
        })
    };
    view! {
        <Show when=move || !studio.my_tracks.with(|mine| mine.is_empty())>
            <div class="switches" id="shelves" role="group" aria-label="Songs to choose from">
                <span class="switches__label" aria-hidden="true">"Songs from"</span>
                {buttons()}
            </div>
        </Show>
    }
}
