//! The library's songs: a list to search, export, import and delete.

use leptos::{ev, prelude::*};
use web_sys::HtmlInputElement;

use super::state::MyLibrary;
use crate::{
    catalogue::{CollectionOrder, Track, browse},
    source::{PerSource, Source},
    web::page::{format, words},
};

/// Rows shown at first, and added with each click: a browser is slow with thousands.
const PORTION: usize = 50;

/// Count, list, saving, adding from a file, deleting.
#[component]
pub fn Songs() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let count = Memo::new(move |_| library.tracks.with(|tracks| tracks.len()));
    let can_export = library.can_export();
    let import = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        let file = input.files().and_then(|files| files.get(0));
        input.set_value("");
        if let Some(file) = file {
            library.import(file);
        }
    };
    view! {
        <div class="library__songs" class:library__songs--none=move || count.get() == 0>
            <p class="library__count" id="library-count">
                {move || words::holds(count.get())}
            </p>
            <Show when=move || { count.get() > 0 }>
                <details class="library__all" id="library-all">
                    <summary>"Show my songs"</summary>
                    <List/>
                </details>
            </Show>
            <div class="choices">
                <Show when=move || can_export.get()>
                    <button class="button button--quiet" id="library-export" type="button" on:click=move |_| library.export()>
                        "Save to a file"
                    </button>
                </Show>
                <span class="picker">
                    <input class="picker__input" id="library-import" type="file" accept=".json,application/json" on:change=import/>
                    <label class="button button--quiet" for="library-import">"Import a saved library"</label>
                </span>
                <Show when=move || { count.get() > 0 }>
                    <DeleteAll/>
                </Show>
            </div>
        </div>
    }
}

/// Asks for confirmation before all songs are deleted.
#[component]
fn DeleteAll() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let (is_asking, set_asking) = signal(false);
    let delete = move |_| {
        set_asking.set(false);
        library.delete_all();
    };
    view! {
        <Show
            when=move || is_asking.get()
            fallback=move || view! {
                <button class="button button--quiet" id="library-delete-all" type="button" on:click=move |_| set_asking.set(true)>
                    "Delete all"
                </button>
            }
        >
            <button class="button" id="library-delete-sure" type="button" on:click=delete>"Yes, delete all"</button>
            <button class="button button--quiet" id="library-delete-not" type="button" on:click=move |_| set_asking.set(false)>
                "Keep them"
            </button>
        </Show>
    }
}

#[component]
fn List() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let (text, set_text) = signal(String::new());
    let (order, set_order) = signal(CollectionOrder::default());
    let (shown, set_shown) = signal(PORTION);
    let search = move |event: ev::Event| {
        set_text.set(event_target_value(&event));
        set_shown.set(PORTION);
    };
    let found = Memo::new(move |_| {
        library
            .tracks
            .with(|tracks| text.with(|text| browse(tracks, text, order.get())))
    });
    let rows = move || {
        let tracks = library.tracks.get();
        let rows = found.get().into_iter().take(shown.get());
        rows.filter_map(|place| tracks.get(place).map(|track| row(library, track)))
            .collect::<Vec<_>>()
    };
    view! {
        <div class="library__tools">
            <label class="library__search">
                <span>"Search"</span>
                <input id="library-search" type="search" on:input=search/>
            </label>
            <SortBy set_order=set_order/>
        </div>
        <ul class="library__list" id="library-list">{rows}</ul>
        <Show when=move || found.with(Vec::is_empty)>
            <p id="library-none">"No song has that name."</p>
        </Show>
        <Show when=move || { found.with(Vec::len) > shown.get() }>
            <button
                class="button button--quiet" id="library-more" type="button"
                on:click=move |_| set_shown.update(|shown| *shown += PORTION)
            >
                "Show more"
            </button>
        </Show>
    }
}

#[component]
fn SortBy(set_order: WriteSignal<CollectionOrder>) -> impl IntoView {
    let options = Source::ALL.map(|source| {
        view! { <option value=source.name()>{format!("Most {}", format::spoken(source))}</option> }
    });
    let on_change = move |event: ev::Event| {
        let value = event_target_value(&event);
        set_order.set(match value.parse() {
            Ok(source) => CollectionOrder::MostOf(source),
            Err(_) if value == "newest" => CollectionOrder::Newest,
            Err(_) => CollectionOrder::Name,
        });
    };
    view! {
        <label class="library__search">
            <span>"Sort"</span>
            <select class="choice" id="library-order" on:change=on_change>
                <option value="name">"By name"</option>
                <option value="newest">"Newest first"</option>
                {options}
            </select>
        </label>
    }
}

fn row(library: MyLibrary, track: &Track) -> impl IntoView + use<> {
    let id = track.id.clone();
    let searched = track.clone();
    view! {
        <li class="library__song" data-id=track.id.clone()>
            <div class="library__what">
                <p class="library__name">{track.title.clone()}</p>
                <p class="library__by">{track.artist.clone()}</p>
            </div>
            <ShareBars shares=track.prominence/>
            <div class="choices">
                <button
                    class="button button--quiet button--small" type="button" data-act="alike"
                    aria-label=format!("Similar songs to {}", track.title)
                    on:click=move |_| library.discovery.find_similar(&searched)
                >
                    "Similar songs"
                </button>
                <button
                    class="button button--quiet button--small" type="button" data-act="delete"
                    aria-label=format!("Delete {}", track.title) on:click=move |_| library.delete(id.clone())
                >
                    "Delete"
                </button>
            </div>
        </li>
    }
}

/// A bar for each source's share, with its percentage for screen readers.
#[component]
fn ShareBars(shares: PerSource<f32>) -> impl IntoView {
    let bars = Source::ALL.map(|source| {
        let percent = format::percent(shares[source]);
        view! {
            <li class=format!("share text-{source}")>
                <span class="share__name">{format::title(source)}</span>
                <span class="share__bar" aria-hidden="true">
                    <span class="share__fill" style:width=format!("{percent}%")></span>
                </span>
                <span class="share__percent">{percent} " %"</span>
            </li>
        }
    });
    view! { <ul class="shares">{bars}</ul> }
}
