//! L7: searching without a song: the way in from the first view, and the view itself.

use leptos::prelude::*;

use super::{Discovery, Similar, wanted::Shares};
use crate::web::{
    page::{
        intake::FilePicker,
        studio::{Phase, Studio},
    },
    platform::{clock, page},
};

const TITLE_ID: &str = "search-title";

/// For those who have no song at hand.
#[component]
pub fn Invitation() -> impl IntoView {
    let studio = expect_context::<Studio>();
    let discovery = expect_context::<Discovery>();
    let begin = move |_| {
        discovery.ask_by_hand();
        studio.phase.set(Phase::Idle);
    };
    view! {
        <p class="invitation">
            "No song at hand? "
            <button class="linklike" id="by-hand" type="button" on:click=begin>"Say what you want to hear"</button>
        </p>
    }
}

/// Sliders on top, and the songs that answer them.
#[component]
pub fn Search() -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    // The button that began this is gone: the reader goes on at the title.
    clock::after_millis(0, || page::focus(TITLE_ID));
    let leave = move |_| {
        discovery.forget();
        clock::after_millis(0, || page::focus("main"));
    };
    view! {
        <section class="search" aria-labelledby=TITLE_ID>
            <div class="composition__head">
                <div>
                    <p class="eyebrow">"Without a file"</p>
                    <h1 id=TITLE_ID tabindex="-1">"What do you want to hear?"</h1>
                </div>
                <div class="choices">
                    <FilePicker id="file" label="Use a song instead"/>
                    <button class="button button--quiet" id="leave-search" type="button" on:click=leave>"Back"</button>
                </div>
            </div>
            <p class="lead">"Much guitar, no piano? Say how much of the time each should play, and switch off below what you do not care about."</p>
            <div class="search__shares"><Shares/></div>
        </section>
        <Similar/>
    }
}

/// Why a link led nowhere.
#[component]
pub fn LinkTrouble() -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    move || {
        discovery.link_trouble.get().map(|message| view! {
            <div class="trouble" id="link-trouble" role="alert">
                <p class="trouble__message">{message}</p>
                <p class="trouble__next">"A song of your own will do, or say what you want to hear."</p>
            </div>
        })
    }
}
