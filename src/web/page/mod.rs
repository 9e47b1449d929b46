//! The page: Leptos components over the state in `session`, `player`, `discover` and `library`.

mod catalogue;
mod discover;
mod drawing;
mod export;
mod footer;
pub mod format;
mod icons;
mod job;
mod lane;
mod last_song;
mod library;
mod loop_handles;
mod mixer;
mod next_task;
mod player;
mod practise;
mod result;
mod route;
mod session;
mod shortcuts;
mod song_names;
mod spectrogram;
mod spectrum;
mod start;
mod stem_progress;
mod system;
mod timeline;
mod toolbar;
mod waveform;
mod words;
mod working;

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

use self::{
    catalogue::CatalogueStore,
    discover::{Discovery, Invitation, LinkTrouble, Search, Similar},
    footer::Footer,
    icons::Wordmark,
    job::AnalysedSong,
    library::{LibrarySection, MyLibrary},
    next_task::NextTask,
    player::PlayerState,
    practise::{Practice, PracticeStorage},
    result::Composition,
    route::{Route, Router},
    session::{Phase, Session, song_file},
    start::{FailureNotice, Start},
    working::{Announcer, Working},
};
use crate::web::platform::{clock, file_picker::Dropped, page};

/// Puts the page into the document.
pub fn mount() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(App);
}

/// Which view is shown. It changes seldom, while the phase changes with every step of progress and would rebuild the page.
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
    let player = PlayerState::new();
    let catalogue = CatalogueStore::new();
    let router = Router::new();
    let discovery = Discovery::new(router, player, catalogue);
    let practice = Practice::new(player);
    let session = Session::new(router, player, discovery, PracticeStorage::new(practice));
    system::connect(session, player);
    let last = restore(session);
    router.follow_history(move |route| {
        discovery.leave(router.route.get_untracked());
        discovery.enter(route);
        session.leave_view();
    });
    load_when_idle(catalogue, session);
    provide_context(router);
    provide_context(player);
    provide_context(practice);
    provide_context(catalogue);
    provide_context(discovery);
    provide_context(session);
    let library = MyLibrary::new(session, discovery);
    library.load_when_idle();
    provide_context(library);
    let is_dragging = accept_drops(session, library);
    Effect::new(move |_| page::set_title(&title(&session.phase.get(), router.route.get())));
    warn_before_losing_work(session, library);
    let view = Memo::new(move |_| match (session.phase.get(), router.route.get()) {
        (Phase::Working { .. }, _) => View::Working,
        (Phase::Failed { .. }, _) => View::Failed,
        (Phase::Done(_), Route::Song) => View::Done,
        (_, Route::Search) => View::Searching,
        (Phase::Done(_) | Phase::Idle, _) => View::Idle,
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
                    View::Idle => view! { <Start/> <LastSong last=last/> <Invitation/> }.into_any(),
                    View::Searching => view! { <Search/> }.into_any(),
                    View::Working => view! { <Working/> }.into_any(),
                    View::Failed => view! { <FailureNotice/> <Start/> <Invitation/> }.into_any(),
                    View::Done => view! { <Result/> }.into_any(),
                }}
                <LibrarySection/>
            </main>
            <Footer/>
            <Announcer/>
        </div>
    }
}

/// The analysis of the last visit. After a reload of a song's result it is shown at once.
fn restore(session: Session) -> ReadSignal<Option<AnalysedSong>> {
    let (last, set_last) = signal(None);
    let is_reload = Route::of_entry() == Route::Song;
    spawn_local(async move {
        let Some(song) = last_song::load().await else {
            return;
        };
        match session.phase.get_untracked() {
            Phase::Idle if is_reload => session.restore(song),
            _ => set_last.set(Some(song)),
        }
    });
    last
}

/// Asks before the page is left while a song is being analysed or files of the library are waiting.
fn warn_before_losing_work(session: Session, library: MyLibrary) {
    window_event_listener(ev::beforeunload, move |event| {
        if session.phase.with_untracked(Phase::is_working) || library.is_busy() {
            event.prevent_default();
        }
    });
}

/// The way back to the last song.
#[component]
fn LastSong(last: ReadSignal<Option<AnalysedSong>>) -> impl IntoView {
    let session = expect_context::<Session>();
    let router = expect_context::<Router>();
    let open = move || match session.phase.get() {
        Phase::Done(song) => Some((song.names.title.clone(), None)),
        _ => last
            .get()
            .map(|song| (song.names.title.clone(), Some(song))),
    };
    move || {
        open().map(|(title, song)| {
            let on_click = move |_| match song.clone() {
                Some(song) => session.restore(song),
                None => router.go(Route::Song),
            };
            view! {
                <p class="invitation">
                    "Your last song: "
                    <button class="linklike" id="last-song" type="button" on:click=on_click>{title}</button>
                </p>
            }
        })
    }
}

/// Loads the catalogue and, unless the visitor saves data, starts the engine, once the page is painted and idle.
fn load_when_idle(catalogue: CatalogueStore, session: Session) {
    clock::when_idle(move || {
        spawn_local(async move {
            catalogue.load().await;
            if !page::saves_data() {
                // A failure is in the engine's status, and the first song tries again.
                session.engine().open().await.ok();
            }
        });
    });
}

/// The window's title, which shows the progress while another window is in front.
fn title(phase: &Phase, route: Route) -> String {
    match phase {
        Phase::Done(song) if route == Route::Song => {
            format!("{} – DeepMelody", song.names.title)
        }
        Phase::Idle | Phase::Done(_) => "DeepMelody: what is this song made of?".to_owned(),
        Phase::Working { name, step } => {
            format!(
                "{} % of {name} – DeepMelody",
                format::percent(working::progress_share(*step))
            )
        }
        Phase::Failed { name, .. } => format!("{name}: failed – DeepMelody"),
    }
}

#[component]
fn Result() -> impl IntoView {
    let session = expect_context::<Session>();
    move || match session.phase.get() {
        Phase::Done(song) => Some(view! {
            <Composition song=song/>
            <NextTask><Similar/></NextTask>
        }),
        _ => None,
    }
}

/// One file dropped on the page is analysed; several files, a folder, or anything dropped on the library go there. The
/// signal says whether something is being dragged over the page.
fn accept_drops(session: Session, library: MyLibrary) -> ReadSignal<bool> {
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
        let Some(dropped) = event.data_transfer().as_ref().map(Dropped::of) else {
            return;
        };
        match dropped.single_file().filter(|_| !library::is_inside(event)) {
            Some(file) => session.analyse(song_file(&file)),
            None => library.add_dropped(dropped),
        }
    });
    is_dragging
}
