//! L7: the song's time under the lanes: a ruler that tells what is pointed at, the slider that moves the player, and the
//! buttons beside it.

use std::sync::Arc;

use leptos::{ev, prelude::*};

use super::{
    desk::{Desk, Pointed, SPEEDS_PERCENT},
    format,
    icons::PlaySign,
    job::Outcome,
    lane::Lane,
};

/// The whole song's lane, its ruler, slider and buttons.
#[component]
pub fn Timeline(
    /// What was found.
    outcome: Arc<Outcome>,
) -> impl IntoView {
    let duration_secs = f64::from(outcome.analysis.duration_secs);
    view! {
        <div class="under-lanes">
            <div class="song-lane">
                <Lane
                    source=None ranges_secs=Vec::new() levels=outcome.analysis.levels.clone()
                    label="How loud the song is".to_owned() duration_secs=duration_secs
                />
            </div>
            <Ruler outcome=Arc::clone(&outcome) duration_secs=duration_secs/>
            <SeekBar duration_secs=duration_secs/>
            <Transport outcome=outcome duration_secs=duration_secs/>
        </div>
    }
}

/// Marks at even times.
#[component]
fn Ruler(outcome: Arc<Outcome>, duration_secs: f64) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let step_secs = step_secs(duration_secs);
    // No mark so near the end that its words would not fit.
    let count = ((duration_secs * 0.94) / step_secs).floor() as usize;
    let marks: Vec<_> = (0..=count).map(|index| {
        let at_secs = index as f64 * step_secs;
        view! {
            <span class="ruler__mark" style:left=format!("{}%", at_secs / duration_secs * 100.0)>
                {format::clock(at_secs)}
            </span>
        }
    }).collect();
    let words = move || {
        desk.pointed
            .get()
            .map(|pointed| pointed_words(&outcome, pointed))
    };
    let at = move || {
        let pointed = desk.pointed.get().map_or(0.0, |pointed| pointed.at_secs);
        format!("{:.2}%", pointed / duration_secs.max(1e-3) * 100.0)
    };
    let is_late = move || {
        desk.pointed
            .get()
            .is_some_and(|pointed| pointed.at_secs > duration_secs / 2.0)
    };
    view! {
        <div class="ruler" aria-hidden="true">
            {marks}
            <Show when=move || desk.pointed.get().is_some()>
                <span class="ruler__pointed" class:ruler__pointed--late=is_late style:left=at id="pointed">
                    {words.clone()}
                </span>
            </Show>
        </div>
    }
}

/// "0:12, guitar 0:08–0:31".
fn pointed_words(outcome: &Outcome, pointed: Pointed) -> String {
    let time = format::clock(pointed.at_secs);
    let passage = pointed.source.and_then(|source| {
        let at_secs = pointed.at_secs as f32;
        let mut ranges = outcome.analysis.parts[source].ranges_secs.iter();
        let range = ranges.find(|[from, to]| (*from..=*to).contains(&at_secs))?;
        Some((source, *range))
    });
    match passage {
        Some((source, range)) => format!("{time}, {source} {}", format::ranges(&[range])),
        None => time,
    }
}

/// The least round step that gives at most six marks.
fn step_secs(duration_secs: f64) -> f64 {
    const STEPS_SECS: [f64; 11] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0,
    ];
    STEPS_SECS
        .into_iter()
        .find(|step| duration_secs / step <= 6.0)
        .unwrap_or(1800.0)
}

/// Where the player is, and the way to move it; with the focus on it, the ruler tells its time.
#[component]
fn SeekBar(duration_secs: f64) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let position_secs = move || desk.playback.get().position_secs;
    let point = move |at_secs: f64| {
        desk.pointed.set(Some(Pointed {
            at_secs,
            source: None,
        }));
    };
    let on_input = move |event: ev::Event| {
        if let Ok(position_secs) = event_target_value(&event).parse() {
            desk.seek(position_secs);
            point(position_secs);
        }
    };
    view! {
        <input
            class="seek" id="seek" type="range" min="0" step="0.1" max=duration_secs aria-label="Position in the song"
            aria-valuetext=move || format!("{} of {}", format::clock(position_secs()), format::clock(duration_secs))
            prop:value=move || position_secs().to_string() on:input=on_input
            on:focus=move |_| point(desk.playback.get_untracked().position_secs)
            on:blur=move |_| desk.pointed.set(None)
        />
    }
}

/// Play and pause whatever the faders let through, the time, and what is repeated.
#[component]
fn Transport(outcome: Arc<Outcome>, duration_secs: f64) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let is_playing = move || desk.playback.get().is_playing;
    let now = Memo::new(move |_| format::clock(desk.playback.get().position_secs));
    let is_looping = move || desk.looped_secs.get().is_some();
    let looped = move || match desk.looped_secs.get() {
        Some([from, to]) => format!("Repeating {}", format::ranges(&[[from as f32, to as f32]])),
        None => "Repeat".to_owned(),
    };
    let toggle_loop = move |_| desk.toggle_loop(&outcome.passages(desk.soloed()));
    let trouble = move || match desk.playback.get().is_broken {
        true => Some(
            "The browser has dropped the stems, for want of room: analyse the song again."
                .to_owned(),
        ),
        false => desk.trouble.get(),
    };
    view! {
        <div class="transport">
            <button
                class="button button--small" type="button" id="play"
                aria-label=move || if is_playing() { "Pause" } else { "Play" } on:click=move |_| desk.toggle()
            >
                <PlaySign is_playing=Signal::derive(is_playing)/>
            </button>
            <p class="transport__time"><span id="now">{now}</span> " / " {format::clock(duration_secs)}</p>
            <button
                class="button button--quiet button--small" type="button" id="loop"
                aria-pressed=move || is_looping().to_string() on:click=toggle_loop
            >
                {looped}
            </button>
            <Speed/>
            <p class="transport__hint">"Drag along a lane to repeat a range"</p>
        </div>
        {move || trouble().map(|words| view! { <p class="notice" id="sound-trouble" role="alert">{words}</p> })}
    }
}

/// How fast the song goes.
#[component]
fn Speed() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let options = SPEEDS_PERCENT.map(|percent| {
        let is_now = move || desk.speed_percent.get() == percent;
        view! { <option value=percent prop:selected=is_now>{format!("{percent} %")}</option> }
    });
    let on_change = move |event: ev::Event| {
        if let Ok(percent) = event_target_value(&event).parse() {
            desk.set_speed(percent);
        }
    };
    view! {
        <label class="transport__speed">
            "Speed " <select class="choice" id="speed" on:change=on_change>{options}</select>
        </label>
    }
}
