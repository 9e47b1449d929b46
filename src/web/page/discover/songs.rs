//! The list, and how it was chosen.

use leptos::prelude::*;

use super::{
    Discovery,
    no_results::Nothing,
    results::Results,
    song::{Entry, likeness_percent, song},
};
use crate::{
    catalogue::{Order, Pool, Query, RankBy, SearchScope},
    source::Source,
    web::page::{format, words},
};

/// Longest list that is put on the page; the saved ones are whole.
const MAX_ROWS: usize = 100;

/// Explanation, key and rows, or why there are none.
#[component]
pub fn Songs(
    /// The list.
    results: Results,
) -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let rows = move || {
        let (query, query_word) = (discovery.query()?, discovery.query_word());
        let pool = results.pool.get();
        let shown = results.shown.get();
        let is_by_likeness = results
            .refinement
            .with(|refinement| refinement.order == Order::Likeness);
        let mut last_percent = 0;
        let entries = shown.iter().take(MAX_ROWS).filter_map(|&one| {
            let track = pool.get(one.index)?.clone();
            let is_mine = pool.is_mine(one.index);
            let percent = likeness_percent(&one, &query);
            let is_step = is_by_likeness && last_percent > 0 && percent > last_percent;
            last_percent = percent;
            Some(song(Entry {
                track,
                found: one,
                percent,
                query,
                query_word,
                is_mine,
                is_step,
            }))
        });
        Some(entries.collect::<Vec<_>>())
    };
    let explanation = move || explanation(discovery, results);
    let is_any = Memo::new(move |_| !results.shown.with(Vec::is_empty));
    view! {
        <p class="similar__how" id="how" role="status">{explanation}</p>
        <Show when=move || discovery.preview_failed.get()>
            <p class="notice" id="preview-notice" role="status">"This preview could not be played."</p>
        </Show>
        <Show when=move || is_any.get() fallback=move || view! { <Nothing results=results/> }>
            <p class="key" aria-hidden="true">
                <span class="key__theirs"></span> "that song"
                <span class="key__yours"></span> {move || discovery.query_word()}
            </p>
        </Show>
        <ol class="songs" id="songs">{rows}</ol>
        {move || rest(results.shown.with(Vec::len))}
    }
}

/// What a long list leaves out.
fn rest(count: usize) -> Option<impl IntoView> {
    let left_out = count
        .checked_sub(MAX_ROWS)
        .filter(|&left_out| left_out > 0)?;
    Some(view! {
        <p class="similar__how" id="rest">
            {format!("And {left_out} more: a saved list has all {count}.")}
        </p>
    })
}

fn explanation(discovery: Discovery, results: Results) -> String {
    let near = results.pool.with(Pool::len);
    // Of a large catalogue the pool holds the nearest songs; one's own are few beside it.
    let all = results
        .all
        .filter(|_| discovery.scope.get() != Some(SearchScope::Mine));
    let count = all.map_or(near, |all| all.max(near));
    if count == 0 {
        return "The catalogue is empty: there is nothing to recommend yet.".to_owned();
    }
    let Some(query) = discovery.query() else {
        return "Choose a song to compare with, or set the sliders.".to_owned();
    };
    let how = how(&query);
    let searched = if near < count {
        format!(" Filters look through the {near} closest.")
    } else {
        String::new()
    };
    format!("From {count} songs, {how}.{searched}")
}

/// How a list is ordered, in words that follow "From 400 songs, ".
fn how(query: &Query) -> String {
    let mut chosen = Source::ALL
        .into_iter()
        .filter(|source| query.weights[*source] > 0.0);
    let (first, count) = (chosen.next(), query.chosen_count());
    match (first, count) {
        (None, _) => "choose at least one instrument to compare by".to_owned(),
        (Some(source), 1) => format!(
            "those in which you hear the {} {}",
            format::spoken(source),
            words::HOW_BY_ONE
        ),
        _ if query.rank_by == RankBy::Amounts => {
            format!("those that come {}", words::HOW_BY_AMOUNTS)
        }
        (_, Source::COUNT) => {
            "those with the most similar mix of instruments; the percentage says how close the amounts are".to_owned()
        }
        _ => "those with the most similar mix of these instruments; the percentage says how close the amounts are"
            .to_owned(),
    }
}
