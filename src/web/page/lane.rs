//! L7: one lane of the timeline: when and how much something plays; a click moves the player, a drag sets the range
//! that is repeated, and pointing tells the time.

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    desk::{Desk, Pointed},
    drawing::{self, HEIGHT, WIDTH},
};
use crate::source::Source;

/// A drag shorter than this is a click.
const DRAG_PIXELS: f64 = 8.0;

/// Tinted ranges and the stroke of the level.
#[component]
pub fn Lane(
    /// Whose lane; the whole song's, if nobody's.
    source: Option<Source>,
    /// Start and end of what is tinted.
    ranges_secs: Vec<[f32; 2]>,
    /// Levels at even steps, 0 to 1.
    levels: Vec<f32>,
    /// For those who cannot see it.
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
    let hand = Hand::new(source, duration_secs);
    view! {
        <div
            class="lane" on:pointerdown=move |event| hand.press(&event) on:pointermove=move |event| hand.move_to(&event)
            on:pointerup=move |event| hand.release(&event) on:pointercancel=move |_| hand.cancel()
            on:pointerleave=move |_| hand.leave()
        >
            <svg
                class="lane__drawing" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none"
                role="img" aria-label=label
            >
                {ranges}
                <path class="lane__stroke" d=drawing::stroke_path(&levels)/>
            </svg>
            <Marks duration_secs=duration_secs/>
        </div>
    }
}

/// Over every lane: the repeated range, where the visitor points, where the player is.
#[component]
fn Marks(duration_secs: f64) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let percent = move |secs: f64| format!("{:.3}%", secs / duration_secs.max(1e-3) * 100.0);
    let loop_left = move || percent(desk.looped_secs.get().map_or(0.0, |[from, _]| from));
    let loop_width = move || percent(desk.looped_secs.get().map_or(0.0, |[from, to]| to - from));
    let pointed = move || percent(desk.pointed.get().map_or(0.0, |pointed| pointed.at_secs));
    let has_begun = move || {
        let playback = desk.playback.get();
        playback.is_playing || playback.position_secs > 0.0
    };
    view! {
        <div
            class="lane__loop" class:lane__loop--shown=move || desk.looped_secs.get().is_some()
            style:left=loop_left style:width=loop_width
        ></div>
        <div
            class="lane__pointed" class:lane__pointed--shown=move || desk.pointed.get().is_some()
            style:left=pointed
        ></div>
        <div
            class="lane__head" class:lane__head--shown=has_begun
            style:left=move || percent(desk.playback.get().position_secs)
        ></div>
    }
}

/// What the pointer is doing on one lane.
#[derive(Clone, Copy)]
struct Hand {
    desk: Desk,
    source: Option<Source>,
    duration_secs: f64,
    /// Where it was pressed, in pixels and seconds.
    pressed: StoredValue<Option<(f64, f64)>>,
}

impl Hand {
    fn new(source: Option<Source>, duration_secs: f64) -> Self {
        Self {
            desk: expect_context(),
            source,
            duration_secs,
            pressed: StoredValue::new(None),
        }
    }

    fn press(self, event: &ev::PointerEvent) {
        if event.button() != 0 {
            return;
        }
        if let Some(lane) = lane(event) {
            // Without the capture a drag merely ends at the lane's edge.
            let _ = lane.set_pointer_capture(event.pointer_id());
        }
        let pressed = (f64::from(event.client_x()), self.secs(event));
        self.pressed.set_value(Some(pressed));
    }

    fn move_to(self, event: &ev::PointerEvent) {
        let at_secs = self.secs(event);
        self.desk.pointed.set(Some(Pointed {
            at_secs,
            source: self.source,
        }));
        if let Some(range_secs) = self.dragged(event) {
            self.desk.looped_secs.set(Some(range_secs));
        }
    }

    fn release(self, event: &ev::PointerEvent) {
        match self.dragged(event) {
            Some(range_secs) => self.desk.set_loop(Some(range_secs)),
            None if self.pressed.get_value().is_some() => self.desk.seek(self.secs(event)),
            None => {}
        }
        self.let_go();
    }

    /// The browser took the gesture for its own, such as scrolling.
    fn cancel(self) {
        if self.pressed.get_value().is_some() {
            self.desk.set_loop(None);
        }
        self.let_go();
    }

    fn let_go(self) {
        self.pressed.set_value(None);
    }

    fn leave(self) {
        self.desk.pointed.set(None);
    }

    /// The range between where the pointer was pressed and where it is, if that is a drag.
    fn dragged(self, event: &ev::PointerEvent) -> Option<[f64; 2]> {
        let (pixels, secs) = self.pressed.get_value()?;
        let here = self.secs(event);
        let is_drag = (f64::from(event.client_x()) - pixels).abs() >= DRAG_PIXELS;
        is_drag.then_some([secs.min(here), secs.max(here)])
    }

    fn secs(self, event: &ev::PointerEvent) -> f64 {
        lane(event).map_or(0.0, |lane| {
            let bounds = lane.get_bounding_client_rect();
            let share = (f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0);
            share.clamp(0.0, 1.0) * self.duration_secs
        })
    }
}

fn lane(event: &ev::PointerEvent) -> Option<web_sys::Element> {
    event
        .current_target()
        .and_then(|target| target.dyn_into().ok())
}
