//! The queue as the visitor sees it: progress, skipped files and why, pause and stop.

use leptos::prelude::*;

use super::state::{MyLibrary, QueueProgress, QueueState, SkippedFile};
use crate::web::page::{format, words};

/// Progress, pause, stop, and skipped files.
#[component]
pub fn Work() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let is_on = Memo::new(move |_| library.progress.with(|progress| progress.current.is_some()));
    view! {
        <Show when=move || is_on.get()>
            <Underway/>
        </Show>
        <Skipped/>
    }
}

#[component]
fn Underway() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let share = Memo::new(move |_| library.progress.with(share));
    let line = Memo::new(move |_| library.progress.with(line));
    let left = Memo::new(move |_| library.progress.with(left));
    view! {
        <div class="library__work" id="library-work">
            <p class="library__line" id="library-line">{line}</p>
            <div
                class="meter" role="progressbar" aria-label="Library" aria-valuemin="0" aria-valuemax="100"
                aria-valuenow=move || format::percent(share.get())
            >
                <div class="meter__fill" style:width=move || format!("{}%", share.get() * 100.0)></div>
            </div>
            <div class="working__line">
                <p class="working__left" id="library-time">{left}</p>
                <button class="button button--quiet" id="library-pause" type="button" on:click=move |_| library.toggle_pause()>
                    {move || if library.is_paused.get() { "Go on" } else { "Pause" }}
                </button>
                <button class="button button--quiet" id="library-cancel" type="button" on:click=move |_| library.cancel()>
                    "Stop"
                </button>
            </div>
        </div>
    }
}

fn settled(progress: &QueueProgress) -> usize {
    progress.done + progress.known + progress.skipped.len()
}

/// Of all files since the work began.
fn share(progress: &QueueProgress) -> f32 {
    let settled = settled(progress);
    let all = settled + 1 + progress.waiting;
    (settled as f32 + progress.fraction) / all as f32
}

fn line(progress: &QueueProgress) -> String {
    let settled = settled(progress);
    let all = settled + 1 + progress.waiting;
    let name = progress.current.as_deref().unwrap_or_default();
    match progress.state {
        QueueState::Working => format!("{} of {all}: {name}", settled + 1),
        QueueState::Paused => format!("{}, {settled} of {all} done", words::PAUSED),
        QueueState::GivingWay => {
            format!("Waiting for the song above, {settled} of {all} done")
        }
    }
}

fn left(progress: &QueueProgress) -> String {
    match (progress.state, progress.secs_a_song) {
        (QueueState::Working, Some(secs)) => {
            let songs = progress.waiting as f64 + 1.0 - f64::from(progress.fraction);
            format::time_left((secs * songs) as f32)
        }
        _ => String::new(),
    }
}

#[component]
fn Skipped() -> impl IntoView {
    let library = expect_context::<MyLibrary>();
    let count = Memo::new(move |_| library.progress.with(|progress| progress.skipped.len()));
    let row = |skipped: &SkippedFile| {
        view! {
            <li>
                <span class="library__file">{skipped.file.name().to_owned()}</span>
                " " {skipped.reason.clone()}
            </li>
        }
    };
    move || {
        // The rows change with their number only; the rest of the progress does not concern them.
        let count = count.get();
        let rows: Vec<_> = library
            .progress
            .with_untracked(|progress| progress.skipped.iter().map(row).collect());
        (count > 0).then(|| view! {
            <details class="library__skipped" id="library-skipped" open>
                <summary>{count} " skipped"</summary>
                <ul>{rows}</ul>
                <button class="button button--quiet" id="library-retry" type="button" on:click=move |_| library.retry()>
                    "Try again"
                </button>
            </details>
        })
    }
}
