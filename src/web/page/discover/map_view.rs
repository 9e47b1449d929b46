//! The map's viewport, how pointer, wheel and keys change it, and drawing it once a frame.

use std::{cell::Cell, rc::Rc, sync::Arc};

use leptos::{ev, html, prelude::*};
use web_sys::{Element, KeyboardEvent, PointerEvent, WheelEvent};

use super::{Discovery, results::Results};
use crate::{
    catalogue::{Colour, Gesture, Palette, Picture, SongMap, Viewport, parse_colour},
    source::PerSource,
    web::platform::canvas::{self, Canvas},
};

/// How near to a point the pointer must be, in CSS pixels.
const REACH_PIXELS: f32 = 10.0;
/// A pointer that moves no further than this between down and up clicks.
const CLICK_PIXELS: f32 = 4.0;
/// What an arrow key moves by, as a share of the map.
const STEP: f32 = 0.1;
/// What a key zooms by.
const KEY_ZOOM: f32 = 1.25;
/// What a wheel's pixel zooms by.
const WHEEL_ZOOM: f32 = 1.0015;

/// The map's state and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct MapView {
    /// The part that is visible; `None` until the canvas is there.
    pub viewport: RwSignal<Option<Viewport>>,
    /// The song under the pointer.
    pub hovered: RwSignal<Option<usize>>,
    /// The song that was chosen.
    pub selected: RwSignal<Option<usize>>,
    canvas: NodeRef<html::Canvas>,
    map: Memo<Arc<SongMap>>,
    discovery: Discovery,
    gesture: StoredValue<Gesture>,
}

impl MapView {
    /// A view of all songs, drawn whenever anything that it shows changes.
    pub fn new(
        canvas: NodeRef<html::Canvas>,
        map: Memo<Arc<SongMap>>,
        results: Results,
        discovery: Discovery,
    ) -> Self {
        let view = Self {
            viewport: RwSignal::new(None),
            hovered: RwSignal::new(None),
            selected: RwSignal::new(None),
            canvas,
            map,
            discovery,
            gesture: StoredValue::new(Gesture::default()),
        };
        Effect::new(move |_| {
            map.track();
            view.hovered.set(None);
            view.selected.set(None);
            view.show_all();
        });
        let resized = window_event_listener(ev::resize, move |_| view.fit_size());
        on_cleanup(move || resized.remove());
        view.draw_on_change(results);
        view
    }

    fn draw_on_change(self, results: Results) {
        let picture = StoredValue::new_local(Picture::default());
        let is_due = Rc::new(Cell::new(false));
        Effect::new(move |_| {
            self.viewport.track();
            self.hovered.track();
            self.selected.track();
            self.discovery.examples.track();
            results.shown.track();
            if is_due.replace(true) {
                return;
            }
            let is_due = Rc::clone(&is_due);
            request_animation_frame(move || {
                is_due.set(false);
                // Gone, if the map was closed meanwhile.
                picture.try_update_value(|picture| self.draw(picture, results));
            });
        });
    }

    fn draw(self, picture: &mut Picture, results: Results) -> Option<()> {
        let viewport = self.viewport.try_get_untracked()??;
        let canvas = Canvas::new(self.canvas.get_untracked()?).ok()?;
        let palette = palette();
        let unit = Canvas::pixel_ratio();
        let map = self.map.get_untracked();
        let radius = unit * radius(map.points.len()) * viewport.zoom().max(1.0).powf(0.35);
        picture.paint(&map.points, &viewport, radius, &palette);
        canvas.put(picture.bytes(), picture.width()).ok()?;
        let ink = colour("--ink");
        let mark = |place, radius: f32| {
            let pixel = viewport.to_pixel(place);
            canvas.ring(pixel, radius * unit, 4.0 * unit, palette.ground);
            canvas.ring(pixel, radius * unit, 2.0 * unit, ink);
        };
        let place = |index: usize| map.points.get(index).map(|point| point.at);
        results.shown.with_untracked(|shown| {
            let places = shown.iter().take(MARKED).filter_map(|one| place(one.index));
            places.for_each(|at| mark(at, 5.0));
        });
        if let Some(query) = untrack(|| self.discovery.query()) {
            mark(map.projection.place(&query.prominence), 12.0);
        }
        for index in [self.hovered.get_untracked(), self.selected.get_untracked()] {
            if let Some(at) = index.and_then(place) {
                mark(at, 8.0);
            }
        }
        Some(())
    }

    /// Shows every song.
    pub fn show_all(self) {
        if let Some(size) = self.size() {
            let bounds = self.map.with_untracked(|map| map.bounds());
            self.viewport.set(Some(Viewport::fitting(size, bounds)));
        }
    }

    /// Centres the query.
    pub fn show_query(self) {
        if let Some(query) = untrack(|| self.discovery.query()) {
            let place = self
                .map
                .with_untracked(|map| map.projection.place(&query.prominence));
            self.change(|view| view.centred_on(place));
        }
    }

    /// Zooms around the middle.
    pub fn zoom(self, factor: f32) {
        self.change(|view| view.zoomed(factor, view.size().map(|length| length / 2.0)));
    }

    /// Chooses a song.
    pub fn select(self, index: usize) {
        self.selected.set(Some(index));
    }

    /// Where a song lies in the frame, in CSS pixels.
    pub fn on_page(self, index: usize) -> Option<[f32; 2]> {
        let place = self
            .map
            .with(|map| map.points.get(index).map(|point| point.at))?;
        let pixel = self.viewport.get()?.to_pixel(place);
        Some(pixel.map(|length| length / Canvas::pixel_ratio()))
    }

    /// A pointer goes down.
    pub fn on_down(self, event: &PointerEvent) {
        if let Some(element) = self.canvas.get_untracked() {
            canvas::capture(&element, event);
            let at = pointed_at(&element, event);
            self.gesture
                .update_value(|gesture| gesture.down(event.pointer_id(), at));
        }
    }

    /// A pointer moves: it drags the map, or hovers over it.
    pub fn on_move(self, event: &PointerEvent) {
        let (Some(element), Some(view)) =
            (self.canvas.get_untracked(), self.viewport.get_untracked())
        else {
            return;
        };
        let at = pointed_at(&element, event);
        let moved = self
            .gesture
            .try_update_value(|gesture| gesture.moved(event.pointer_id(), at, &view));
        match moved.flatten() {
            Some(view) => self.viewport.set(Some(view)),
            None => {
                let hit = self.hit(at);
                if self.hovered.get_untracked() != hit {
                    self.hovered.set(hit);
                }
            }
        }
    }

    /// A pointer goes up: a click, if it has hardly moved.
    pub fn on_up(self, event: &PointerEvent) {
        let Some(element) = self.canvas.get_untracked() else {
            return;
        };
        let at = pointed_at(&element, event);
        let reach = CLICK_PIXELS * Canvas::pixel_ratio();
        let is_click = self
            .gesture
            .try_update_value(|gesture| gesture.up(event.pointer_id(), at, reach));
        if is_click == Some(true) {
            self.selected.set(self.hit(at));
        }
    }

    /// A pointer is cancelled, or leaves.
    pub fn on_leave(self, event: &PointerEvent) {
        self.gesture
            .update_value(|gesture| gesture.cancel(event.pointer_id()));
        self.hovered.set(None);
    }

    /// The wheel zooms where the map was clicked before; elsewhere it scrolls the page, as everywhere.
    pub fn on_wheel(self, event: &WheelEvent) {
        let Some(element) = self.canvas.get_untracked() else {
            return;
        };
        if canvas::has_focus(&element) {
            event.prevent_default();
            let at = canvas::pointed_at(&element, event.client_x(), event.client_y());
            let factor = WHEEL_ZOOM.powf(-event.delta_y() as f32);
            self.change(|view| view.zoomed(factor, at));
        }
    }

    /// Arrow keys, plus, minus and zero.
    pub fn on_key(self, event: &KeyboardEvent) {
        let by = |x: f32, y: f32| {
            self.change(|view| {
                let [width, height] = view.size();
                view.dragged([x * width * STEP, y * height * STEP])
            });
        };
        match event.key().as_str() {
            "ArrowLeft" => by(1.0, 0.0),
            "ArrowRight" => by(-1.0, 0.0),
            "ArrowUp" => by(0.0, 1.0),
            "ArrowDown" => by(0.0, -1.0),
            "+" | "=" => self.zoom(KEY_ZOOM),
            "-" => self.zoom(1.0 / KEY_ZOOM),
            "0" => self.show_all(),
            _ => return,
        }
        event.prevent_default();
    }

    fn hit(self, pixel: [f32; 2]) -> Option<usize> {
        let view = self.viewport.get_untracked()?;
        let radius = view.length(REACH_PIXELS * Canvas::pixel_ratio());
        self.map
            .with_untracked(|map| map.hit(view.to_place(pixel), radius))
    }

    fn size(self) -> Option<[f32; 2]> {
        let canvas = Canvas::new(self.canvas.get()?).ok()?;
        Some(canvas.size_on_screen())
    }

    fn fit_size(self) {
        if let Some(size) = untrack(|| self.size()) {
            let bounds = self.map.with_untracked(|map| map.bounds());
            self.change(|view| view.resized(size, bounds));
        }
    }

    fn change(self, change: impl FnOnce(&Viewport) -> Viewport) {
        self.viewport
            .update(|viewport| *viewport = viewport.as_ref().map(change));
    }
}

fn pointed_at(element: &Element, event: &PointerEvent) -> [f32; 2] {
    canvas::pointed_at(element, event.client_x(), event.client_y())
}

/// How many of the list's songs are marked: more would hide the map.
const MARKED: usize = 50;

/// A point's radius in CSS pixels: the more there are, the smaller.
fn radius(count: usize) -> f32 {
    match count {
        0..=1_000 => 4.0,
        1_001..=10_000 => 2.5,
        _ => 1.5,
    }
}

fn palette() -> Palette {
    Palette {
        ground: colour("--sheet"),
        sources: PerSource::from_fn(|source| colour(&format!("--{source}"))),
    }
}

/// A colour of the page's style, as it is now: it follows dark and light.
fn colour(name: &str) -> Colour {
    parse_colour(&canvas::style_value(name)).unwrap_or([128; 3])
}
