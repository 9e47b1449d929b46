//! The weight of each source in the comparison.

use leptos::prelude::*;

use super::{Discovery, slider::Slider};
use crate::source::{PerSource, Source};

const EQUAL: PerSource<f32> = PerSource([1.0; Source::COUNT]);

/// A slider for each source, from 0 to 2.
#[component]
pub fn Weights() -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let sliders = Source::ALL.map(|source| {
        let weight = move || discovery.weights.get()[source];
        view! {
            <Slider
                source=source id=format!("weight-{source}") most=2.0 step=0.25
                value=Signal::derive(weight) words=spoken
                on_input=move |weight: f32| discovery.weights.update(|weights| weights[source] = weight)
            />
        }
    });
    view! {
        {sliders}
        <Show when=move || discovery.weights.get() != EQUAL>
            <button
                class="button button--quiet button--small" id="equal-weights" type="button"
                on:click=move |_| discovery.weights.set(EQUAL)
            >
                "Reset"
            </button>
        </Show>
    }
}

fn spoken(weight: f32) -> String {
    match weight {
        0.0 => "not at all".to_owned(),
        1.0 => "normally".to_owned(),
        2.0 => "double".to_owned(),
        weight => format!("× {weight}"),
    }
}
