//! Searching without a song: the link on the first view, and the view itself.

use leptos::prelude::*;

use super::{Discovery, Similar, query::Shares};
use crate::{
    catalogue::SharedSearch,
    web::{
        page::{
            catalogue::{CatalogueState, CatalogueStore},
            route::{Route, Router},
            session::Session,
            start::FilePicker,
        },
        platform::{clock, page, share},
    },
};

const TITLE_ID: &str = "search-title";
/// How long the search rests before it is written into the address.
const ADDRESS_MILLIS: u32 = 400;

/// Leads to the search, for visitors without a song.
#[component]
pub fn Invitation() -> impl IntoView {
    let session = expect_context::<Session>();
    let discovery = expect_context::<Discovery>();
    let begin = move |_| {
        session.leave_view();
        discovery.query_by_hand();
    };
    view! {
        <p class="invitation">
            "No song at hand? "
            <button class="linklike" id="by-hand" type="button" on:click=begin>"Say what you want to hear"</button>
        </p>
    }
}

/// Sliders on top, and the songs that match them.
#[component]
pub fn Search() -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let router = expect_context::<Router>();
    // The button that began this is gone: the keyboard focus goes to the title.
    clock::after_millis(0, || page::focus(TITLE_ID));
    keep_in_address(discovery);
    let leave = move |_| {
        discovery.clear();
        router.go(Route::Start);
        clock::after_millis(0, || page::focus("main"));
    };
    view! {
        <section class="search" aria-labelledby=TITLE_ID>
            <div class="composition__head">
                <div>
                    <p class="eyebrow">"Search without a song"</p>
                    <h1 id=TITLE_ID tabindex="-1">"What do you want to hear?"</h1>
                </div>
                <div class="choices">
                    <FilePicker id="file" label="Use a song instead"/>
                    <button class="button button--quiet" id="leave-search" type="button" on:click=leave>"Back"</button>
                </div>
            </div>
            <p class="lead">"Lots of guitar, no piano? Set how much of the time you want to hear each instrument, and switch off the ones that \
                 do not matter to you."</p>
            <div class="search__shares"><Shares/></div>
        </section>
        <Similar/>
    }
}

/// Keeps the search in the page's address, so that a reload brings it back.
fn keep_in_address(discovery: Discovery) {
    let catalogue = expect_context::<CatalogueStore>();
    let latest = StoredValue::new(0_u32);
    Effect::new(move |_| {
        let CatalogueState::Ready(collection) = catalogue.state.get() else {
            return;
        };
        let Some(shared) = discovery.shared(collection.model_id(), None) else {
            return;
        };
        latest.update_value(|latest| *latest += 1);
        let ticket = latest.get_value();
        // A slider in motion changes the search at every step: only where it rests is it written down.
        clock::after_millis(ADDRESS_MILLIS, move || {
            let fragment = shared.to_fragment();
            if latest.try_get_value() == Some(ticket) && !is_in_address(&fragment) {
                share::set_fragment(&fragment);
            }
        });
    });
}

/// Whether the address holds this search already, with a name or without one.
fn is_in_address(fragment: &str) -> bool {
    let Ok(Some(present)) = SharedSearch::from_fragment(&share::fragment()) else {
        return false;
    };
    let nameless = SharedSearch {
        name: None,
        ..present
    };
    nameless.to_fragment() == fragment
}

/// Why a shared link could not be opened.
#[component]
pub fn LinkTrouble() -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    move || {
        discovery.link_trouble.get().map(|message| view! {
            <div class="trouble" id="link-trouble" role="alert">
                <p class="trouble__message">{message}</p>
                <p class="trouble__next">"You can drop a song instead, or say what you want to hear."</p>
            </div>
        })
    }
}
