//! Keyboard shortcuts of the player, and the list of them.

use std::sync::Arc;

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::{job::AnalysedSong, player::PlayerState, practise::Practice};
use crate::source::Source;

/// Seconds that an arrow key moves.
const STEP_SECS: f64 = 5.0;

/// The keys and what they do.
const KEYS: [(&str, &str); 12] = [
    ("Space", "Play or pause"),
    ("← →", "Five seconds back or forward"),
    ("1 to 5", "Solo guitar, piano, bass, drums, other"),
    ("Shift + 1 to 5", "Mute them"),
    (
        "G P B D O",
        "Jump to where guitar, piano, bass, drums, other next start playing",
    ),
    ("Shift + letter", "Jump back to where they started playing"),
    ("[ and ]", "Repeat from here, repeat to here"),
    ("{ and }", "Repeat one bar less, one bar more"),
    ("L", "Repeat this passage, or stop repeating"),
    ("− and +", "Slower, faster, at the same pitch"),
    (", and .", "A semitone lower, a semitone higher"),
    ("C and T", "Click along with the beat, tap the beat"),
];

/// The list, and a switch: single keys get in the way of speech input (WCAG 2.1.4).
#[component]
pub fn Keys() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let rows = KEYS.map(|(key, what)| view! { <div><dt>{key}</dt><dd>{what}</dd></div> });
    view! {
        <details class="fold" id="keys">
            <summary>"Keyboard shortcuts"</summary>
            <dl class="keys">{rows}</dl>
            <label class="keys__switch">
                <input
                    type="checkbox" id="has-keys" prop:checked=move || player.has_keys.get()
                    on:change=move |event| player.has_keys.set(event_target_checked(&event))
                />
                "Use these shortcuts"
            </label>
        </details>
    }
}

/// Listens to the keyboard while the calling component is shown.
pub fn listen(song: Arc<AnalysedSong>) {
    let player = expect_context::<PlayerState>();
    let practice = expect_context::<Practice>();
    let is_clicked = StoredValue::new(false);
    let clicks = window_event_listener(ev::pointerdown, move |_| is_clicked.set_value(true));
    let keys = window_event_listener(ev::keydown, move |event| {
        if event.key() == "Tab" {
            is_clicked.set_value(false);
        }
        let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key();
        if has_modifier || !player.has_keys.get_untracked() {
            return;
        }
        let is_done = || perform(player, &song, &event) || practice.perform(&event.key());
        if !is_taken(&event, is_clicked.get_value()) && is_done() {
            event.prevent_default();
        }
    });
    on_cleanup(move || {
        clicks.remove();
        keys.remove();
    });
}

/// Whether the focused element has its own use for the key. What was clicked keeps the focus, but leaves the space bar to
/// the player; what was reached by keys is pressed by it.
fn is_taken(event: &ev::KeyboardEvent, is_clicked: bool) -> bool {
    let Some(target) = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
    else {
        return false;
    };
    let is = |selector: &str| matches!(target.matches(selector), Ok(true));
    let is_slider = is("input[type=range], [role=slider]");
    let is_pressed = is("button, summary, a, input[type=checkbox], input[type=file]");
    let takes_text = is("input, select, textarea, canvas, [contenteditable]") && !is_slider;
    match event.key().as_str() {
        " " if is_pressed => !is_clicked,
        " " => takes_text,
        "ArrowLeft" | "ArrowRight" => is_slider || takes_text,
        _ => takes_text && !is_pressed,
    }
}

/// Performs the key's command; false if it has none.
fn perform(player: PlayerState, song: &AnalysedSong, event: &ev::KeyboardEvent) -> bool {
    if let Some(source) = digit(&event.code()) {
        match event.shift_key() {
            true => player.toggle_mute(source),
            false => player.toggle_solo(source),
        }
        return true;
    }
    let key = event.key().to_lowercase();
    if let Some(source) = letter(&key) {
        let ranges_secs = &song.analysis.parts[source].ranges_secs;
        match event.shift_key() {
            true => player.seek_previous(ranges_secs),
            false => player.seek_next(ranges_secs),
        }
        return true;
    }
    match key.as_str() {
        " " => player.toggle(),
        "arrowleft" => player.seek_by(-STEP_SECS),
        "arrowright" => player.seek_by(STEP_SECS),
        "[" => player.loop_from_here(),
        "]" => player.loop_to_here(),
        "-" => player.slower(),
        // The key of the plus sign, with and without Shift.
        "+" | "=" => player.faster(),
        "l" => player.toggle_loop(&song.passages(player.soloed())),
        _ => return false,
    }
    true
}

/// By the key's place, since Shift turns digits into other characters.
fn digit(code: &str) -> Option<Source> {
    let digit: usize = code.strip_prefix("Digit")?.parse().ok()?;
    Source::ALL.get(digit.checked_sub(1)?).copied()
}

fn letter(key: &str) -> Option<Source> {
    let first = |source: &Source| source.name().starts_with(key);
    let is_letter = key.chars().count() == 1 && key.starts_with(char::is_alphabetic);
    Source::ALL.into_iter().find(first).filter(|_| is_letter)
}
