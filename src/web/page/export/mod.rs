//! Export: stems, the mix at the mixer's gains, what is repeated as it sounds, all stems as a ZIP, and the analysis.

mod error;
mod files;
mod sound;

use std::{cell::Cell, rc::Rc, sync::Arc};

use leptos::{ev, prelude::*};
use wasm_bindgen_futures::spawn_local;

use self::{
    error::ExportError,
    files::{Content, ExportRequest, ExportedFile},
    sound::{Clipped, SoundFormat},
};
use super::{
    format, icons::DownloadSign, job::AnalysedSong, player::PlayerState, practise::Practice,
    session::Session, words,
};
use crate::{
    audio::wav::SampleFormat,
    playback::{self, LoopSound},
    source::Source,
    web::platform::save,
};

/// What sound is saved as: values, formats and names of the choice. The first is chosen at first.
const FORMATS: [(&str, SoundFormat, &str); 5] = [
    (
        "wav-16",
        SoundFormat::Wav(SampleFormat::Int16),
        "WAV, 16 bits",
    ),
    (
        "wav-24",
        SoundFormat::Wav(SampleFormat::Int24),
        "WAV, 24 bits",
    ),
    (
        "wav-32",
        SoundFormat::Wav(SampleFormat::Float32),
        "WAV, 32 bits, floating point",
    ),
    (
        "flac-16",
        SoundFormat::Flac(SampleFormat::Int16),
        "FLAC, 16 bits",
    ),
    (
        "flac-24",
        SoundFormat::Flac(SampleFormat::Int24),
        "FLAC, 24 bits",
    ),
];

/// How far a file is.
#[derive(Clone, Debug, Default, PartialEq)]
enum State {
    #[default]
    Idle,
    /// From 0 to 1.
    Writing(f32),
    /// What is to be said of the file, or why there is none.
    Said(String),
}

/// State and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
struct Exporter {
    state: RwSignal<State>,
    format: RwSignal<SoundFormat>,
    /// Set to cancel the file that is being written.
    is_cancelled: StoredValue<Rc<Cell<bool>>, LocalStorage>,
    song: StoredValue<Arc<AnalysedSong>>,
    player: PlayerState,
    practice: Practice,
    session: Session,
}

impl Exporter {
    fn new(song: Arc<AnalysedSong>) -> Self {
        Self {
            state: RwSignal::default(),
            format: RwSignal::new(FORMATS[0].1),
            is_cancelled: StoredValue::new_local(Rc::default()),
            song: StoredValue::new(song),
            player: expect_context(),
            practice: expect_context(),
            session: expect_context(),
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
            looped: self.looped(),
            song: self.song_with_music(),
            stems: self.player.stems(),
            engine: self.session.engine(),
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

    /// What is repeated, as it sounds, and what the visitor calls it.
    fn looped(self) -> Option<(LoopSound, Option<String>)> {
        let region = self.player.looped.get_untracked()?;
        let sound = LoopSound {
            region,
            speed_percent: self.player.speed_percent.get_untracked(),
            gains: playback::gains(&self.player.faders.get_untracked()),
            practising: self.player.practising.get_untracked(),
        };
        let loops = self.practice.loops.get_untracked();
        let kept = loops.into_iter().find(|kept| kept.region == region);
        Some((sound, kept.map(|kept| kept.name)))
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

fn after(exported: Result<Option<ExportedFile>, ExportError>) -> State {
    let said = exported.and_then(|exported| {
        let Some(exported) = exported else {
            return Ok(None);
        };
        save::offer(&exported.name, &exported.file)?;
        Ok(clipping(exported.clipped))
    });
    match said {
        Ok(None) => State::Idle,
        Ok(Some(words)) => State::Said(words),
        Err(error) => State::Said(error.to_string()),
    }
}

/// What is to be said of samples that were clipped.
fn clipping(clipped: Clipped) -> Option<String> {
    let (samples, remedy) = match clipped {
        Clipped {
            written: 0,
            kept: 0,
        } => return None,
        Clipped { written: 0, kept } => (
            kept,
            "The parts of a song as long as this are kept in 16 bits.",
        ),
        Clipped { written, .. } => (written, "32 bits, floating point, keep them."),
    };
    let (samples, are) = match samples {
        1 => ("1 sample".to_owned(), "is"),
        samples => (format!("{samples} samples"), "are"),
    };
    Some(format!("{samples} {are} {}. {remedy}", words::CLIPPED))
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
    let can_save_loop =
        Memo::new(move |_| can_play.get() && exporter.player.looped.get().is_some());
    view! {
        <details class="menu" id="save">
            <summary class="button menu__button"><DownloadSign/> <span class="menu__word">"Download"</span></summary>
            <div class="menu__panel save">
                <Show when=move || can_play.get()>
                    <Quality exporter=exporter/>
                    <Show when=move || can_save_loop.get()>
                        <fieldset class="save__group">
                            <legend>"What is repeated"</legend>
                            {file("loop", "The loop as it sounds now", Content::Loop)}
                            <p class="save__hint">"At its speed and pitch, with click and count-in if they are on. What you mute is left out."</p>
                        </fieldset>
                    </Show>
                    <fieldset class="save__group"><legend>"One instrument"</legend>{Source::ALL.map(stem)}</fieldset>
                    <fieldset class="save__group"><legend>"The song without"</legend>{Source::ALL.map(without)}</fieldset>
                </Show>
                <fieldset class="save__group">
                    <legend>"Everything"</legend>
                    <Show when=move || can_play.get()>
                        {file("zip", "All instruments (ZIP)", Content::Zip)}
                        {file("mix", "The whole song, with the instruments you hear", Content::Mix)}
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

/// The format of sounds.
#[component]
fn Quality(exporter: Exporter) -> impl IntoView {
    let on_change = move |event: ev::Event| {
        let value = event_target_value(&event);
        if let Some((_, format, _)) = FORMATS.iter().find(|(name, ..)| *name == value) {
            exporter.format.set(*format);
        }
    };
    let options = FORMATS.map(|(value, _, words)| view! { <option value=value>{words}</option> });
    let is_rounded = exporter
        .player
        .stems()
        .is_some_and(|stems| stems.layout.format == SampleFormat::Int16);
    view! {
        <p class="save__quality">
            <label for="save-format">"Sound as "</label>
            <select id="save-format" on:change=on_change>{options}</select>
            {is_rounded.then_some(" This song is long, so its parts are kept in 16 bits: a larger format would not sound better.")}
        </p>
    }
}

/// How far the file is, and a way to cancel.
#[component]
fn Status(exporter: Exporter) -> impl IntoView {
    let words = move || match exporter.state.get() {
        State::Idle => String::new(),
        State::Writing(share) if share < 1.0 => format!("Writing: {} %", format::percent(share)),
        State::Writing(_) => "Finishing the file".to_owned(),
        State::Said(words) => words,
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
