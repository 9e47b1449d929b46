//! The list when no song passes: which filters to relax, and how many songs that brings back.

use leptos::prelude::*;

use super::{Discovery, results::Results};
use crate::{
    catalogue::{Filter, Refinement, relaxations},
    web::page::words,
};

/// Says which filter excludes all songs.
#[component]
pub fn Nothing(
    /// What was looked through.
    results: Results,
) -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    move || {
        let query = discovery.query().filter(|query| query.chosen_count() > 0)?;
        let pool = Some(results.pool.get()).filter(|pool| !pool.is_empty())?;
        let refinement = results.refinement.get();
        let ways = discovery
            .examples
            .with(|examples| relaxations(&pool, &query, examples, &refinement));
        let advice = match ways.is_empty() {
            true => "No single filter is the cause: together they leave nothing.",
            false => "Remove one of these filters:",
        };
        let ways: Vec<_> = ways
            .into_iter()
            .map(|(filter, count)| way(discovery, filter, count, &refinement))
            .collect();
        Some(view! {
            <div class="nothing" id="nothing" role="status">
                <h3 class="nothing__title">{words::NOTHING_PASSES}</h3>
                <p>{advice}</p>
                <ul class="choices">
                    {ways}
                    <li>
                        <button
                            class="button button--quiet button--small" id="start-over" type="button"
                            on:click=move |_| discovery.refinement.set(Refinement::default())
                        >
                            "Remove all filters"
                        </button>
                    </li>
                </ul>
            </div>
        })
    }
}

fn way(
    discovery: Discovery,
    filter: Filter,
    count: usize,
    refinement: &Refinement,
) -> impl IntoView + use<> {
    let wish = match filter {
        Filter::Text => format!("the words “{}”", refinement.text.trim()),
        Filter::Licence => format!(
            "the licence {}",
            refinement.licence.as_deref().unwrap_or_default()
        ),
        Filter::Duration => "the length".to_owned(),
        Filter::Previews => "only songs you can play here".to_owned(),
        Filter::Tempo => "the tempo".to_owned(),
        Filter::Key => "the key".to_owned(),
        Filter::Likeness => "how alike they must be".to_owned(),
        Filter::Query => "leaving out the songs I search by".to_owned(),
    };
    let songs = match count {
        1 => "1 song".to_owned(),
        count => format!("{count} songs"),
    };
    view! {
        <li>
            <button
                class="button button--small" type="button" data-filter=format!("{filter:?}")
                on:click=move |_| discovery.refinement.update(|now| *now = now.without(filter))
            >
                {wish} ": " {songs}
            </button>
        </li>
    }
}
