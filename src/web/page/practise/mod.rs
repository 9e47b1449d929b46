//! Practising: chords and sections, loops on bars, speed, pitch, click and beats. One button beside the player opens the
//! panel.

mod beat;
mod controls;
mod harmony;
mod lanes;
mod loops;
mod names;
mod pitch;
mod repeat;
mod sections;
mod state;
mod storage;

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use self::{
    beat::Beat, harmony::Harmony, lanes::Lanes, pitch::PitchRow, repeat::Repeat, sections::Form,
};
pub use self::{
    state::{Finding, Practice},
    storage::PracticeStorage,
};
use super::{format, player::PlayerState, words};

/// The line, and what it opens.
#[component]
pub fn Practise() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let on_toggle = move |event: leptos::ev::Event| {
        let details = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let is_open = details.is_some_and(|details| details.has_attribute("open"));
        practice.is_open.set(is_open);
    };
    let brief = move || match practice.finding.get() {
        Finding::Pending => words::FINDING_BEAT.to_owned(),
        _ => brief(practice, player),
    };
    view! {
        <details class="practise" id="practise" prop:open=practice.is_open.get_untracked() on:toggle=on_toggle>
            <summary class="practise__call">
                <span class="practise__word">"Practise"</span>
                <span class="practise__brief" id="practise-brief">{brief}</span>
            </summary>
            <Show when=move || practice.is_open.get()>
                <Lanes/>
                <Harmony/>
                <Form/>
                <Repeat/>
                <PitchRow/>
                <Beat/>
            </Show>
        </details>
    }
}

/// "120 beats a minute, A minor".
fn brief(practice: Practice, player: PlayerState) -> String {
    let tempo = player
        .grid()
        .map(|grid| format!("{} beats a minute", format::bpm(grid.bpm)));
    let key = practice.music().and_then(|music| music.key);
    let semitones = player
        .practising
        .with(|practising| practising.pitch.semitones);
    let key = key.map(|key| key.key.transposed(semitones).to_string());
    let known: Vec<_> = tempo.into_iter().chain(key).collect();
    match known.is_empty() {
        true => "loops, speed, pitch, click".to_owned(),
        false => known.join(", "),
    }
}
