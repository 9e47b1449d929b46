//! The first view: what the page does, and the ways to give it a song.

use leptos::{ev, prelude::*};
use web_sys::HtmlInputElement;

use super::{
    format,
    session::{Phase, Session, song_file},
    words,
};
use crate::{
    source::Source,
    web::{platform::page, worker::client::EngineStatus},
};

/// The lanes of a song that does not exist.
const EXAMPLE: &str = include_str!("example.svg");

/// Drop zone, file picker and demo.
///
/// `index.html` has the same, to be used while the program is on its way: what is changed here is changed there.
#[component]
pub fn Start() -> impl IntoView {
    let names = Source::ALL
        .map(|source| view! { <li class=format!("text-{source}")>{format::title(source)}</li> });
    view! {
        <section class="intake" aria-labelledby="intake-title">
            <div class="intake__words">
                <h1 id="intake-title">"What is this song made of?"</h1>
                <p class="lead">
                    "Drop a song. See when the guitar, the piano, the bass and the drums play, listen to each alone, \
                     and find songs with a similar mix of instruments."
                </p>
            </div>
            <div class="dropzone" id="dropzone">
                <ul class="dropzone__names" aria-hidden="true">{names}</ul>
                <div class="dropzone__example" inner_html=EXAMPLE></div>
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
    let session = expect_context::<Session>();
    view! {
        <div class="choices">
            <FilePicker id="file" label="Choose a file"/>
            <button class="button button--quiet" id="demo" type="button" on:click=move |_| session.analyse_demo()>
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
    /// The text on the button.
    label: &'static str,
    /// Its CSS class.
    #[prop(default = "button")]
    class: &'static str,
) -> impl IntoView {
    let session = expect_context::<Session>();
    let on_change = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        let file = input.files().and_then(|files| files.get(0));
        // So that choosing the same file again is a change.
        input.set_value("");
        if let Some(file) = file {
            session.analyse(song_file(&file));
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
    let session = expect_context::<Session>();
    let text = move || engine_line(&session.engine_status.get());
    let is_ready = move || matches!(session.engine_status.get(), EngineStatus::Ready(_));
    let is_unable = move || matches!(session.engine_status.get(), EngineStatus::Unable(_));
    view! {
        <p class="engine" id="engine" class:engine--ready=is_ready class:engine--unable=is_unable>
            <span class="engine__dot" aria-hidden="true"></span>
            {text}
        </p>
    }
}

fn engine_line(status: &EngineStatus) -> String {
    match status {
        EngineStatus::Cold if page::saves_data() => {
            "To save data, the engine loads with your first song (about 10 MB).".to_owned()
        }
        EngineStatus::Cold => "The engine loads in the background.".to_owned(),
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
            Some(notice) => format!("{}: {}. {notice}", words::ENGINE_READY, opened.device),
            None => format!("{}: {}", words::ENGINE_READY, opened.device),
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

/// Why the last song could not be analysed.
#[component]
pub fn FailureNotice() -> impl IntoView {
    let session = expect_context::<Session>();
    move || match session.phase.get() {
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
