//! Lanes of chords and sections, over the same stretch of the song as the lanes of the instruments. A click on a chord
//! moves the playhead there, a drag sets the loop; a click on a section goes to its beginning. Names that do not fit are
//! shown by the pointer.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{names::ChordNames, state::Practice};
use crate::{
    music::{Section, Span},
    web::page::{
        format,
        lane::{LaneGesture, Marks},
        player::PlayerState,
    },
};

/// Both lanes, once the engine has found something for them.
#[component]
pub fn Lanes() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let has_chords = Memo::new(move |_| practice.chords.with(|chords| !chords.is_empty()));
    let has_sections = Memo::new(move |_| practice.sections().len() > 1);
    view! {
        <div class="under-lanes practise__lanes">
            <Show when=move || has_chords.get()><ChordLane/></Show>
            <Show when=move || has_sections.get()><SectionLane/></Show>
        </div>
    }
}

#[component]
fn ChordLane() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let gesture = LaneGesture::new(expect_context(), None);
    let names = ChordNames::of_page();
    let blocks = move || {
        let names = names.get();
        let chords = practice.chords.get();
        let block = |span: &Span| {
            let (left, width) = placed(practice, span.start_secs, span.end_secs);
            let name = names.of(span.chord);
            let tip =
                (!name.is_empty()).then(|| format!("{name}, {}", format::clock(span.start_secs)));
            view! {
                <span class="block" style:left=left style:width=width title=tip>
                    <span class="block__name">{name}</span>
                </span>
            }
        };
        chords.iter().map(block).collect::<Vec<_>>()
    };
    view! {
        <div
            class="lane blocks" id="chord-lane" role="img" aria-label="Chords along the song"
            on:pointerdown=move |event| gesture.press(&event) on:pointermove=move |event| gesture.move_to(&event)
            on:pointerup=move |event| gesture.release(&event) on:pointercancel=move |_| gesture.cancel()
            on:pointerleave=move |_| gesture.leave()
        >
            <Song>{blocks}</Song>
            <Marks/>
        </div>
    }
}

#[component]
fn SectionLane() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let blocks = move || {
        let sections = practice.sections();
        let block = |section: Section| {
            let (left, width) = placed(practice, section.start_secs, section.end_secs);
            let class = format!("block block--{}", section.label.to_lowercase());
            let tip = format!("{}, {}", section.label, format::clock(section.start_secs));
            view! {
                <span class=class style:left=left style:width=width title=tip>
                    <span class="block__name">{section.label}</span>
                </span>
            }
        };
        sections.into_iter().map(block).collect::<Vec<_>>()
    };
    let on_click = move |event: ev::MouseEvent| {
        let Some(secs) = clicked_secs(player, &event) else {
            return;
        };
        if let Some(section) = practice.section_at(secs) {
            player.seek(section.start_secs);
        }
    };
    // The buttons of the row below do the same for the keyboard.
    view! {
        <div class="lane blocks blocks--sections" id="section-lane" aria-hidden="true" on:click=on_click>
            <Song>{blocks}</Song>
            <Marks/>
        </div>
    }
}

/// A strip as long as the song, behind the window that the lanes show.
#[component]
fn Song(children: Children) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let share = move |secs: f64| {
        let length_secs = player.window.get().length_secs();
        format!("{:.3}%", secs / length_secs * 100.0)
    };
    view! {
        <div
            class="blocks__song" style:left=move || share(-player.window.get().from_secs)
            style:width=move || share(player.duration_secs())
        >
            {children()}
        </div>
    }
}

/// Left edge and width of a stretch of the song in a strip as long as the song.
fn placed(practice: Practice, from_secs: f64, to_secs: f64) -> (String, String) {
    let share = |secs: f64| format!("{:.3}%", secs / practice.duration_secs().max(1e-3) * 100.0);
    (share(from_secs), share(to_secs - from_secs))
}

fn clicked_secs(player: PlayerState, event: &ev::MouseEvent) -> Option<f64> {
    let lane: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    let bounds = lane.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
    Some(player.window.get_untracked().secs_at(share))
}
