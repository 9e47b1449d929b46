//! Filters: which songs of the ranking are shown, how many, and in which order.

use leptos::{ev, prelude::*};

use super::{Discovery, results::Results};
use crate::{
    catalogue::{Limit, Order, Refinement},
    web::page::words,
};

const LIMITS: [Limit; 8] = [
    Limit::Best(10),
    Limit::Best(25),
    Limit::Best(50),
    Limit::Best(100),
    Limit::AtLeast(0.95),
    Limit::AtLeast(0.9),
    Limit::AtLeast(0.8),
    Limit::AtLeast(0.7),
];

const ORDERS: [(Order, &str); 5] = [
    (Order::Likeness, words::BY_LIKENESS),
    (Order::Title, words::BY_TITLE),
    (Order::Artist, "by artist"),
    (Order::Shortest, "shortest first"),
    (Order::Longest, "longest first"),
];

const PER_ARTIST: [(Option<usize>, &str); 4] = [
    (None, words::ANY_NUMBER),
    (Some(1), words::ONE_EACH),
    (Some(2), "two songs"),
    (Some(3), "three songs"),
];

/// Filters and order.
#[component]
pub fn Filters(
    /// What is chosen from.
    results: Results,
) -> impl IntoView {
    view! {
        <LimitAndOrder/>
        <WordsAndLicence results=results/>
        <Lengths/>
        <Hiding/>
    }
}

/// A choice among few, by position.
fn choice<T: Copy + PartialEq + Send + Sync + 'static>(
    id: &'static str,
    label: &'static str,
    options: Vec<(T, Signal<String>)>,
    read: fn(&Refinement) -> T,
    write: fn(&mut Refinement, T),
) -> impl IntoView {
    let refinement = expect_context::<Discovery>().refinement;
    let values: Vec<T> = options.iter().map(|(value, _)| *value).collect();
    let items: Vec<_> = options
        .into_iter()
        .enumerate()
        .map(|(position, (value, text))| {
            let is_chosen = move || refinement.with(read) == value;
            view! { <option value=position.to_string() prop:selected=is_chosen>{move || text.get()}</option> }
        })
        .collect();
    let on_change = move |event: ev::Event| {
        let position: Option<usize> = event_target_value(&event).parse().ok();
        if let Some(&value) = position.and_then(|position| values.get(position)) {
            refinement.update(|refinement| write(refinement, value));
        }
    };
    view! {
        <label class="field">
            <span class="field__name">{label}</span>
            <select class="field__input" id=id on:change=on_change>{items}</select>
        </label>
    }
}

fn fixed<T: Copy>(options: &[(T, &'static str)]) -> Vec<(T, Signal<String>)> {
    let option = |&(value, text): &(T, &'static str)| (value, Signal::stored(text.to_owned()));
    options.iter().map(option).collect()
}

#[component]
fn LimitAndOrder() -> impl IntoView {
    let limits = LIMITS.map(|limit| (limit, Signal::stored(limit_text(limit))));
    view! {
        {choice("limit", "Show", limits.to_vec(), |now| now.limit, |now, limit| now.limit = limit)}
        {choice("order", "Sort", fixed(&ORDERS), |now| now.order, |now, order| now.order = order)}
    }
}

fn limit_text(limit: Limit) -> String {
    match limit {
        Limit::Best(count) => format!("{} {count}", words::BEST),
        Limit::AtLeast(least) => format!("{} {:.0} % alike", words::AT_LEAST, least * 100.0),
    }
}

#[component]
fn WordsAndLicence(results: Results) -> impl IntoView {
    let refinement = expect_context::<Discovery>().refinement;
    let licences = Memo::new(move |_| results.pool.get().licences());
    let option = move |licence: String| {
        let value = licence.clone();
        let is_chosen = move || refinement.with(|now| now.licence.as_ref() == Some(&value));
        view! { <option value=licence.clone() prop:selected=is_chosen>{licence.clone()}</option> }
    };
    let options = move || licences.get().into_iter().map(option).collect::<Vec<_>>();
    let on_licence = move |event: ev::Event| {
        let licence = Some(event_target_value(&event)).filter(|licence| !licence.is_empty());
        refinement.update(|now| now.licence = licence);
    };
    view! {
        <label class="field">
            <span class="field__name">"Search"</span>
            <input
                class="field__input" id="words" type="search" placeholder="title, artist, album"
                prop:value=move || refinement.with(|now| now.text.clone())
                on:input=move |event| refinement.update(|now| now.text = event_target_value(&event))
            />
        </label>
        <label class="field">
            <span class="field__name">"Licence"</span>
            <select class="field__input" id="licence" on:change=on_licence>
                <option value="" prop:selected=move || refinement.with(|now| now.licence.is_none())>{words::ANY_LICENCE}</option>
                {options}
            </select>
        </label>
    }
}

#[component]
fn Lengths() -> impl IntoView {
    let refinement = expect_context::<Discovery>().refinement;
    let field = |id: &'static str,
                 label: &'static str,
                 read: fn(&Refinement) -> Option<f32>,
                 write: fn(&mut Refinement, Option<f32>)| {
        let shown = move || {
            refinement
                .with(read)
                .map(|secs| (secs / 60.0).to_string())
                .unwrap_or_default()
        };
        view! {
            <label class="field field--half">
                <span class="field__name">{label}</span>
                <input
                    class="field__input" id=id type="number" min="0" max="600" step="0.5" inputmode="decimal"
                    prop:value=shown
                    on:change=move |event| {
                        let minutes: Option<f32> = event_target_value(&event).parse().ok();
                        let secs = minutes.filter(|minutes| *minutes > 0.0).map(|minutes| minutes * 60.0);
                        refinement.update(|now| write(now, secs));
                    }
                />
            </label>
        }
    };
    view! {
        <div class="field-pair">
            {field("min-minutes", "Longer than (min)", |now| now.min_duration_secs, |now, secs| now.min_duration_secs = secs)}
            {field("max-minutes", "Shorter than (min)", |now| now.max_duration_secs, |now, secs| now.max_duration_secs = secs)}
        </div>
    }
}

#[component]
fn Hiding() -> impl IntoView {
    let refinement = expect_context::<Discovery>().refinement;
    let check = |id: &'static str,
                 label: &'static str,
                 read: fn(&Refinement) -> bool,
                 toggle: fn(&mut Refinement)| {
        view! {
            <label class="check">
                <input
                    id=id type="checkbox" prop:checked=move || refinement.with(read)
                    on:change=move |_| refinement.update(toggle)
                />
                {label}
            </label>
        }
    };
    view! {
        {choice("per-artist", "Per artist", fixed(&PER_ARTIST), |now| now.max_per_artist, |now, most| now.max_per_artist = most)}
        {check("hide-query", "Leave out the songs being compared", |now| now.hide_query, |now| now.hide_query = !now.hide_query)}
        {check("hide-doubles", "Leave out duplicates", |now| now.hide_doubles, |now| now.hide_doubles = !now.hide_doubles)}
    }
}
