//! The player's toolbar: play, time, loop, speed, volume, zoom and download.

use std::sync::Arc;

use leptos::{ev, prelude::*};

use super::{
    export::Download,
    format,
    icons::{LoopSign, PlaySign, VolumeSign},
    job::AnalysedSong,
    player::PlayerState,
    words,
};
use crate::{
    playback::{LoopRegion, SPEEDS_PERCENT},
    source::PerSource,
};

/// How much closer a click on "+" shows the lanes.
const ZOOM_FACTOR: f64 = 2.0;

/// The song's controls, in one row.
#[component]
pub fn Toolbar(
    /// The song and its analysis.
    song: Arc<AnalysedSong>,
) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let duration_secs = f64::from(song.analysis.duration_secs);
    let trouble = move || {
        if player.playback.get().is_broken {
            Some(
                "The browser ran out of memory and dropped the parts: please analyse the song again."
                    .to_owned(),
            )
        } else {
            player.trouble.get()
        }
    };
    view! {
        {move || trouble().map(|words| view! { <p class="notice" id="sound-trouble" role="alert">{words}</p> })}
        <div class="toolbar" role="group" aria-label="Player">
            <PlayButton/>
            <Time duration_secs=duration_secs/>
            <AllParts/>
            <LoopButton song=Arc::clone(&song)/>
            <Speed/>
            <Volume/>
            <Zoom/>
            <Download song=song/>
        </div>
    }
}

/// Plays and pauses.
#[component]
fn PlayButton() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let is_playing = move || player.playback.get().is_playing;
    view! {
        <button
            class="toolbar__play" type="button" id="play" disabled=move || !player.can_play.get()
            aria-label=move || if is_playing() { words::PAUSE } else { words::PLAY } on:click=move |_| player.toggle()
        >
            <PlaySign is_playing=Signal::derive(is_playing)/>
        </button>
    }
}

#[component]
fn Time(duration_secs: f64) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let now = Memo::new(move |_| format::clock(player.playback.get().position_secs));
    view! {
        <p class="toolbar__time">
            <span id="now">{now}</span>
            <span class="toolbar__length">" / " {format::clock(duration_secs)}</span>
        </p>
    }
}

/// Back to the song as it is, while anything is soloed, muted or turned down.
#[component]
fn AllParts() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let is_changed = Memo::new(move |_| player.faders.get() != PerSource::default());
    view! {
        <Show when=move || is_changed.get()>
            <button class="tool" type="button" id="all-parts" on:click=move |_| player.reset_faders()>
                <span>"All" <span class="tool__word">" parts"</span></span>
            </button>
        </Show>
    }
}

/// Repeats a region, or stops repeating.
#[component]
fn LoopButton(song: Arc<AnalysedSong>) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let is_looping = move || player.looped.get().is_some();
    let words = move || match player.looped.get() {
        Some(LoopRegion { from_secs, to_secs }) => {
            let range = [from_secs as f32, to_secs as f32];
            format!("{} {}", words::REPEATING, format::ranges(&[range]))
        }
        None => words::REPEAT.to_owned(),
    };
    view! {
        <button
            class="tool" type="button" id="loop" title="Repeat; drag along a lane to choose what"
            aria-pressed=move || is_looping().to_string()
            on:click=move |_| player.toggle_loop(&song.passages(player.soloed()))
        >
            <LoopSign/> <span class="tool__word">{words}</span>
        </button>
    }
}

/// How fast the song is played.
#[component]
fn Speed() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let options = SPEEDS_PERCENT.map(|percent| {
        let is_now = move || player.speed_percent.get() == percent;
        view! { <option value=percent prop:selected=is_now>{format!("{percent} %")}</option> }
    });
    let on_change = move |event: ev::Event| {
        if let Ok(percent) = event_target_value(&event).parse() {
            player.set_speed(percent);
        }
    };
    view! {
        <label class="toolbar__speed">
            <span class="tool__word">"Speed "</span>
            <select class="choice" id="speed" on:change=on_change>{options}</select>
        </label>
    }
}

/// The volume of everything together.
#[component]
fn Volume() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let percent = move || format::percent(player.volume.get());
    let on_input = move |event: ev::Event| {
        if let Ok(percent) = event_target_value(&event).parse::<f32>() {
            player.set_volume(percent / 100.0);
        }
    };
    view! {
        <label class="toolbar__volume">
            <VolumeSign/>
            <input
                type="range" min="0" max="100" step="1" id="volume" aria-label="Volume"
                aria-valuetext=move || format!("{} percent", percent())
                prop:value=move || percent().to_string() on:input=on_input
            />
        </label>
    }
}

/// Shows the lanes closer, around the playhead, or less close.
#[component]
fn Zoom() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    view! {
        <span class="toolbar__zoom">
            <button
                class="tool tool--square" type="button" id="zoom-out" aria-label="Show more of the song"
                disabled=move || !player.is_zoomed() on:click=move |_| player.zoom(1.0 / ZOOM_FACTOR)
            >
                "−"
            </button>
            <button
                class="tool tool--square" type="button" id="zoom-in" aria-label="Zoom in"
                on:click=move |_| player.zoom(ZOOM_FACTOR)
            >
                "+"
            </button>
        </span>
    }
}
