//! L7: the page: Leptos components over the state in [`studio`].

mod desk;
mod discover;
mod drawing;
mod footer;
pub mod format;
mod icons;
mod intake;
pub mod job;
mod keys;
mod lane;
pub mod library;
mod mine;
pub mod mixer;
mod result;
mod save;
mod spectrogram;
mod spectrum;
mod stave;
pub mod studio;
mod timeline;
mod working;

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use self::{
    discover::{Discovery, Invitation, LinkTrouble, Search, Similar},
    footer::Footer,
    icons::Wordmark,
    intake::{Intake, Trouble},
    mine::{Mine, MyLibrary},
    result::Composition,
    studio::{Phase, Studio, song_of},
    working::{Announcer, Working},
};
use crate::web::platform::{gather::Dropped, page};

/// Puts the page into the document.
pub fn mount() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(App);
}

/// Which view is shown: changes seldom, unlike the phase, whose progress would rebuild the page at every step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum View {
    Idle,
    Searching,
    Working,
    Done,
    Failed,
}

#[component]
fn App() -> impl IntoView {
    let studio = Studio::new();
    studio.load_when_idle();
    provide_context(studio);
    provide_context(studio.desk);
    let discovery = Discovery::new(studio);
    provide_context(discovery);
    let library = MyLibrary::new(studio);
    library.load_when_idle();
    provide_context(library);
    let is_dragging = accept_drops(studio, library);
    Effect::new(move |_| page::set_title(&title(&studio.phase.get())));
    let view = Memo::new(move |_| match studio.phase.get() {
        Phase::Idle if discovery.is_searching() => View::Searching,
        Phase::Idle => View::Idle,
        Phase::Working { .. } => View::Working,
        Phase::Done(_) => View::Done,
        Phase::Failed { .. } => View::Failed,
    });
    view! {
        <div class="page" class:page--dragging=is_dragging>
            <a class="skip" href="#main">"Skip to the content"</a>
            <header class="masthead">
                <Wordmark/>
                <p class="masthead__promise">"Your music stays on this machine."</p>
            </header>
            <main id="main" tabindex="-1">
                <LinkTrouble/>
                {move || match view.get() {
                    View::Idle => view! { <Intake/> <Invitation/> }.into_any(),
                    View::Searching => view! { <Search/> }.into_any(),
                    View::Working => view! { <Working/> }.into_any(),
                    View::Failed => view! { <Trouble/> <Intake/> <Invitation/> }.into_any(),
                    View::Done => view! { <Result/> }.into_any(),
                }}
                <Mine/>
            </main>
            <Footer/>
            <Announcer/>
        </div>
    }
}

/// For the window's title: what those see who have turned to another window meanwhile.
fn title(phase: &Phase) -> String {
    match phase {
        Phase::Idle => "DeepMelody: what is this song made of?".to_owned(),
        Phase::Working { name, step } => {
            format!(
                "{} % of {name} – DeepMelody",
                format::percent(working::inked(*step))
            )
        }
        Phase::Done(outcome) => format!("{} – DeepMelody", outcome.name),
        Phase::Failed { name, .. } => format!("{name}: failed – DeepMelody"),
    }
}

#[component]
fn Result() -> impl IntoView {
    let studio = expect_context::<Studio>();
    move || match studio.phase.get() {
        Phase::Done(outcome) => Some(view! {
            <Composition outcome=outcome/>
            <Similar/>
        }),
        _ => None,
    }
}

/// A file dropped on the page is a song to listen to; several, a folder, or what is dropped on the library, belong in
/// there. Tells whether something hovers above the page.
fn accept_drops(studio: Studio, library: MyLibrary) -> ReadSignal<bool> {
    let (is_dragging, set_dragging) = signal(false);
    window_event_listener(ev::dragover, move |event| {
        event.prevent_default();
        set_dragging.set(true);
    });
    window_event_listener(ev::dragleave, move |event| {
        // Leaving the window, not just passing from one element to the next.
        if event.related_target().is_none() {
            set_dragging.set(false);
        }
    });
    window_event_listener(ev::drop, move |event| {
        event.prevent_default();
        set_dragging.set(false);
        let event: &web_sys::DragEvent = event.unchecked_ref();
        let Some(dropped) = event.data_transfer().as_ref().map(Dropped::take) else {
            return;
        };
        match dropped.single_file().filter(|_| !mine::is_inside(event)) {
            Some(file) => studio.analyse(song_of(&file)),
            None => library.add_dropped(dropped),
        }
    });
    is_dragging
}
