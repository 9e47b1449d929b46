//! All songs as points of a map: look around, point at one, choose one; the same as a list for those without a
//! pointer.

use std::sync::Arc;

use leptos::{html, prelude::*};

use super::{
    Discovery,
    map_view::MapView,
    results::Results,
    song::{actions, title},
};
use crate::{
    catalogue::{SongMap, Track},
    source::Source,
    web::page::format,
};

/// How many songs around the middle are listed.
const LISTED: usize = 12;

/// The button that unfolds the map, and the map.
#[component]
pub fn MapSection(
    /// The songs.
    results: Results,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    view! {
        <div class="map-section" class:map-section--open=move || is_open.get()>
            <button
                class="tool" id="show-map" type="button"
                aria-expanded=move || is_open.get().to_string() on:click=move |_| is_open.update(|open| *open = !*open)
            >
                "Map of all songs"
            </button>
            <Show when=move || is_open.get()>
                <Map results=results/>
            </Show>
        </div>
    }
}

#[component]
fn Map(results: Results) -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let map = Memo::new(move |_| {
        let pool = results.pool.get();
        Arc::new(SongMap::new(pool.iter().map(|track| &track.prominence)))
    });
    let canvas = NodeRef::<html::Canvas>::new();
    let view = MapView::new(canvas, map, results, discovery);
    let label = move || {
        let count = map.with(|map| map.points.len());
        format!(
            "Map of {count} songs. Arrow keys move, plus and minus zoom, 0 shows all; the list below holds what is in the middle."
        )
    };
    view! {
        <figure class="map">
            <div class="map__frame">
                <canvas
                    class="map__canvas" id="map" node_ref=canvas tabindex="0" role="application" aria-label=label
                    on:pointerdown=move |event| view.on_down(&event) on:pointermove=move |event| view.on_move(&event)
                    on:pointerup=move |event| view.on_up(&event) on:pointercancel=move |event| view.on_leave(&event)
                    on:pointerleave=move |event| view.on_leave(&event) on:wheel=move |event| view.on_wheel(&event)
                    on:keydown=move |event| view.on_key(&event)
                ></canvas>
                <Tip view=view results=results/>
                <div class="map__buttons">
                    <button class="map__button" id="map-closer" type="button" aria-label="Zoom in" on:click=move |_| view.zoom(1.6)>"+"</button>
                    <button class="map__button" id="map-further" type="button" aria-label="Zoom out" on:click=move |_| view.zoom(1.0 / 1.6)>"−"</button>
                    <button class="map__button" id="map-all" type="button" aria-label="All songs" on:click=move |_| view.show_all()>"⤢"</button>
                    <button class="map__button" id="map-query" type="button" aria-label="Show my search" on:click=move |_| view.show_query()>"◎"</button>
                </div>
            </div>
            <figcaption class="map__caption">{move || map.with(|map| caption(map))}</figcaption>
            <Selected view=view results=results/>
            <Middle view=view results=results map=map/>
        </figure>
    }
}

/// What directions and colours mean.
fn caption(map: &SongMap) -> String {
    let direction = |name: &str, axis: usize| {
        let (growing, shrinking) = map.projection.meaning(axis);
        let names = |word: &str, sources: &[Source]| -> Vec<String> {
            sources
                .iter()
                .map(|source| format!("{word} {source}"))
                .collect()
        };
        let parts = [names("more", &growing), names("less", &shrinking)].concat();
        format!("{name}: {}. ", parts.join(", "))
    };
    let explained: f64 = map.projection.explained().iter().sum();
    format!(
        "{}{}The map shows {} % of the differences between the songs. A point has the colour of the instrument that stands \
         out most in the song; the large ring is your search, small rings are the songs in the list. Drag to move; pinch \
         to zoom, or click the map and turn the wheel.",
        direction("To the right", 0),
        direction("Upwards", 1),
        format::percent(explained as f32)
    )
}

/// The name of the song under the pointer.
#[component]
fn Tip(view: MapView, results: Results) -> impl IntoView {
    move || {
        let index = view.hovered.get()?;
        let [x, y] = view.on_page(index)?;
        let pool = results.pool.get();
        let track = pool.get(index)?;
        let text = named(track);
        Some(view! {
            <p class="map__tip" id="map-tip" style:left=format!("{x:.0}px") style:top=format!("{y:.0}px")>{text}</p>
        })
    }
}

fn named(track: &Track) -> String {
    match track.artist.is_empty() {
        true => track.title.clone(),
        false => format!("{} · {}", track.title, track.artist),
    }
}

/// The song that was chosen, and the searches that start from it.
#[component]
fn Selected(view: MapView, results: Results) -> impl IntoView {
    let card = move || {
        let pool = results.pool.get();
        let track = pool.get(view.selected.get()?)?.clone();
        let shares: Vec<_> = track
            .prominence
            .iter()
            .map(|(source, &share)| format!("{source} {} %", format::percent(share)))
            .collect();
        Some(view! {
            <h3 class="song__title">{title(&track)}</h3>
            <p class="song__artist">{track.artist.clone()}</p>
            <p class="song__details">{shares.join(" · ")}</p>
            {actions(track)}
        })
    };
    view! { <div class="map__card" id="map-card" role="status">{card}</div> }
}

/// The songs in the middle of the map as a list; made only while it is open.
#[component]
fn Middle(view: MapView, results: Results, map: Memo<Arc<SongMap>>) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let items = move || {
        let centre = view.viewport.get()?.centre();
        let pool = results.pool.get();
        let item = |index: usize| {
            let text = named(pool.get(index)?);
            Some(view! {
                <li>
                    <button class="linklike" type="button" on:click=move |_| view.select(index)>{text}</button>
                </li>
            })
        };
        let nearest = map.with(|map| map.nearest(centre, LISTED));
        Some(nearest.into_iter().filter_map(item).collect::<Vec<_>>())
    };
    view! {
        <details class="words" id="map-middle" on:toggle=move |_| is_open.update(|open| *open = !*open)>
            <summary>"List the songs in the middle of the map"</summary>
            <Show when=move || is_open.get()>
                <ul class="map__list">{items}</ul>
            </Show>
        </details>
    }
}
