//! L7: the visitor's own library: music of theirs that the page knows by five numbers a song, kept in the browser.
//!
//! [`state`] holds it, [`intake`] takes files on, [`queue`] works through them with the page's one engine,
//! [`describe`] reads what a file says of itself, [`shelf`] is the form in which songs are kept, [`transfer`] moves
//! songs without files; [`work`] and [`songs`] show it.

mod describe;
mod intake;
mod queue;
mod shelf;
mod songs;
mod state;
mod transfer;
mod work;

use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement};

pub use self::state::MyLibrary;
use self::{songs::Songs, work::Work};
use crate::web::platform::{gather, page};

/// Of the library's part of the page.
pub const ID: &str = "mine";
const FILES_ID: &str = "mine-files";
const FOLDER_ID: &str = "mine-folder";

/// Whether something happens on the library's part of the page.
pub fn is_inside(event: &web_sys::Event) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.closest(&format!("#{ID}")).ok().flatten().is_some())
}

/// The library's part of the page.
#[component]
pub fn Mine() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    view! {
        <section class="mine" id=ID tabindex="-1" aria-labelledby="mine-title">
            <h2 class="mine__title" id="mine-title">"My library"</h2>
            <p class="mine__lead">
                "Let the page get to know your own music, and find songs that are built alike in it as well. Your files \
                 stay where they are: the page keeps title, artist and five numbers a song, in this browser only."
            </p>
            <Ways/>
            {move || library.notice.get().map(|words| view! {
                <p class="notice mine__notice" id="mine-notice" role="alert">{words}</p>
            })}
            <LeftOver/>
            <Work/>
            <p class="mine__said" id="mine-said" role="status">{move || library.said.get()}</p>
            <Songs/>
        </section>
    }
}

/// How music gets into the library.
#[component]
fn Ways() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let take = move |event: ev::Event| {
        let input: HtmlInputElement = event_target(&event);
        let found = gather::take_chosen(&input);
        library.add(found);
    };
    let add_folder = move |_| library.add_folder(|| page::click(FOLDER_ID));
    let has_song = library.studio.has_song();
    view! {
        <div class="choices mine__ways">
            <span class="picker">
                <input
                    class="picker__input" id=FILES_ID type="file" multiple accept="audio/*,.flac,.ogg,.opus,.m4a"
                    on:change=take
                />
                <label class="button button--quiet" for=FILES_ID>"Add songs"</label>
            </span>
            <button class="button button--quiet" id="mine-add-folder" type="button" on:click=add_folder>
                "Add a folder"
            </button>
            <Show when=move || has_song.get()>
                <button class="button button--quiet" id="mine-keep" type="button" on:click=move |_| library.keep_song()>
                    "Add the song above"
                </button>
            </Show>
            <input class="mine__hidden" id=FOLDER_ID type="file" multiple prop:webkitdirectory=true aria-label="Folder" hidden on:change=take/>
        </div>
    }
}

/// What an earlier visit did not get done.
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
            <div class="mine__left" id="mine-left">
                {(!ready.is_empty()).then(|| view! {
                    <p>{counted(ready.len())} " from your last visit " {are(ready.len())} " still to be looked at."</p>
                })}
                {(!lost.is_empty()).then(|| view! {
                    <p>
                        "Your last visit ended before " {counted(lost.len())} " could be looked at. This browser cannot \
                         find files again by itself: please add them, or their folder, once more."
                    </p>
                    <details class="mine__names">
                        <summary>"Which"</summary>
                        <ul>{names}</ul>
                    </details>
                })}
                <div class="choices">
                    {(!ready.is_empty()).then(|| view! {
                        <button class="button button--quiet" id="mine-resume" type="button" on:click=move |_| library.resume()>
                            "Go on"
                        </button>
                    })}
                    <button class="button button--quiet" id="mine-forget" type="button" on:click=move |_| library.forget_left_over()>
                        "Forget them"
                    </button>
                </div>
            </div>
        })
    }
}

/// "one song", "12 songs".
fn counted(count: usize) -> String {
    match count {
        1 => "one song".to_owned(),
        count => format!("{count} songs"),
    }
}

fn are(count: usize) -> &'static str {
    match count {
        1 => "is",
        _ => "are",
    }
}
