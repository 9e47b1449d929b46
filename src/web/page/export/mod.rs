//! Export: stems, the mix at the mixer's gains, all stems as a ZIP, and the analysis.

mod files;

use std::{cell::Cell, rc::Rc, sync::Arc};

use leptos::{ev, prelude::*};
use wasm_bindgen_futures::spawn_local;

use self::files::{Content, ExportRequest, ExportedFile};
use super::{
    format, icons::DownloadSign, job::AnalysedSong, player::PlayerState, practise::Practice,
};
use crate::{audio::wav::SampleFormat, playback, source::Source, web::platform::save};

/// How far a file is.
#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    #[default]
    Idle,
    /// From 0 to 1.
    Writing(f32),
    Failed(String),
}

/// State and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
struct Exporter {
    state: RwSignal<State>,
    format: RwSignal<SampleFormat>,
    /// Set to cancel the file that is being written.
    is_cancelled: StoredValue<Rc<Cell<bool>>, LocalStorage>,
    song: StoredValue<Arc<AnalysedSong>>,
    player: PlayerState,
    practice: Practice,
}

impl Exporter {
    fn new(song: Arc<AnalysedSong>) -> Self {
        Self {
            state: RwSignal::default(),
            format: RwSignal::new(SampleFormat::Int16),
            is_cancelled: StoredValue::new_local(Rc::default()),
            song: StoredValue::new(song),
            player: expect_context(),
            practice: expect_context(),
        }
    }

    fn begin(self, content: Content) {
        self.cancel();
        let is_cancelled = Rc::new(Cell::new(false));
        self.is_cancelled.set_value(Rc::clone(&is_cancelled));
        self.state.set(State::Writing(0.0));
        let request = ExportRequest {
            content,
            format: self.format.get_untracked(),
            gains: playback::gains(&self.player.faders.get_untracked()),
            song: self.song_with_music(),
            stems: self.player.stems(),
        };
        spawn_local(async move {
            let flag = Rc::clone(&is_cancelled);
            let on_progress = move |share: f32| {
                if !flag.get() {
                    self.state.set(State::Writing(share));
                }
                flag.get()
            };
            let exported = files::make(request, &on_progress).await;
            if !is_cancelled.get() {
                self.state.set(after(exported));
            }
        });
    }

    /// With its beats and chords, where they have been found.
    fn song_with_music(self) -> Arc<AnalysedSong> {
        let song = self.song.get_value();
        match untrack(|| self.practice.music()) {
            Some(music) => Arc::new(AnalysedSong::clone(&song).with_music(&music)),
            None => song,
        }
    }

    fn cancel(self) {
        self.is_cancelled.get_value().set(true);
        self.state.set(State::Idle);
    }
}

fn after(exported: Result<Option<ExportedFile>, files::ExportError>) -> State {
    let offered = exported.and_then(|file| match file {
        Some(ExportedFile { name, file }) => Ok(save::offer(&name, &file)?),
        None => Ok(()),
    });
    offered.map_or_else(|error| State::Failed(error.to_string()), |()| State::Idle)
}

/// The menu of files.
#[component]
pub fn Download(
    /// The song and its analysis.
    song: Arc<AnalysedSong>,
) -> impl IntoView {
    let exporter = Exporter::new(song);
    // When another song is opened, a file that is still being written is dropped.
    on_cleanup(move || exporter.cancel());
    let stem = move |source: Source| {
        let id = format!("save-{source}");
        view! { <File exporter=exporter id=id label=format::title(source) content=Content::Stem(source)/> }
    };
    let without = move |source: Source| {
        let id = format!("save-without-{source}");
        view! { <File exporter=exporter id=id label=format::title(source) content=Content::Without(source)/> }
    };
    let file = move |id: &str, label: &str, content: Content| {
        let id = format!("save-{id}");
        view! { <File exporter=exporter id=id label=label content=content/> }
    };
    let can_play = exporter.player.can_play;
    view! {
        <details class="menu" id="save">
            <summary class="button menu__button"><DownloadSign/> <span class="menu__word">"Download"</span></summary>
            <div class="menu__panel save">
                <Show when=move || can_play.get()>
                    <Quality exporter=exporter/>
                    <fieldset class="save__group"><legend>"One instrument"</legend>{Source::ALL.map(stem)}</fieldset>
                    <fieldset class="save__group"><legend>"The song without"</legend>{Source::ALL.map(without)}</fieldset>
                </Show>
                <fieldset class="save__group">
                    <legend>"Everything"</legend>
                    <Show when=move || can_play.get()>
                        {file("zip", "All instruments (ZIP)", Content::Zip)}
                        {file("mix", "As it plays now", Content::Mix)}
                    </Show>
                    {file("json", "Analysis (JSON)", Content::Json)}
                    {file("csv", "Analysis (CSV)", Content::Csv)}
                </fieldset>
                <Status exporter=exporter/>
            </div>
        </details>
    }
}

/// The button that writes one file.
#[component]
fn File(
    exporter: Exporter,
    id: String,
    #[prop(into)] label: String,
    content: Content,
) -> impl IntoView {
    view! {
        <button
            class="button button--quiet button--small" type="button" id=id
            on:click=move |_| exporter.begin(content)
        >
            {label}
        </button>
    }
}

/// The sample format.
#[component]
fn Quality(exporter: Exporter) -> impl IntoView {
    let on_change = move |event: ev::Event| {
        exporter
            .format
            .set(match event_target_value(&event).as_str() {
                "24" => SampleFormat::Int24,
                "32" => SampleFormat::Float32,
                _ => SampleFormat::Int16,
            });
    };
    let is_rounded = exporter
        .player
        .stems()
        .is_some_and(|stems| stems.layout.format == SampleFormat::Int16);
    view! {
        <p class="save__quality">
            <label for="save-format">"WAV, "</label>
            <select id="save-format" on:change=on_change>
                <option value="16">"16 bits"</option>
                <option value="24">"24 bits"</option>
                <option value="32">"32 bits, floating point"</option>
            </select>
            {is_rounded.then_some(" This song is long, so its parts are kept in 16 bits: a larger format would not sound better.")}
        </p>
    }
}

/// How far the file is, and a way to cancel.
#[component]
fn Status(exporter: Exporter) -> impl IntoView {
    let words = move || match exporter.state.get() {
        State::Idle => String::new(),
        State::Writing(share) => format!("Writing: {} %", format::percent(share)),
        State::Failed(message) => message,
    };
    let is_writing = move || matches!(exporter.state.get(), State::Writing(_));
    view! {
        <p class="save__status" id="save-status" role="status">{words}</p>
        <Show when=is_writing>
            <button class="button button--small" type="button" id="save-cancel" on:click=move |_| exporter.cancel()>
                "Cancel"
            </button>
        </Show>
    }
}
