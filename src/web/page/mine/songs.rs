//! L7: the library's songs: a list to search, and ways out of it.

use leptos::{ev, prelude::*};
use web_sys::HtmlInputElement;

use super::{counted, state::MyLibrary};
use crate::{catalogue::Track, source::Source, web::page::format};

/// Rows shown at first, and more at each wish: a browser is slow with thousands.
const PORTION: usize = 50;

/// Count, list, saving, adding from a file, deleting.
#[component]
pub fn Songs() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let count = Memo::new(move |_| library.studio.my_tracks.with(|tracks| tracks.len()));
    let import = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        let file = input.files().and_then(|files| files.get(0));
        input.set_value("");
        if let Some(file) = file {
            library.import(file);
        }
    };
    view! {
        <div class="mine__songs">
            <p class="mine__count" id="mine-count">
                {move || match count.get() {
                    0 => "Nothing is in it yet.".to_owned(),
                    count => format!("It holds {}.", counted(count)),
                }}
            </p>
            <Show when=move || { count.get() > 0 }>
                <details class="mine__all" id="mine-all">
                    <summary>"Look through it"</summary>
                    <List/>
                </details>
            </Show>
            <div class="choices">
                <Show when=move || { count.get() > 0 }>
                    <button class="button button--quiet" id="mine-export" type="button" on:click=move |_| library.export()>
                        "Save as a file"
                    </button>
                </Show>
                <span class="picker">
                    <input class="picker__input" id="mine-import" type="file" accept=".json,application/json" on:change=import/>
                    <label class="button button--quiet" for="mine-import">"Add from a saved file"</label>
                </span>
                <Show when=move || { count.get() > 0 }>
                    <DeleteAll/>
                </Show>
            </div>
        </div>
    }
}

/// Asks once more before everything goes.
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
                <button class="button button--quiet" id="mine-delete-all" type="button" on:click=move |_| set_asking.set(true)>
                    "Delete all"
                </button>
            }
        >
            <button class="button" id="mine-delete-sure" type="button" on:click=delete>"Yes, delete all"</button>
            <button class="button button--quiet" id="mine-delete-not" type="button" on:click=move |_| set_asking.set(false)>
                "Keep it"
            </button>
        </Show>
    }
}

#[component]
fn List() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let (wanted, set_wanted) = signal(String::new());
    let (shown, set_shown) = signal(PORTION);
    let search = move |event: ev::Event| {
        set_wanted.set(event_target_value(&event).to_lowercase());
        set_shown.set(PORTION);
    };
    let found = Memo::new(move |_| {
        let wanted = wanted.get();
        library.studio.my_tracks.with(|tracks| {
            let places = (0..tracks.len()).filter(|&place| matches(&tracks[place], &wanted));
            places.collect::<Vec<_>>()
        })
    });
    let rows = move || {
        let tracks = library.studio.my_tracks.get();
        let rows = found.get().into_iter().take(shown.get());
        rows.filter_map(|place| tracks.get(place).map(|track| row(library, track)))
            .collect::<Vec<_>>()
    };
    view! {
        <label class="mine__search">
            <span>"Search"</span>
            <input id="mine-search" type="search" on:input=search/>
        </label>
        <ul class="mine__list" id="mine-list">{rows}</ul>
        <Show when=move || found.with(Vec::is_empty)>
            <p id="mine-none">"Nothing in it has that name."</p>
        </Show>
        <Show when=move || { found.with(Vec::len) > shown.get() }>
            <button
                class="button button--quiet" id="mine-more" type="button"
                on:click=move |_| set_shown.update(|shown| *shown += PORTION)
            >
                "Show more"
            </button>
        </Show>
    }
}

fn matches(track: &Track, wanted: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(wanted);
    wanted.is_empty()
        || has(&track.title)
        || has(&track.artist)
        || track.album.as_deref().is_some_and(has)
}

fn row(library: MyLibrary, track: &Track) -> impl IntoView + use<> {
    let shares = Source::ALL.map(|source| {
        let percent = format::percent(track.prominence[source]);
        format!("{source} {percent} %")
    });
    let id = track.id.clone();
    view! {
        <li class="mine__song" data-id=track.id.clone()>
            <div class="mine__what">
                <p class="mine__name">{track.title.clone()}</p>
                <p class="mine__by">{track.artist.clone()}</p>
                <p class="mine__shares">{shares.join(" · ")}</p>
            </div>
            <button
                class="button button--quiet" type="button" aria-label=format!("Delete {}", track.title)
                on:click=move |_| library.delete(id.clone())
            >
                "Delete"
            </button>
        </li>
    }
}
