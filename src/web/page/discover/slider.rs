//! A slider for one source, with its name and its value in words.

use leptos::{ev, prelude::*};

use crate::{source::Source, web::page::format};

/// A slider from 0 to `most`.
#[component]
pub fn Slider(
    /// Its source.
    source: Source,
    /// Id of the input.
    id: String,
    /// The largest value.
    most: f32,
    /// From one value to the next.
    step: f32,
    /// Its value.
    value: Signal<f32>,
    /// The value in words.
    words: fn(f32) -> String,
    /// Called with the new value.
    on_input: impl Fn(f32) + 'static,
) -> impl IntoView {
    let on_input = move |event: ev::Event| {
        if let Ok(value) = event_target_value(&event).parse() {
            on_input(value);
        }
    };
    view! {
        <label class=format!("slider text-{source}")>
            <span class="slider__name">{format::title(source)}</span>
            <input
                class="slider__input" id=id type="range" min="0" max=most step=step
                aria-valuetext=move || words(value.get()) prop:value=move || value.get().to_string()
                on:input=on_input
            />
            <output class="slider__value">{move || words(value.get())}</output>
        </label>
    }
}
