//! L7: the list itself, with a word on how it came about.

use leptos::prelude::*;

use super::{
    Discovery,
    nothing::Nothing,
    similar::Found,
    song::{Entry, song},
};
use crate::{
    catalogue::{Limit, Pool, Recommendation, Shelf},
    source::Source,
};

/// Longest list that is put on the page; the saved ones are whole.
const MAX_ROWS: usize = 100;

/// Explanation, key and rows, or why there are none.
#[component]
pub fn Songs(
    /// What to show.
    found: Found,
) -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let rows = move || {
        let (query, asked_word) = (discovery.query()?, discovery.asked_word());
        let pool = found.pool.get();
        let shown = found.shown.get();
        let entries = shown.iter().take(MAX_ROWS).filter_map(|&one| {
            let track = pool.get(one.index)?.clone();
            let is_mine = pool.is_mine(one.index);
            Some(song(Entry {
                track,
                found: one,
                query,
                asked_word,
                is_mine,
            }))
        });
        Some(entries.collect::<Vec<_>>())
    };
    let explanation = move || explanation(discovery, found);
    let is_any = Memo::new(move |_| !found.shown.with(Vec::is_empty));
    view! {
        <p class="similar__how" id="how" role="status">{explanation}</p>
        <Show when=move || discovery.preview_failed.get()>
            <p class="notice" id="preview-notice" role="status">"This preview could not be played."</p>
        </Show>
        <Show when=move || is_any.get() fallback=move || view! { <Nothing found=found/> }>
            <p class="key" aria-hidden="true">
                <span class="key__theirs"></span> "that song"
                <span class="key__yours"></span> {move || discovery.asked_word()}
            </p>
        </Show>
        <ol class="songs" id="songs">{rows}</ol>
        {move || rest(found.shown.with(Vec::len))}
    }
}

/// What a long list leaves out.
fn rest(count: usize) -> Option<impl IntoView> {
    let left_out = count
        .checked_sub(MAX_ROWS)
        .filter(|&left_out| left_out > 0)?;
    Some(view! {
        <p class="similar__how" id="rest">
            {format!("And {left_out} more: saved lists hold all {count}.")}
        </p>
    })
}

fn explanation(discovery: Discovery, found: Found) -> String {
    let near = found.pool.with(Pool::len);
    // Of a large catalogue the pool holds the nearest songs; one's own are few beside it.
    let all = found.all.filter(|_| discovery.shelf.get() != Shelf::Mine);
    let count = all.map_or(near, |all| all.max(near));
    if count == 0 {
        return "The catalogue is empty: there is nothing to recommend yet.".to_owned();
    }
    if discovery.query().is_none() {
        return "Nothing is asked for: choose a song that the others should be like, or set shares by hand."
            .to_owned();
    }
    let songs = match discovery.refinement.with(|refinement| refinement.limit) {
        Limit::Best(_) => "those",
        Limit::AtLeast(_) => "all",
    };
    let how = match discovery.chosen_count() {
        0 => "Choose at least one instrument to compare by.".to_owned(),
        1 => format!(
            "Of {count} songs, {songs} in which it plays for the most similar share of the time. By one instrument \
             alone every two songs that have it point the same way, so their likeness would be 100 % throughout; \
             what orders this list is how close the shares are."
        ),
        Source::COUNT => {
            format!("Of {count} songs, {songs} whose instruments share the time most similarly.")
        }
        _ => format!(
            "Of {count} songs, {songs} in which these instruments share the time most similarly."
        ),
    };
    if discovery.chosen_count() == 0 {
        return how;
    }
    let has_previews = found
        .shown
        .with(|shown| found.pool.with(|pool| has_previews(pool, shown)));
    let playing = match has_previews {
        true => {
            " Songs with a round button play right here; other titles lead to where the song comes from."
        }
        false => " The titles lead to where the songs come from.",
    };
    let searched = match near < count {
        true => {
            format!(" What is under \u{201c}Refine\u{201d} looks through the {near} nearest.")
        }
        false => String::new(),
    };
    format!("{how}{playing}{searched}")
}

fn has_previews(pool: &Pool, shown: &[Recommendation]) -> bool {
    let mut tracks = shown.iter().filter_map(|found| pool.get(found.index));
    tracks.any(|track| track.preview.is_some())
}
