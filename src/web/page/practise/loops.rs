//! Loops that are kept with the song, under names.

use leptos::{ev, prelude::*};

use super::{controls::Tool, state::Practice};
use crate::{
    playback::{self, NamedLoop},
    web::page::player::PlayerState,
};

/// A button that keeps the loop, and those that are kept.
#[component]
pub fn Loops() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let has_none = Memo::new(move |_| player.looped.get().is_none());
    let keep = move || {
        if let Some(region) = player.looped.get_untracked() {
            practice.keep_loop(region);
        }
    };
    let count = Memo::new(move |_| practice.loops.with(Vec::len));
    let loops = move || {
        let places = 0..count.get();
        places
            .map(|place| view! { <Kept place=place/> })
            .collect::<Vec<_>>()
    };
    view! {
        <Tool
            id="keep-loop" words="Keep this loop" hint="Keep what is repeated with the song" is_disabled=has_none
            on_click=keep
        />
        <Show when=move || { count.get() > 0 }>
            <ul class="loops" id="loops" aria-label="Loops of this song">{loops}</ul>
        </Show>
    }
}

/// One kept loop: its name, and buttons to repeat and to delete it.
#[component]
fn Kept(place: usize) -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let kept = move || practice.loops.with(|loops| loops.get(place).cloned());
    let name = move || kept().map_or_else(String::new, |kept: NamedLoop| kept.name);
    let times = move || -> Option<String> {
        let region = kept()?.region;
        let [from, to] = [region.from_secs, region.to_secs].map(playback::timestamp);
        Some(format!("{from}–{to}"))
    };
    let is_on = move || kept().is_some_and(|kept| player.looped.get() == Some(kept.region));
    let repeat = move |_| {
        if let Some(kept) = untrack(kept) {
            player.set_loop(Some(kept.region));
        }
    };
    let rename = move |event: ev::Event| {
        let name = event_target_value(&event);
        practice.loops.update(|loops| {
            if let Some(kept) = loops.get_mut(place) {
                kept.name = name;
            }
        });
    };
    let delete = move |_| {
        practice.loops.update(|loops| {
            if place < loops.len() {
                loops.remove(place);
            }
        });
    };
    view! {
        <li class="loops__item">
            <input
                class="practise__moment loops__name" type="text" aria-label="Name of this loop" autocomplete="off"
                prop:value=name on:change=rename
            />
            <button
                class="tool" type="button" aria-pressed=move || is_on().to_string() data-act="repeat" on:click=repeat
                aria-label=move || format!("{}: repeat {}", times().unwrap_or_default(), name())
            >
                {times}
            </button>
            <button class="tool" type="button" aria-label=move || format!("Delete {}", name()) on:click=delete>
                "Delete"
            </button>
        </li>
    }
}
