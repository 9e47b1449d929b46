//! L7: a fader a source: volume, solo, mute.

use leptos::{ev, prelude::*};

use super::{desk::Desk, format};
use crate::source::{PerSource, Source};

/// How one source is heard.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fader {
    /// 0 to 1.
    pub volume: f32,
    /// Silent, whatever its volume.
    pub is_muted: bool,
    /// While any source is, only those are heard that are.
    pub is_soloed: bool,
}

impl Default for Fader {
    /// As in the song.
    fn default() -> Self {
        Self {
            volume: 1.0,
            is_muted: false,
            is_soloed: false,
        }
    }
}

/// What each source is multiplied by.
pub fn gains(faders: &PerSource<Fader>) -> PerSource<f32> {
    let is_any_soloed = faders.0.iter().any(|fader| fader.is_soloed);
    PerSource::from_fn(|source| {
        let fader = faders[source];
        match fader.is_muted || (is_any_soloed && !fader.is_soloed) {
            true => 0.0,
            false => fader.volume,
        }
    })
}

/// The five faders.
#[component]
pub fn Mixer() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let is_as_in_song = move || desk.faders.get() == PerSource::default();
    let strips = Source::ALL.map(|source| view! { <Strip source=source/> });
    view! {
        <details class="fold" id="mixer">
            <summary>"Mixer"</summary>
            <ul class="strips">{strips}</ul>
            <button
                class="button button--small" type="button" id="all-up" disabled=is_as_in_song
                on:click=move |_| desk.reset_faders()
            >
                "All up again"
            </button>
        </details>
    }
}

#[component]
fn Strip(source: Source) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let fader = move || desk.faders.get()[source];
    let on_input = move |event: ev::Event| {
        if let Ok(percent) = event_target_value(&event).parse::<f32>() {
            desk.change_fader(source, |fader| fader.volume = percent / 100.0);
        }
    };
    let spoken = format::spoken(source);
    view! {
        <li class=format!("strip part--{source}")>
            <span class="strip__name">{format::title(source)}</span>
            <button
                class="toggle" type="button" id=format!("solo-{source}") aria-label=format!("Solo the {spoken}")
                aria-pressed=move || fader().is_soloed.to_string()
                on:click=move |_| desk.toggle_solo(source)
            >
                "Solo"
            </button>
            <button
                class="toggle" type="button" id=format!("mute-{source}") aria-label=format!("Mute the {spoken}")
                aria-pressed=move || fader().is_muted.to_string()
                on:click=move |_| desk.toggle_mute(source)
            >
                "Mute"
            </button>
            <input
                class="strip__volume" type="range" min="0" max="100" step="1" id=format!("volume-{source}")
                aria-label=format!("Volume of the {spoken}")
                aria-valuetext=move || format!("{} percent", format::percent(fader().volume))
                prop:value=move || format::percent(fader().volume).to_string() on:input=on_input
            />
        </li>
    }
}
