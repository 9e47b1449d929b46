//! Buttons, boxes and fields of the practice panel's rows.

use leptos::{ev, prelude::*};

/// A row: what it is about, and its controls.
#[component]
pub fn Row(
    /// What it is about.
    title: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <fieldset class="practise__row">
            <legend class="practise__title">{title}</legend>
            <div class="practise__controls">{children()}</div>
        </fieldset>
    }
}

/// A button.
#[component]
pub fn Tool(
    id: &'static str,
    words: &'static str,
    /// What it does, in more words.
    hint: &'static str,
    #[prop(into)] is_disabled: Signal<bool>,
    on_click: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            class="tool" type="button" id=id title=hint disabled=move || is_disabled.get()
            on:click=move |_| on_click()
        >
            {words}
        </button>
    }
}

/// A button that is on or off.
#[component]
pub fn Switch(
    id: &'static str,
    words: &'static str,
    #[prop(into)] is_on: Signal<bool>,
    #[prop(into)] is_disabled: Signal<bool>,
    on_click: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            class="tool" type="button" id=id aria-pressed=move || is_on.get().to_string()
            disabled=move || is_disabled.get() on:click=move |_| on_click()
        >
            {words}
        </button>
    }
}

/// A typed number between two words. What is no number, or out of bounds, is put back.
#[component]
pub fn Number(
    id: &'static str,
    /// Before it.
    before: &'static str,
    /// After it.
    after: &'static str,
    /// Smallest, largest, and the step of the arrows.
    bounds: [f64; 3],
    /// As it is shown.
    #[prop(into)]
    shown: Signal<String>,
    on_change: impl Fn(f64) + 'static,
) -> impl IntoView {
    let [min, max, step] = bounds;
    let input = NodeRef::<leptos::html::Input>::new();
    let on_change = move |event: ev::Event| {
        match event_target_value(&event).parse::<f64>() {
            Ok(number) if (min..=max).contains(&number) => on_change(number),
            _ => {}
        }
        // A value that was not taken, or was rounded, is not left standing.
        if let Some(input) = input.get_untracked() {
            input.set_value(&shown.get_untracked());
        }
    };
    view! {
        <label class="practise__field">
            {before} " "
            <input
                class="practise__number" type="number" id=id min=min max=max step=step node_ref=input
                prop:value=move || shown.get() on:change=on_change
            />
            " " {after}
        </label>
    }
}

/// A box to tick.
#[component]
pub fn Check(
    id: &'static str,
    /// Behind it.
    words: &'static str,
    #[prop(into)] is_on: Signal<bool>,
    on_change: impl Fn(bool) + 'static,
) -> impl IntoView {
    view! {
        <label class="practise__field">
            <input
                type="checkbox" id=id prop:checked=move || is_on.get()
                on:change=move |event| on_change(event_target_checked(&event))
            />
            " " {words}
        </label>
    }
}

/// A choice of few.
#[component]
pub fn Choice<T>(
    id: &'static str,
    /// Before it.
    label: &'static str,
    /// Values and what they are called.
    options: Vec<(T, String)>,
    #[prop(into)] chosen: Signal<T>,
    #[prop(into)] is_disabled: Signal<bool>,
    on_change: impl Fn(T) + 'static,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let values: Vec<T> = options.iter().map(|(value, _)| *value).collect();
    let options = options
        .into_iter()
        .enumerate()
        .map(|(place, (value, words))| {
            let is_chosen = move || chosen.get() == value;
            view! { <option value=place prop:selected=is_chosen>{words}</option> }
        });
    let options = options.collect::<Vec<_>>();
    let on_change = move |event: ev::Event| {
        let place: Option<usize> = event_target_value(&event).parse().ok();
        if let Some(value) = place.and_then(|place| values.get(place)) {
            on_change(*value);
        }
    };
    view! {
        <label class="practise__field">
            {label} " "
            <select class="choice" id=id disabled=move || is_disabled.get() on:change=on_change>{options}</select>
        </label>
    }
}
