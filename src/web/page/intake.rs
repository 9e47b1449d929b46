//! L7: the first view: what this is, and the ways to hand it a song.

use leptos::{ev, prelude::*};
use web_sys::HtmlInputElement;

use super::{
    format,
    stave::Stave,
    studio::{Phase, Studio, song_of},
};
use crate::{source::Source, web::worker::client::EngineStatus};

/// Drop zone, file picker and demo.
#[component]
pub fn Intake() -> impl IntoView {
    let names = Source::ALL
        .map(|source| view! { <li class=format!("text-{source}")>{format::title(source)}</li> });
    view! {
        <section class="intake" aria-labelledby="intake-title">
            <div class="intake__words">
                <h1 id="intake-title">"What is this song made of?"</h1>
                <p class="lead">
                    "Drop a song. See when the guitar, the piano, the bass and the drums play, listen to each alone, \
                     and find songs that are built alike."
                </p>
            </div>
            <div class="dropzone" id="dropzone">
                <ul class="dropzone__names" aria-hidden="true">{names}</ul>
                <Stave inked=0.0/>
                <div class="dropzone__card">
                    <p class="dropzone__call">"Drop a song, or choose one"</p>
                    <Choices/>
                    <p class="dropzone__kinds">"MP3, WAV, FLAC, OGG or M4A, up to an hour"</p>
                </div>
            </div>
            <EngineLine/>
        </section>
    }
}

/// The buttons that begin an analysis.
#[component]
fn Choices() -> impl IntoView {
    let studio = expect_context::<Studio>();
    view! {
        <div class="choices">
            <FilePicker id="file" label="Choose a file"/>
            <button class="button button--quiet" id="demo" type="button" on:click=move |_| studio.analyse_demo()>
                "Try a demo song"
            </button>
        </div>
    }
}

/// A file input that looks like a button.
#[component]
pub fn FilePicker(
    /// Id of the input.
    id: &'static str,
    /// What the button says.
    label: &'static str,
    /// What it looks like.
    #[prop(default = "button")]
    class: &'static str,
) -> impl IntoView {
    let studio = expect_context::<Studio>();
    let on_change = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        let file = input.files().and_then(|files| files.get(0));
        // So that choosing the same file again is a change.
        input.set_value("");
        if let Some(file) = file {
            studio.analyse(song_of(&file));
        }
    };
    view! {
        <span class="picker">
            <input class="picker__input" id=id type="file" accept="audio/*,.flac,.ogg,.opus,.m4a" on:change=on_change/>
            <label class=class for=id>{label}</label>
        </span>
    }
}

/// One line on how far the engine is, so that its loading is no surprise.
#[component]
pub fn EngineLine() -> impl IntoView {
    let studio = expect_context::<Studio>();
    let text = move || engine_line(&studio.engine_status.get());
    let is_ready = move || matches!(studio.engine_status.get(), EngineStatus::Ready(_));
    let is_unable = move || matches!(studio.engine_status.get(), EngineStatus::Unable(_));
    view! {
        <p class="engine" id="engine" class:engine--ready=is_ready class:engine--unable=is_unable>
            <span class="engine__dot" aria-hidden="true"></span>
            {text}
        </p>
    }
}

fn engine_line(status: &EngineStatus) -> String {
    match status {
        EngineStatus::Cold => "The engine loads when the page has nothing else to do.".to_owned(),
        EngineStatus::LoadingProgram(loaded) => format!(
            "Loading the engine: {}",
            amount(loaded.bytes, loaded.total_bytes)
        ),
        EngineStatus::LoadingWeights(loaded) => {
            format!(
                "Loading the network: {}",
                amount(loaded.bytes, loaded.total_bytes)
            )
        }
        EngineStatus::Opening => "Starting the engine".to_owned(),
        EngineStatus::Ready(opened) => match &opened.notice {
            Some(notice) => format!("Engine ready: {}. {notice}", opened.device),
            None => format!("Engine ready: {}", opened.device),
        },
        EngineStatus::Unable(failure) => failure.message.clone(),
    }
}

fn amount(bytes: u64, total_bytes: Option<u64>) -> String {
    match total_bytes {
        Some(total) => format!(
            "{} of {}",
            format::megabytes(bytes),
            format::megabytes(total)
        ),
        None => format::megabytes(bytes),
    }
}

/// Why the last song came to nothing.
#[component]
pub fn Trouble() -> impl IntoView {
    let studio = expect_context::<Studio>();
    move || match studio.phase.get() {
        Phase::Failed {
            name,
            message,
            advice,
        } => Some(view! {
            <div class="trouble" id="trouble" role="alert">
                <p class="trouble__name">{name}</p>
                <p class="trouble__message">{message}</p>
                <p class="trouble__next">{advice}</p>
            </div>
        }),
        _ => None,
    }
}
