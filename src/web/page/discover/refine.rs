//! Sliders, weights and filters of the list, behind one disclosure.

use leptos::prelude::*;

use super::{filters::Filters, query::Shares, results::Results, weights::Weights};
use crate::web::page::route::{Route, Router};

/// The disclosure.
#[component]
pub fn Refine(
    /// What is shown.
    results: Results,
) -> impl IntoView {
    // A search without a song has its sliders on top already.
    let router = expect_context::<Router>();
    view! {
        <details class="refine" id="refine">
            <summary class="refine__summary">"Refine"</summary>
            <div class="refine__groups">
                <Show when=move || router.route.get() == Route::Song>
                    <fieldset class="refine__group">
                        <legend>"What to look for"</legend>
                        <Shares/>
                    </fieldset>
                </Show>
                <fieldset class="refine__group">
                    <legend>"How much each instrument counts"</legend>
                    <Weights/>
                </fieldset>
                <fieldset class="refine__group">
                    <legend>"Which songs"</legend>
                    <Filters results=results/>
                </fieldset>
            </div>
        </details>
    }
}
