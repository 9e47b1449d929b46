//! L7: the song's time under the lanes: a ruler, and the slider that moves the player.

use leptos::{ev, prelude::*};

use super::{format, studio::Studio};

/// Marks at even times.
#[component]
pub fn Ruler(
    /// Length of the song.
    duration_secs: f64,
) -> impl IntoView {
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
    view! { <div class="ruler" aria-hidden="true">{marks}</div> }
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

/// Where the player is, and the way to move it.
#[component]
pub fn SeekBar(
    /// Length of the song.
    duration_secs: f64,
) -> impl IntoView {
    let studio = expect_context::<Studio>();
    let position_secs = move || studio.playback.get().position_secs;
    let on_input = move |event: ev::Event| {
        if let Ok(position_secs) = event_target_value(&event).parse() {
            studio.seek(position_secs);
        }
    };
    view! {
        <input
            class="seek" type="range" min="0" step="0.1" max=duration_secs aria-label="Position in the song"
            aria-valuetext=move || format!("{} of {}", format::clock(position_secs()), format::clock(duration_secs))
            prop:value=move || position_secs().to_string() on:input=on_input
        />
    }
}
