//! The query: its example songs, and a slider for each source.

use leptos::prelude::*;

use super::{Discovery, results::TITLE_ID, slider::Slider};
use crate::{
    catalogue::{Preference, QueryExample, blend},
    source::Source,
    web::platform::page,
};

/// The songs that the search starts from; hidden if that is just the visitor's own, or none.
#[component]
pub fn QueryExamples() -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let is_shown = Memo::new(move |_| !(discovery.is_own() || discovery.is_only_by_hand()));
    let items = move || {
        let examples = discovery.examples.get();
        examples
            .iter()
            .enumerate()
            .map(|(position, one)| example(discovery, position, one))
            .collect::<Vec<_>>()
    };
    let own_name = move || discovery.own.get().map(|own| own.name);
    view! {
        <Show when=move || is_shown.get()>
            <div class="examples" id="examples">
                <span class="examples__label">"Similar to"</span>
                <ul class="examples__list">{items}</ul>
                {move || own_name().map(|name| view! {
                    <button
                        class="button button--quiet button--small" id="own-again" type="button"
                        on:click=move |_| {
                            discovery.query_own_song();
                            page::focus(TITLE_ID);
                        }
                    >
                        {format!("Back to {name}")}
                    </button>
                })}
            </div>
        </Show>
    }
}

fn example(discovery: Discovery, position: usize, one: &QueryExample) -> impl IntoView + use<> {
    let (sign, label) = match one.preference {
        Preference::Like => ("+", format!("Remove {} from the search", one.name)),
        Preference::Unlike => ("−", format!("Remove {} from what to avoid", one.name)),
    };
    let class = match one.preference {
        Preference::Like => "examples__item",
        Preference::Unlike => "examples__item examples__item--unlike",
    };
    view! {
        <li class=class>
            <span aria-hidden="true">{sign}</span>
            <span class="unseen">{if one.preference == Preference::Unlike { "unlike " } else { "" }}</span>
            <span>{one.name.clone()}</span>
            <button
                class="examples__remove" type="button" aria-label=label
                on:click=move |_| {
                    discovery.remove(position);
                    page::focus(TITLE_ID);
                }
            >
                "×"
            </button>
        </li>
    }
}

/// The shares of the query; moving one sets them by hand.
#[component]
pub fn Shares() -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let blended = Memo::new(move |_| discovery.examples.with(|examples| blend(examples)));
    let sliders = Source::ALL.map(|source| {
        let share = move || blended.get().map_or(0.0, |shares| shares[source] * 100.0);
        view! {
            <Slider
                source=source id=format!("share-{source}") most=100.0 step=1.0
                value=Signal::derive(share) words=spoken
                on_input=move |percent: f32| discovery.set_share(source, percent / 100.0)
            />
        }
    });
    view! { {sliders} }
}

/// How much of the song.
fn spoken(percent: f32) -> String {
    match percent.round() as u32 {
        0 => "never".to_owned(),
        100 => "all the time".to_owned(),
        percent => format!("{percent} % of the time"),
    }
}
