//! One song of the list: its name, how it compares, and, on demand, why it is there.

use leptos::{either::Either, prelude::*};

use super::{Discovery, results::TITLE_ID};
use crate::{
    catalogue::{Preference, Query, Recommendation, Track, compare},
    source::{PerSource, Source},
    web::{
        page::{format, icons::PlaySign, words},
        platform::page,
    },
};

/// What a row shows.
#[derive(Clone)]
pub struct Entry {
    /// The song.
    pub track: Track,
    /// How well it matches.
    pub found: Recommendation,
    /// How alike it is, in percent: [`likeness_percent`].
    pub percent: u32,
    /// What it is compared with.
    pub query: Query,
    /// What to call that.
    pub query_word: &'static str,
    /// Whether it is the visitor's own.
    pub is_mine: bool,
    /// Whether its mix is less alike than that of the songs above it, though its amounts may be closer: a step of the
    /// list, within which songs stand in the order of their amounts.
    pub is_step: bool,
}

/// A row of the list.
pub fn song(entry: Entry) -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let Entry {
        track,
        found,
        percent,
        is_step,
        ..
    } = entry.clone();
    let is_explained = move || discovery.explained.get() == Some(found.index);
    let why_id = format!("why-{}", found.index);
    let summary = details(&entry);
    view! {
        <li class="song" data-id=track.id.clone() data-step=is_step.then_some(words::LESS_ALIKE)>
            {preview_button(&track)}
            <div class="song__what">
                <h3 class="song__title">{title(&track)}</h3>
                <p class="song__artist">{track.artist.clone()}</p>
                <p class="song__details">{summary}</p>
            </div>
            {profile(&entry)}
            <p class="song__score" data-score=found.score.to_string()>
                <span class="song__number">{percent}" %"</span>
                <span class="song__unit">"alike"</span>
            </p>
            {why_button(discovery, &entry)}
            <div class="song__reasons" id=why_id hidden=move || !is_explained()>
                {move || is_explained().then(|| reasons(entry.clone()))}
            </div>
        </li>
    }
}

/// Length, album, the host that its title links to, licence, and whether it is the visitor's own.
fn details(entry: &Entry) -> String {
    let track = &entry.track;
    let parts = [
        Some(format::clock(track.duration_secs.into())),
        track.album.clone(),
        track
            .url
            .as_deref()
            .and_then(format::host)
            .map(str::to_owned),
        track.licence.clone(),
        entry.is_mine.then(|| "my songs".to_owned()),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    parts.join(" · ")
}

/// Unfolds the reasons, and folds those of another song.
fn why_button(discovery: Discovery, entry: &Entry) -> impl IntoView + use<> {
    let index = entry.found.index;
    let label = format!("Why is {} in this list?", entry.track.title);
    let toggle = move |_| {
        discovery
            .explained
            .update(|explained| *explained = (*explained != Some(index)).then_some(index));
    };
    view! {
        <button
            class="song__why" type="button" aria-label=label aria-controls=format!("why-{index}")
            aria-expanded=move || (discovery.explained.get() == Some(index)).to_string() on:click=toggle
        >
            "Why?"
        </button>
    }
}

/// The song's title, with a link to its page if it has one.
pub fn title(track: &Track) -> impl IntoView + use<> {
    match track.url.clone() {
        Some(url) => Either::Left(view! {
            <a href=url target="_blank" rel="noopener noreferrer">{track.title.clone()}</a>
        }),
        None => Either::Right(track.title.clone()),
    }
}

/// Plays the song's preview, where it has one.
fn preview_button(track: &Track) -> Option<impl IntoView + use<>> {
    let discovery = expect_context::<Discovery>();
    let url = track.preview.clone()?;
    let label = format!("Play a preview of {}", track.title);
    let is_playing = {
        let url = url.clone();
        Memo::new(move |_| {
            discovery
                .preview
                .with(|playing| playing.as_deref() == Some(url.as_str()))
        })
    };
    Some(view! {
        <button
            class="song__play" type="button" aria-label=label
            aria-pressed=move || is_playing.get().to_string()
            on:click=move |_| discovery.toggle_preview(&url)
        >
            <PlaySign is_playing=is_playing/>
        </button>
    })
}

/// Both songs' shares, side by side.
fn profile(entry: &Entry) -> impl IntoView + use<> {
    const HEIGHT: f32 = 36.0;
    const PITCH: f32 = 20.0;
    let (theirs, query) = (entry.track.prominence, entry.query.prominence);
    let (weights, query_word) = (entry.query.weights, entry.query_word);
    let bars = Source::ALL.map(|source| {
        let x = source.index() as f32 * PITCH;
        let height = |share: f32| 1.0 + share.clamp(0.0, 1.0) * (HEIGHT - 1.0);
        let (their_height, query_height) = (height(theirs[source]), height(query[source]));
        let class = match weights[source] > 0.0 {
            true => "profile__source",
            false => "profile__source profile__source--off",
        };
        view! {
            <g class=class>
                <rect class=format!("fill-{source}") x=x + 1.0 width="9" y=HEIGHT - their_height height=their_height/>
                <rect class="profile__yours" x=x + 10.0 width="5" y=HEIGHT - query_height height=query_height/>
                <text class="profile__letter" x=x + 8.0 y=HEIGHT + 10.0>{&format::title(source)[..1]}</text>
            </g>
        }
    });
    let share = |(source, &share): (Source, &f32)| {
        format!(
            "{source} {} percent, {query_word} {}",
            format::percent(share),
            format::percent(query[source])
        )
    };
    let label = theirs.iter().map(share).collect::<Vec<_>>().join("; ");
    view! {
        <svg class="profile" viewBox="0 0 100 48" role="img" aria-label=label>
            <line class="profile__ground" x1="0" x2="97" y1=HEIGHT y2=HEIGHT/>
            {bars}
        </svg>
    }
}

/// Why the song is there, and the searches that start from it.
fn reasons(entry: Entry) -> impl IntoView {
    let Entry {
        track,
        query,
        query_word,
        ..
    } = entry;
    let sentences: Vec<_> = compare(&query, &track.prominence)
        .sentences(query_word)
        .into_iter()
        .map(|sentence| view! { <p>{sentence}</p> })
        .collect();
    let lines = Source::ALL.map(|source| line(source, track.prominence, &query));
    view! {
        {sentences}
        <table class="versus">
            <thead>
                <tr><th scope="col">"Instrument"</th><th scope="col">"That song"</th><th scope="col">{capital(query_word)}</th></tr>
            </thead>
            <tbody>{lines}</tbody>
        </table>
        {actions(track)}
    }
}

fn line(source: Source, theirs: PerSource<f32>, query: &Query) -> impl IntoView + use<> {
    let weight = query.weights[source];
    let cell = |share: f32, class: &'static str| {
        view! {
            <td>
                <span class="versus__bar" aria-hidden="true">
                    <span class=class style:width=format!("{}%", share * 100.0)></span>
                </span>
                {format::percent(share)} " %"
            </td>
        }
    };
    view! {
        <tr class=format!("versus__row text-{source}") class:versus__row--off={weight <= 0.0}>
            <th scope="row">{format::full_title(source)}</th>
            {cell(theirs[source], "versus__theirs")}
            {cell(query.prominence[source], "versus__query")}
        </tr>
    }
}

/// The searches that start from a song.
pub fn actions(track: Track) -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let tracks = [track.clone(), track.clone(), track];
    let [alike, added, taken] = tracks;
    // The row is another one now: the keyboard focus goes to the list's title.
    let moved_on = || page::focus(TITLE_ID);
    view! {
        <div class="choices">
            <button class="button button--small" type="button" data-act="alike" on:click=move |_| {
                discovery.query_like(&alike);
                moved_on();
            }>"More like this"</button>
            <button class="button button--quiet button--small" type="button" data-act="add" on:click=move |_| {
                discovery.add(&added, Preference::Like);
                moved_on();
            }>"Add to the search"</button>
            <button class="button button--quiet button--small" type="button" data-act="take" on:click=move |_| {
                discovery.add(&taken, Preference::Unlike);
                moved_on();
            }>"Less like this"</button>
        </div>
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// How alike the songs are, in percent; only equal songs have 100.
pub fn likeness_percent(found: &Recommendation, query: &Query) -> u32 {
    (found.likeness(query) * 100.0).floor() as u32
}
