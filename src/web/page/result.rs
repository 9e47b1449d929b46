//! L7: what a song is made of: a row a source with its share, its lane and its sound.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    drawing::{self, HEIGHT, WIDTH},
    format,
    icons::PlaySign,
    intake::FilePicker,
    job::Outcome,
    studio::{Heard, Studio},
    timeline::{Ruler, SeekBar},
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
    let studio = expect_context::<Studio>();
    let duration_secs = f64::from(outcome.analysis.duration_secs);
    let parts =
        Source::ALL.map(|source| view! { <Part outcome=Arc::clone(&outcome) source=source/> });
    let is_heard = move || studio.is_heard(Heard::Song);
    // Once it is in the document, the reader's focus goes to the result.
    clock::after_millis(0, || page::focus(TITLE_ID));
    view! {
        <section class="composition" aria-labelledby=TITLE_ID>
            <div class="composition__head">
                <div>
                    <p class="eyebrow">"Made of"</p>
                    <h1 id=TITLE_ID tabindex="-1">{outcome.name.clone()}</h1>
                </div>
                <div class="choices">
                    <button
                        class="button" type="button" id="play-song"
                        aria-pressed=move || is_heard().to_string()
                        on:click=move |_| studio.toggle(Heard::Song)
                    >
                        <PlaySign is_playing=Signal::derive(is_heard)/>
                        "Whole song"
                    </button>
                    <FilePicker id="file" label="Another song"/>
                </div>
            </div>
            {outcome.is_cut_off.then(|| view! {
                <p class="notice" id="cut-off">
                    "The end of this file is missing: this is what could be read of it, "
                    {format::clock(duration_secs)} " of sound."
                </p>
            })}
            {outcome.opened.notice.clone().map(|notice| view! { <p class="notice" id="device-notice">{notice}</p> })}
            <ul class="parts">{parts}</ul>
            <div class="under-lanes">
                <Ruler duration_secs=duration_secs/>
                <SeekBar duration_secs=duration_secs/>
            </div>
            <InWords outcome=outcome/>
        </section>
    }
}

#[component]
fn Part(outcome: Arc<Outcome>, source: Source) -> impl IntoView {
    let studio = expect_context::<Studio>();
    let share = outcome.analysis.prominence[source];
    let percent = format::percent(share);
    let is_heard = move || studio.is_heard(Heard::Part(source));
    let duration_secs = f64::from(outcome.analysis.duration_secs);
    view! {
        <li class=format!("part part--{source}") id=format!("part-{source}") class:part--heard=is_heard>
            <button
                class="round" type="button" aria-label=format!("Play the {} alone", spoken(source))
                aria-pressed=move || is_heard().to_string()
                on:click=move |_| studio.toggle(Heard::Part(source))
            >
                <PlaySign is_playing=Signal::derive(is_heard)/>
            </button>
            <h2 class="part__name">{format::title(source)}</h2>
            <p class="part__share" data-prominence=share.to_string()>
                {percent}<span class="part__unit">"%"</span>
            </p>
            <div class="bar" aria-hidden="true">
                <div class="bar__fill" style:width=format!("{}%", share * 100.0)></div>
            </div>
            <Lane outcome=outcome source=source duration_secs=duration_secs/>
        </li>
    }
}

/// When (tinted ranges) and how much (the stroke) a source plays.
#[component]
fn Lane(outcome: Arc<Outcome>, source: Source, duration_secs: f64) -> impl IntoView {
    let studio = expect_context::<Studio>();
    let part = &outcome.analysis.parts[source];
    let scale = WIDTH / outcome.analysis.duration_secs.max(f32::EPSILON);
    let ranges: Vec<_> = part.ranges_secs.iter().map(|&[from, to]| view! {
        <rect class="lane__range" x=from * scale width=(to - from) * scale y="0" height=HEIGHT/>
    }).collect();
    // By its root, so that quiet parts are seen beside loud ones.
    let levels: Vec<_> = part.levels.iter().map(|level| level.sqrt()).collect();
    let label = format!(
        "When the {} plays: {}",
        spoken(source),
        format::ranges(&part.ranges_secs)
    );
    let head = move || {
        format!(
            "{}%",
            studio.playback.get().position_secs / duration_secs.max(1e-3) * 100.0
        )
    };
    view! {
        <div class="lane" on:click=move |event| studio.seek(clicked_share(&event) * duration_secs)>
            <svg
                class="lane__drawing" viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none"
                role="img" aria-label=label
            >
                {ranges}
                <path class="lane__stroke" d=drawing::stroke_path(&levels)/>
            </svg>
            <div class="lane__head" class:lane__head--shown=move || studio.heard.get().is_some() style:left=head></div>
        </div>
    }
}

/// Where in the clicked element, from 0 at its left to 1.
fn clicked_share(event: &leptos::ev::MouseEvent) -> f64 {
    use wasm_bindgen::JsCast;
    let target = event
        .current_target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let Some(target) = target else { return 0.0 };
    let bounds = target.get_bounding_client_rect();
    ((f64::from(event.client_x()) - bounds.left()) / bounds.width().max(1.0)).clamp(0.0, 1.0)
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
        <details class="words">
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

/// The source in a sentence, after "the".
fn spoken(source: Source) -> &'static str {
    match source {
        Source::Other => "rest",
        _ => source.name(),
    }
}
