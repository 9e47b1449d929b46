//! L7: what changes the list beyond the switches, behind one disclosure.

use leptos::prelude::*;

use super::{filters::Filters, similar::Found, wanted::Shares, weights::Weights};
use crate::web::page::studio::Studio;

/// The disclosure and what it holds.
#[component]
pub fn Refine(
    /// What is shown.
    found: Found,
) -> impl IntoView {
    // A search without a song has its sliders on top already.
    let has_song = expect_context::<Studio>().has_song();
    view! {
        <details class="refine" id="refine">
            <summary class="refine__summary">"Refine"</summary>
            <div class="refine__groups">
                <Show when=move || has_song.get()>
                    <fieldset class="refine__group">
                        <legend>"What to look for"</legend>
                        <Shares/>
                    </fieldset>
                </Show>
                <fieldset class="refine__group">
                    <legend>"How much each counts"</legend>
                    <Weights/>
                </fieldset>
                <fieldset class="refine__group">
                    <legend>"Which songs"</legend>
                    <Filters found=found/>
                </fieldset>
            </div>
        </details>
    }
}
