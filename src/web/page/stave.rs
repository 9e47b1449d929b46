//! L7: five lanes of a song that is not known yet; while one is analysed, ink fills them from the left.

use leptos::prelude::*;

use super::drawing::{self, HEIGHT, WIDTH};
use crate::source::Source;

/// The example lanes, inked up to a share of their length.
#[component]
pub fn Stave(
    /// 0 to 1.
    #[prop(into)]
    inked: Signal<f32>,
) -> impl IntoView {
    let height = HEIGHT * Source::COUNT as f32;
    let strokes = || {
        Source::ALL.map(|source| {
            let offset = format!("translate(0 {})", source.index() as f32 * HEIGHT);
            let path = drawing::stroke_path(&drawing::example_levels(source));
            view! {
                <g transform=offset>
                    <path class=format!("fill-{source}") d=path/>
                </g>
            }
        })
    };
    let lines = Source::ALL.map(|source| {
        let y = (source.index() as f32 + 0.5) * HEIGHT;
        view! { <line class="stave__line" x1="0" x2=WIDTH y1=y y2=y/> }
    });
    view! {
        <svg class="stave" viewBox=format!("0 0 {WIDTH} {height}") preserveAspectRatio="none" aria-hidden="true">
            <defs>
                <clipPath id="inked">
                    <rect x="0" y="0" height=height width=move || inked.get() * WIDTH/>
                </clipPath>
            </defs>
            {lines}
            <g class="stave__faint">{strokes()}</g>
            <g clip-path="url(#inked)">{strokes()}</g>
        </svg>
    }
}
