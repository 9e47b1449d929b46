//! The two handles of the loop region, to be dragged or moved by the arrow keys: from bar to bar where loops snap to
//! bars, and with Alt freely.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{format, player::PlayerState};
use crate::playback::LoopRegion;

/// What an arrow key moves a handle by; with Shift, ten times as much.
const KEY_STEP_SECS: f64 = 0.1;

/// An end of the region.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Start,
    End,
}

impl End {
    const fn id(self) -> &'static str {
        match self {
            Self::Start => "loop-start",
            Self::End => "loop-end",
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Start => "Beginning of what is repeated",
            Self::End => "End of what is repeated",
        }
    }

    fn of(self, region: LoopRegion) -> f64 {
        match self {
            Self::Start => region.from_secs,
            Self::End => region.to_secs,
        }
    }

    /// The region with this end at another moment; `None` if the other end is in the way.
    fn moved(self, region: LoopRegion, at_secs: f64) -> Option<LoopRegion> {
        match self {
            Self::Start if at_secs < region.to_secs => LoopRegion::between(at_secs, region.to_secs),
            Self::End if at_secs > region.from_secs => {
                LoopRegion::between(region.from_secs, at_secs)
            }
            _ => None,
        }
    }
}

/// Both handles, while something is repeated.
#[component]
pub fn LoopHandles() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let is_shown = Memo::new(move |_| player.looped.get().is_some());
    view! {
        <Show when=move || is_shown.get()>
            <Handle end=End::Start/>
            <Handle end=End::End/>
        </Show>
    }
}

#[component]
fn Handle(end: End) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let is_dragged = StoredValue::new(false);
    let at_secs = move || player.looped.get().map_or(0.0, |region| end.of(region));
    let share = move || player.window.get().share_of(at_secs());
    let dragged = move |event: &ev::PointerEvent| {
        let region = player.looped.get_untracked()?;
        let moved = end.moved(region, pointed_secs(player, event)?)?;
        Some(match event.alt_key() {
            true => moved,
            false => player.snapped(moved),
        })
    };
    let on_move = move |event: ev::PointerEvent| {
        if is_dragged.get_value()
            && let Some(region) = dragged(&event)
        {
            player.preview_loop(Some(region));
        }
    };
    let on_up = move |_: ev::PointerEvent| {
        if is_dragged.try_update_value(std::mem::take) == Some(true) {
            player.set_loop(player.looped.get_untracked());
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let direction = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => -1,
            "ArrowRight" | "ArrowUp" => 1,
            _ => return,
        };
        event.prevent_default();
        let Some(region) = player.looped.get_untracked() else {
            return;
        };
        let at_secs = end.of(region);
        let step_secs = KEY_STEP_SECS * if event.shift_key() { 10.0 } else { 1.0 };
        let on_grid = player.stepped_secs(at_secs, direction);
        let moved_secs = on_grid.filter(|_| !event.alt_key());
        let moved_secs = moved_secs.unwrap_or(at_secs + direction as f64 * step_secs);
        if let Some(region) = end.moved(region, moved_secs) {
            player.set_loop(Some(region));
        }
    };
    view! {
        <div
            class=format!("handle handle--{}", end.id()) id=end.id() role="slider" tabindex="0" aria-label=end.label()
            class:handle--outside=move || !(0.0..=1.0).contains(&share())
            style=("--at", move || format!("{:.3}%", share() * 100.0))
            aria-valuemin="0" aria-valuemax=move || player.duration_secs().to_string()
            aria-valuenow=move || format!("{:.1}", at_secs()) aria-valuetext=move || format::clock(at_secs())
            on:pointerdown=move |event| {
                capture(&event);
                is_dragged.set_value(true);
            }
            on:pointermove=on_move on:pointerup=on_up on:pointercancel=on_up on:keydown=on_key
        ></div>
    }
}

fn capture(event: &ev::PointerEvent) {
    let handle = event
        .current_target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    if let Some(handle) = handle {
        // Without the capture a drag merely ends at the handle's edge.
        handle.set_pointer_capture(event.pointer_id()).ok();
    }
}

/// The moment under the pointer, by the width of the lane that the handle is on.
fn pointed_secs(player: PlayerState, event: &ev::PointerEvent) -> Option<f64> {
    let handle: web_sys::Element = event.current_target()?.dyn_into().ok()?;
    let bounds = handle.parent_element()?.get_bounding_client_rect();
    let share = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
    Some(player.window.get_untracked().secs_at(share))
}
