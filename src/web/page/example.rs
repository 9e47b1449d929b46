//! Example lanes, shown on the first view.

use leptos::prelude::*;

use super::drawing::{self, HEIGHT, WIDTH};
use crate::source::Source;

/// The lanes of a song that does not exist.
#[component]
pub fn ExampleLanes() -> impl IntoView {
    let height = HEIGHT * Source::COUNT as f32;
    let strokes = Source::ALL.map(|source| {
        let offset = format!("translate(0 {})", source.index() as f32 * HEIGHT);
        let path = drawing::stroke_path(&drawing::example_levels(source));
        view! {
            <g transform=offset>
                <path class=format!("fill-{source}") d=path/>
            </g>
        }
    });
    let lines = Source::ALL.map(|source| {
        let y = (source.index() as f32 + 0.5) * HEIGHT;
        view! { <line class="stave__line" x1="0" x2=WIDTH y1=y y2=y/> }
    });
    view! {
        <svg class="stave" viewBox=format!("0 0 {WIDTH} {height}") preserveAspectRatio="none" aria-hidden="true">
            {lines}
            <g class="stave__faint">{strokes}</g>
        </svg>
    }
}
