//! The waveform of the song that is being analysed, filled from the left as the analysis goes on.

use std::sync::Arc;

use leptos::prelude::*;

use super::drawing::{self, HEIGHT, WIDTH};

/// Levels that a waveform is drawn from.
pub const LEVELS: usize = 400;

/// The waveform, filled up to a share of its length; a plain line until there is one.
#[component]
pub fn Waveform(
    /// Levels from 0 to 1, [`LEVELS`] of them or none.
    levels: ReadSignal<Arc<Vec<f32>>>,
    /// From 0 to 1.
    #[prop(into)]
    filled: Signal<f32>,
) -> impl IntoView {
    let path = Memo::new(move |_| {
        levels.with(|levels| {
            // By its root, so that quiet parts are visible beside loud ones.
            let heights: Vec<_> = levels.iter().map(|level| level.sqrt()).collect();
            drawing::stroke_path(if heights.is_empty() {
                &[0.0, 0.0]
            } else {
                &heights
            })
        })
    });
    view! {
        <svg class="stave" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none" aria-hidden="true">
            <defs>
                <clipPath id="filled">
                    <rect x="0" y="0" height=HEIGHT width=move || filled.get() * WIDTH/>
                </clipPath>
            </defs>
            <path class="waveform__rest" d=path/>
            <path class="waveform__done" clip-path="url(#filled)" d=path/>
        </svg>
    }
}
