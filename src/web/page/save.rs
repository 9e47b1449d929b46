//! L7: what the visitor can take home: stems, the mix as it is heard, all as a ZIP, and the analysis.

mod files;

use std::{cell::Cell, rc::Rc, sync::Arc};

use leptos::{ev, prelude::*};
use wasm_bindgen_futures::spawn_local;

use self::files::{Content, Saved, Wish};
use super::{desk::Desk, format, job::Outcome, mixer};
use crate::{audio::wav::SampleFormat, source::Source, web::platform::save};

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
struct Saving {
    state: RwSignal<State>,
    format: RwSignal<SampleFormat>,
    /// Set to give up the file that is being written.
    is_unwanted: StoredValue<Rc<Cell<bool>>, LocalStorage>,
    outcome: StoredValue<Arc<Outcome>>,
    desk: Desk,
}

impl Saving {
    fn new(outcome: Arc<Outcome>) -> Self {
        Self {
            state: RwSignal::default(),
            format: RwSignal::new(SampleFormat::Int16),
            is_unwanted: StoredValue::new_local(Rc::default()),
            outcome: StoredValue::new(outcome),
            desk: expect_context(),
        }
    }

    fn begin(self, content: Content) {
        self.cancel();
        let is_unwanted = Rc::new(Cell::new(false));
        self.is_unwanted.set_value(Rc::clone(&is_unwanted));
        self.state.set(State::Writing(0.0));
        let wish = Wish {
            content,
            format: self.format.get_untracked(),
            gains: mixer::gains(&self.desk.faders.get_untracked()),
            outcome: self.outcome.get_value(),
            stems: self.desk.stems(),
        };
        spawn_local(async move {
            let flag = Rc::clone(&is_unwanted);
            let tell = move |share: f32| {
                if !flag.get() {
                    self.state.set(State::Writing(share));
                }
                flag.get()
            };
            let saved = files::make(wish, &tell).await;
            if !is_unwanted.get() {
                self.state.set(after(saved));
            }
        });
    }

    fn cancel(self) {
        self.is_unwanted.get_value().set(true);
        self.state.set(State::Idle);
    }
}

fn after(saved: Result<Option<Saved>, files::SaveError>) -> State {
    let offered = saved.and_then(|saved| match saved {
        Some(Saved { name, file }) => Ok(save::offer(&name, &file)?),
        None => Ok(()),
    });
    offered.map_or_else(|error| State::Failed(error.to_string()), |()| State::Idle)
}

/// Buttons a file each.
#[component]
pub fn Save(
    /// What was found.
    outcome: Arc<Outcome>,
) -> impl IntoView {
    let saving = Saving::new(outcome);
    // A song that is left takes its files with it.
    on_cleanup(move || saving.cancel());
    let stem = move |source: Source| {
        let id = format!("save-{source}");
        view! { <File saving=saving id=id label=format::title(source) content=Content::Stem(source)/> }
    };
    let file = move |id: &str, label, content| {
        let id = format!("save-{id}");
        view! { <File saving=saving id=id label=label content=content/> }
    };
    view! {
        <details class="fold" id="save">
            <summary>"Save"</summary>
            <div class="save">
                <Quality saving=saving/>
                <div class="choices">{Source::ALL.map(stem)}</div>
                <div class="choices">
                    {file("zip", "All five (ZIP)", Content::Zip)}
                    {file("mix", "The mix as you hear it", Content::Mix)}
                    {file("json", "The numbers (JSON)", Content::Json)}
                    {file("csv", "The numbers (CSV)", Content::Csv)}
                </div>
                <Status saving=saving/>
            </div>
        </details>
    }
}

/// The button that writes one file.
#[component]
fn File(saving: Saving, id: String, label: &'static str, content: Content) -> impl IntoView {
    view! {
        <button
            class="button button--quiet button--small" type="button" id=id
            on:click=move |_| saving.begin(content)
        >
            {label}
        </button>
    }
}

/// Bits a sample.
#[component]
fn Quality(saving: Saving) -> impl IntoView {
    let on_change = move |event: ev::Event| {
        saving
            .format
            .set(match event_target_value(&event).as_str() {
                "24" => SampleFormat::Int24,
                "32" => SampleFormat::Float32,
                _ => SampleFormat::Int16,
            });
    };
    let is_rounded = saving
        .desk
        .stems()
        .is_some_and(|stems| stems.layout.format == SampleFormat::Int16);
    view! {
        <p class="save__quality">
            <label for="save-format">"WAV with "</label>
            <select id="save-format" on:change=on_change>
                <option value="16">"16 bits"</option>
                <option value="24">"24 bits"</option>
                <option value="32">"32 bits, floating point"</option>
            </select>
            {is_rounded.then_some(" This song is long: its parts are kept in 16 bits, so more bits hold no more.")}
        </p>
    }
}

/// How far the file is, and the way out.
#[component]
fn Status(saving: Saving) -> impl IntoView {
    let words = move || match saving.state.get() {
        State::Idle => String::new(),
        State::Writing(share) => format!("Writing: {} %", format::percent(share)),
        State::Failed(message) => message,
    };
    let is_writing = move || matches!(saving.state.get(), State::Writing(_));
    view! {
        <p class="save__status" id="save-status" role="status">{words}</p>
        <Show when=is_writing>
            <button class="button button--small" type="button" id="save-cancel" on:click=move |_| saving.cancel()>
                "Cancel"
            </button>
        </Show>
    }
}
