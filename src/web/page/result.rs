//! L7: what a song is made of: a row a source with its share, its lane and its sound.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    desk::Desk,
    format,
    icons::{NextSign, PlaySign},
    intake::FilePicker,
    job::Outcome,
    keys::{self, Keys},
    lane::Lane,
    mixer::Mixer,
    save::Save,
    spectrogram::Spectrograms,
    timeline::Timeline,
};
use crate::{
    source::Source,
    web::platform::{clock, page},
};

const TITLE_ID: &str = "result-title";

/// The song's composition.
#[component]
pub fn Composition(
    /// What was found.
    outcome: Arc<Outcome>,
) -> impl IntoView {
    keys::listen(Arc::clone(&outcome));
    let parts =
        Source::ALL.map(|source| view! { <Part outcome=Arc::clone(&outcome) source=source/> });
    // Once it is in the document, the reader's focus goes to the result.
    clock::after_millis(0, || page::focus(TITLE_ID));
    view! {
        <section class="composition" aria-labelledby=TITLE_ID>
            <Head outcome=Arc::clone(&outcome)/>
            <p class="composition__hint">
                "How much of the time each instrument is heard. Its round button plays it alone"
                <span class="composition__keys">"; with Shift, several play together"</span>"."
            </p>
            <ul class="parts">{parts}</ul>
            <Timeline outcome=Arc::clone(&outcome)/>
            <div class="folds">
                <Mixer/>
                <Save outcome=Arc::clone(&outcome)/>
                <Spectrograms/>
                <Keys/>
                <InWords outcome=outcome/>
            </div>
        </section>
    }
}

/// Name, the song itself, the next song, and what there is to say.
#[component]
fn Head(outcome: Arc<Outcome>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let is_heard = move || desk.is_song_heard();
    let duration_secs = f64::from(outcome.analysis.duration_secs);
    view! {
        <div class="composition__head">
            <div>
                <p class="eyebrow">"Made of"</p>
                <h1 id=TITLE_ID tabindex="-1">{outcome.name.clone()}</h1>
            </div>
            <div class="choices">
                <button
                    class="button" type="button" id="play-song"
                    aria-pressed=move || is_heard().to_string()
                    on:click=move |_| desk.toggle_song()
                >
                    <PlaySign is_playing=Signal::derive(is_heard)/>
                    "Whole song"
                </button>
                <FilePicker id="file" label="Another song" class="button button--quiet"/>
            </div>
        </div>
        {outcome.is_cut_off.then(|| view! {
            <p class="notice" id="cut-off">
                "The end of this file is missing: this is what could be read of it, "
                {format::clock(duration_secs)} " of sound."
            </p>
        })}
        {outcome.opened.notice.clone().map(|notice| view! { <p class="notice" id="device-notice">{notice}</p> })}
    }
}

#[component]
fn Part(outcome: Arc<Outcome>, source: Source) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let share = outcome.analysis.prominence[source];
    let percent = format::percent(share);
    let spoken = format::spoken(source);
    let is_heard = Memo::new(move |_| desk.is_heard_alone(source));
    let is_silent = move || desk.gains()[source] == 0.0;
    let part = &outcome.analysis.parts[source];
    let ranges_secs = part.ranges_secs.clone();
    let passages_secs = ranges_secs.clone();
    let label = format!("When the {spoken} plays: {}", format::ranges(&ranges_secs));
    let duration_secs = f64::from(outcome.analysis.duration_secs);
    view! {
        <li
            class=format!("part part--{source}") id=format!("part-{source}")
            class:part--heard=is_heard class:part--alone=move || desk.is_alone(source)
            class:part--silent=is_silent
        >
            <button
                class="round" type="button" id=format!("alone-{source}")
                aria-label=format!("Play the {spoken} alone") aria-pressed=move || is_heard.get().to_string()
                on:click=move |event| match event.shift_key() {
                    true => desk.toggle_solo(source),
                    false => desk.toggle_alone(source, &passages_secs),
                }
            >
                <PlaySign is_playing=is_heard/>
            </button>
            <h2 class="part__name">{format::title(source)}</h2>
            <NextPassage source=source ranges_secs=ranges_secs.clone()/>
            <p class="part__share" data-prominence=share.to_string()>
                {percent}<span class="part__unit">"%"</span>
            </p>
            <div class="bar" aria-hidden="true">
                <div class="bar__fill" style:width=format!("{}%", share * 100.0)></div>
            </div>
            <Lane
                source=Some(source) ranges_secs=ranges_secs levels=part.levels.clone() label=label
                duration_secs=duration_secs
            />
        </li>
    }
}

/// Moves the player to where the source plays next, if it ever plays.
#[component]
fn NextPassage(source: Source, ranges_secs: Vec<[f32; 2]>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let label = format!("To where the {} plays next", format::spoken(source));
    let has_any = !ranges_secs.is_empty();
    has_any.then(|| view! {
        <button
            class="next" type="button" id=format!("next-{source}") aria-label=label.clone() title=label
            on:click=move |_| desk.seek_next(&ranges_secs)
        >
            <NextSign/>
        </button>
    })
}

/// The timeline as a table.
#[component]
fn InWords(outcome: Arc<Outcome>) -> impl IntoView {
    let rows = Source::ALL.map(|source| {
        let part = &outcome.analysis.parts[source];
        view! {
            <tr>
                <th scope="row">{format::title(source)}</th>
                <td>{format::percent(outcome.analysis.prominence[source])} " %"</td>
                <td>{format::ranges(&part.ranges_secs)}</td>
            </tr>
        }
    });
    view! {
        <details class="fold words">
            <summary>"The same in words"</summary>
            <table>
                <thead>
                    <tr><th scope="col">"Part"</th><th scope="col">"Share"</th><th scope="col">"Plays"</th></tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
}
