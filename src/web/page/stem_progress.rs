//! The progress of making stems: they follow the result, and can be played as they arrive.

use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{format, player::PlayerState, words};
use crate::web::platform::stems::StemFiles;

/// A line for as long as stems are being made.
#[component]
pub fn StemsMade() -> impl IntoView {
    let share = RwSignal::new(1.0);
    if let Some(stems) = expect_context::<PlayerState>().stems() {
        spawn_local(follow(stems, share));
    }
    let line = move || format!("{} {} %", words::MAKING, format::percent(share.get()));
    view! {
        <Show when=move || share.get() < 1.0>
            <p class="making" id="making">{line}</p>
        </Show>
    }
}

/// Until they are made, no more will come, or the line is gone.
async fn follow(stems: Rc<StemFiles>, share: RwSignal<f32>) {
    while share.try_set(stems.made()).is_none() {
        if !stems.changed().await {
            share.try_set(1.0);
            return;
        }
    }
}
