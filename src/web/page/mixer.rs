//! The mixer: solo, mute and volume of each source.

use leptos::{ev, prelude::*};

use super::{format, player::PlayerState};
use crate::source::{PerSource, Source};

/// A volume slider for each source.
#[component]
pub fn Mixer() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let is_as_in_song = move || player.faders.get() == PerSource::default();
    let strips = Source::ALL.map(|source| view! { <Strip source=source/> });
    view! {
        <details class="fold" id="mixer">
            <summary>"Mixer"</summary>
            <ul class="strips">{strips}</ul>
            <button
                class="button button--small" type="button" id="reset-mixer" disabled=is_as_in_song
                on:click=move |_| player.reset_faders()
            >
                "Reset"
            </button>
        </details>
    }
}

#[component]
fn Strip(source: Source) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let fader = move || player.faders.get()[source];
    let on_input = move |event: ev::Event| {
        if let Ok(percent) = event_target_value(&event).parse::<f32>() {
            player.change_fader(source, |fader| fader.volume = percent / 100.0);
        }
    };
    let spoken = format::spoken(source);
    view! {
        <li class=format!("strip part--{source}")>
            <span class="strip__name">{format::title(source)}</span>
            <input
                class="strip__volume" type="range" min="0" max="100" step="1" id=format!("volume-{source}")
                aria-label=format!("Volume of the {spoken}")
                aria-valuetext=move || format!("{} percent", format::percent(fader().volume))
                prop:value=move || format::percent(fader().volume).to_string() on:input=on_input
            />
        </li>
    }
}

/// Solo on or off; several sources can be soloed at the same time.
#[component]
pub fn SoloButton(source: Source, ranges_secs: Vec<[f32; 2]>) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let is_on = move || player.faders.get()[source].is_soloed;
    let label = format!("Solo the {}", format::spoken(source));
    view! {
        <Toggle id=format!("solo-{source}") label=label word="Solo" is_on=Signal::derive(is_on)
            on_click=move || player.play_solo(source, &ranges_secs)/>
    }
}

/// Mute on or off.
#[component]
pub fn MuteButton(source: Source) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let is_on = move || player.faders.get()[source].is_muted;
    let label = format!("Mute the {}", format::spoken(source));
    view! {
        <Toggle id=format!("mute-{source}") label=label word="Mute" is_on=Signal::derive(is_on)
            on_click=move || player.toggle_mute(source)/>
    }
}

#[component]
fn Toggle(
    id: String,
    label: String,
    word: &'static str,
    is_on: Signal<bool>,
    on_click: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            class="toggle" type="button" id=id aria-label=label aria-pressed=move || is_on.get().to_string()
            on:click=move |_| on_click()
        >
            {word}
        </button>
    }
}
