//! One lane of the timeline: when and how much something plays. A click moves the playhead, a drag sets the loop region
//! (with Alt anywhere, where loops snap to bars), and hovering shows the time.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    drawing::{self, HEIGHT, WIDTH},
    player::{PlayerState, PointedAt},
};
use crate::{
    playback::{LoopRegion, TimeWindow},
    source::Source,
};

/// A drag shorter than this is a click.
const DRAG_PIXELS: f64 = 8.0;

/// Tinted ranges and the stroke of the level.
#[component]
pub fn Lane(
    /// Whose lane; `None` for the whole song's.
    source: Option<Source>,
    /// Start and end of what is tinted.
    ranges_secs: Vec<[f32; 2]>,
    /// Levels at even steps, 0 to 1.
    levels: Vec<f32>,
    /// Read by screen readers.
    label: String,
    /// Length of the song.
    duration_secs: f64,
) -> impl IntoView {
    let scale = WIDTH / (duration_secs as f32).max(f32::EPSILON);
    let ranges: Vec<_> = ranges_secs.iter().map(|&[from, to]| view! {
        <rect class="lane__range" x=from * scale width=(to - from) * scale y="0" height=HEIGHT/>
    }).collect();
    // By its root, so that quiet parts are seen beside loud ones.
    let levels: Vec<_> = levels.iter().map(|level| level.sqrt()).collect();
    let player = expect_context::<PlayerState>();
    let gesture = LaneGesture::new(player, source);
    view! {
        <div
            class="lane" on:pointerdown=move |event| gesture.press(&event) on:pointermove=move |event| gesture.move_to(&event)
            on:pointerup=move |event| gesture.release(&event) on:pointercancel=move |_| gesture.cancel()
            on:pointerleave=move |_| gesture.leave()
        >
            <svg
                class="lane__drawing" viewBox=move || visible(player.window.get(), duration_secs)
                preserveAspectRatio="none"
                role="img" aria-label=label
            >
                {ranges}
                <path class="lane__stroke" d=drawing::stroke_path(&levels)/>
            </svg>
            <Marks/>
        </div>
    }
}

/// The part of the drawing that the window shows, as an SVG view box.
fn visible(window: TimeWindow, duration_secs: f64) -> String {
    let scale = f64::from(WIDTH) / duration_secs.max(1e-3);
    let (left, width) = (window.from_secs * scale, window.length_secs() * scale);
    format!("{left:.3} 0 {width:.3} {HEIGHT}")
}

/// Over every lane: the loop region, the moment pointed at, the playhead.
#[component]
pub(super) fn Marks() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let percent = move |secs: f64| format!("{:.3}%", player.window.get().share_of(secs) * 100.0);
    let region = move || {
        let nothing = LoopRegion {
            from_secs: 0.0,
            to_secs: 0.0,
        };
        player.looped.get().unwrap_or(nothing)
    };
    let loop_left = move || percent(region().from_secs);
    let loop_width = move || {
        let LoopRegion { from_secs, to_secs } = region();
        let share = (to_secs - from_secs) / player.window.get().length_secs();
        format!("{:.3}%", share * 100.0)
    };
    let pointed = move || percent(player.pointed.get().map_or(0.0, |pointed| pointed.at_secs));
    let has_begun = move || {
        let playback = player.playback.get();
        playback.is_playing || playback.position_secs > 0.0
    };
    view! {
        <div
            class="lane__loop" class:lane__loop--shown=move || player.looped.get().is_some()
            style:left=loop_left style:width=loop_width
        ></div>
        <div
            class="lane__pointed" class:lane__pointed--shown=move || player.pointed.get().is_some()
            style:left=pointed
        ></div>
        <div
            class="lane__head" class:lane__head--shown=has_begun
            style:left=move || percent(player.playback.get().position_secs)
        ></div>
    }
}

/// A click or a drag on one lane.
#[derive(Clone, Copy)]
pub(super) struct LaneGesture {
    pub(super) player: PlayerState,
    source: Option<Source>,
    /// Where the pointer went down, in pixels and in seconds of the song.
    pressed: StoredValue<Option<(f64, f64)>>,
}

impl LaneGesture {
    pub(super) fn new(player: PlayerState, source: Option<Source>) -> Self {
        Self {
            player,
            source,
            pressed: StoredValue::new(None),
        }
    }

    pub(super) fn press(self, event: &ev::PointerEvent) {
        if event.button() != 0 {
            return;
        }
        if let Some(lane) = lane(event) {
            // Without the capture a drag merely ends at the lane's edge.
            lane.set_pointer_capture(event.pointer_id()).ok();
        }
        let pressed = (f64::from(event.client_x()), self.secs(event));
        self.pressed.set_value(Some(pressed));
    }

    pub(super) fn move_to(self, event: &ev::PointerEvent) {
        let at_secs = self.secs(event);
        self.player.pointed.set(Some(PointedAt {
            at_secs,
            source: self.source,
        }));
        if let Some(region) = self.dragged(event) {
            self.player.preview_loop(Some(region));
        }
    }

    pub(super) fn release(self, event: &ev::PointerEvent) {
        match self.dragged(event) {
            Some(region) => self.player.set_loop(Some(region)),
            None if self.pressed.get_value().is_some() => self.player.seek(self.secs(event)),
            None => {}
        }
        self.end();
    }

    /// The browser took the gesture over, such as for scrolling.
    pub(super) fn cancel(self) {
        if self.pressed.get_value().is_some() {
            self.player.set_loop(None);
        }
        self.end();
    }

    fn end(self) {
        self.pressed.set_value(None);
    }

    pub(super) fn leave(self) {
        self.player.pointed.set(None);
    }

    /// The region between where the pointer went down and where it is, if that is a drag.
    fn dragged(self, event: &ev::PointerEvent) -> Option<LoopRegion> {
        let (pixels, secs) = self.pressed.get_value()?;
        let here = self.secs(event);
        let is_drag = (f64::from(event.client_x()) - pixels).abs() >= DRAG_PIXELS;
        let region = LoopRegion::between(secs, here).filter(|_| is_drag)?;
        Some(match event.alt_key() {
            true => region,
            false => self.player.snapped(region),
        })
    }

    fn secs(self, event: &ev::PointerEvent) -> f64 {
        lane(event).map_or(0.0, |lane| {
            let bounds = lane.get_bounding_client_rect();
            let share = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
            self.player.window.get_untracked().secs_at(share)
        })
    }
}

fn lane(event: &ev::PointerEvent) -> Option<web_sys::Element> {
    event
        .current_target()
        .and_then(|target| target.dyn_into().ok())
}
