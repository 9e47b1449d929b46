//! The visitor's own library: five numbers for each song, kept in the browser.
//!
//! [`state`] holds it, [`enqueue`] adds files to the queue, [`queue`] analyses them with the page's one engine,
//! [`stored`] is the form in which songs are stored, [`transfer`] imports, exports and deletes; [`work`] and [`songs`]
//! show it.

mod enqueue;
mod queue;
mod songs;
mod state;
mod stored;
mod transfer;
mod work;

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

pub use self::state::MyLibrary;
use self::{songs::Songs, state::ID, work::Work};
use crate::web::{
    page::{format, words},
    platform::{file_picker, page},
};

const FILES_ID: &str = "library-files";
const FOLDER_ID: &str = "library-folder";

/// Whether an event's target is inside the library's part of the page.
pub fn is_inside(event: &web_sys::Event) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(&format!("#{ID}")).ok().flatten().is_some())
}

/// The library's part of the page.
#[component]
pub fn LibrarySection() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    view! {
        <section class="library" id=ID tabindex="-1" aria-labelledby="library-title">
            <h2 class="library__title" id="library-title">"My library"</h2>
            <p class="library__lead">
                "Add your own music, and find similar songs in it as well. Your files stay where they are: the page keeps \
                 title, artist and five numbers for each song, in this browser only."
            </p>
            <Ways/>
            {move || library.notice.get().map(|words| view! {
                <p class="notice library__notice" id="library-notice" role="alert">{words}</p>
            })}
            <LeftOver/>
            <Work/>
            <p class="library__said" id="library-said" role="status">{move || library.said.get()}</p>
            <Songs/>
        </section>
    }
}

/// The buttons that add songs.
#[component]
fn Ways() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let take = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        let found = file_picker::take_chosen(&input);
        library.add(found);
    };
    let add_folder = move |_| library.add_folder(|| page::click(FOLDER_ID));
    let has_song = library.session.shows_file();
    view! {
        <div class="choices library__ways">
            <span class="picker">
                <input
                    class="picker__input" id=FILES_ID type="file" multiple accept="audio/*,.flac,.ogg,.opus,.m4a"
                    on:change=take
                />
                <label class="button button--quiet" for=FILES_ID>"Add songs"</label>
            </span>
            <button class="button button--quiet" id="library-add-folder" type="button" on:click=add_folder>
                "Add a folder"
            </button>
            <Show when=move || has_song.get()>
                <button class="button button--quiet" id="library-keep" type="button" on:click=move |_| library.keep_song()>
                    "Add the song above"
                </button>
            </Show>
            <input class="library__hidden" id=FOLDER_ID type="file" multiple prop:webkitdirectory=true aria-label="Folder" hidden on:change=take/>
        </div>
    }
}

/// Files that were still queued when an earlier visit ended.
#[component]
fn LeftOver() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    move || {
        let left_over = library.left_over.get();
        let (ready, lost): (Vec<_>, Vec<_>) =
            left_over.iter().partition(|left| left.found.is_some());
        let names: Vec<_> = lost
            .iter()
            .map(|left| view! { <li>{left.path.clone()}</li> })
            .collect();
        (!left_over.is_empty()).then(|| view! {
            <div class="library__left" id="library-left">
                {(!ready.is_empty()).then(|| view! {
                    <p>{format::counted(ready.len())} " " {words::FROM_LAST_VISIT} " " {are(ready.len())} " still waiting."</p>
                })}
                {(!lost.is_empty()).then(|| view! {
                    <p>
                        "Your last visit ended before " {format::counted(lost.len())} " could be analysed. This browser "
                        {words::NOT_FOUND_AGAIN} " by itself: please add them, or their folder, once more."
                    </p>
                    <details class="library__names">
                        <summary>"Which"</summary>
                        <ul>{names}</ul>
                    </details>
                })}
                <div class="choices">
                    {(!ready.is_empty()).then(|| view! {
                        <button class="button button--quiet" id="library-resume" type="button" on:click=move |_| library.resume()>
                            "Go on"
                        </button>
                    })}
                    <button class="button button--quiet" id="library-forget" type="button" on:click=move |_| library.discard_unfinished()>
                        "Forget them"
                    </button>
                </div>
            </div>
        })
    }
}

fn are(count: usize) -> &'static str {
    match count {
        1 => "is",
        _ => "are",
    }
}
