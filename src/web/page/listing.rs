//! L7: the songs that are built alike, by the instruments the visitor cares about.

use std::sync::Arc;

use leptos::prelude::*;

use super::{format, job::Outcome, library::Library, studio::Studio};
use crate::{
    catalogue::{self, Catalogue, Recommendation, Track},
    source::{PerSource, Source},
};

/// How many songs are recommended.
const TOP: usize = 10;

/// Switches and list.
#[component]
pub fn Similar(
    /// The song to compare with.
    outcome: Arc<Outcome>,
) -> impl IntoView {
    let studio = expect_context::<Studio>();
    view! {
        <section class="similar" aria-labelledby="similar-title">
            <h2 class="similar__title" id="similar-title">"Songs built alike"</h2>
            {move || match studio.library.get() {
                Library::Loading => view! { <p class="notice">"The catalogue is loading."</p> }.into_any(),
                Library::Unavailable(reason) => view! {
                    <p class="notice" id="catalogue-notice">
                        "There are no recommendations: " {reason} ". What the song is made of holds all the same."
                    </p>
                }.into_any(),
                Library::Ready(catalogue) => view! {
                    <Switches/>
                    <Songs outcome=Arc::clone(&outcome) catalogue=catalogue/>
                }.into_any(),
            }}
        </section>
    }
}

#[component]
fn Switches() -> impl IntoView {
    let studio = expect_context::<Studio>();
    let switches = Source::ALL.map(|source| {
        let is_on = move || studio.chosen.get()[source];
        view! {
            <button
                class=format!("chip chip--{source}") id=format!("switch-{source}") type="button"
                aria-pressed=move || is_on().to_string() on:click=move |_| studio.toggle_source(source)
            >
                <span class="chip__mark" aria-hidden="true"></span>
                {format::title(source)}
            </button>
        }
    });
    view! {
        <div class="switches" role="group" aria-label="Instruments to compare by">
            <span class="switches__label" aria-hidden="true">"Compare by"</span>
            {switches}
        </div>
    }
}

#[component]
fn Songs(outcome: Arc<Outcome>, catalogue: Arc<Catalogue>) -> impl IntoView {
    let studio = expect_context::<Studio>();
    let yours = outcome.analysis.prominence;
    let count = catalogue.tracks.len();
    let rows = move || {
        let query = studio.query(&outcome);
        let chosen = studio.chosen.get();
        let ranked = match chosen.0.contains(&true) {
            true => catalogue::rank(&catalogue, &query, TOP),
            false => Vec::new(),
        };
        let row = |found: Recommendation| {
            let track = &catalogue.tracks[found.index];
            song(track, &found, yours, chosen)
        };
        ranked.into_iter().map(row).collect::<Vec<_>>()
    };
    let explanation = move || explanation(studio.chosen.get(), count);
    view! {
        <p class="similar__how" id="how">{explanation}</p>
        <p class="key" aria-hidden="true">
            <span class="key__theirs"></span> "that song" <span class="key__yours"></span> "yours"
        </p>
        <ol class="songs" id="songs">{rows}</ol>
    }
}

fn explanation(chosen: PerSource<bool>, count: usize) -> String {
    let on = chosen.0.iter().filter(|&&is_on| is_on).count();
    match on {
        _ if count == 0 => "The catalogue is empty: there is nothing to recommend yet.".to_owned(),
        0 => "Choose at least one instrument to compare by.".to_owned(),
        1 => format!(
            "Of {count} songs, those in which it plays for the most similar share of the time."
        ),
        Source::COUNT => {
            format!("Of {count} songs, those whose instruments share the time most similarly.")
        }
        _ => format!(
            "Of {count} songs, those in which these instruments share the time most similarly."
        ),
    }
}

fn song(
    track: &Track,
    found: &Recommendation,
    yours: PerSource<f32>,
    chosen: PerSource<bool>,
) -> impl IntoView + use<> {
    let details: Vec<_> = [
        Some(format::clock(track.duration_secs.into())),
        track.album.clone(),
        track.licence.clone(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let (number, unit) = likeness(found, chosen);
    let title = match track.url.clone() {
        Some(url) => view! { <a href=url target="_blank" rel="noopener noreferrer">{track.title.clone()}</a> }.into_any(),
        None => track.title.clone().into_any(),
    };
    view! {
        <li class="song" data-id=track.id.clone()>
            <div class="song__what">
                <h3 class="song__title">{title}</h3>
                <p class="song__artist">{track.artist.clone()}</p>
                <p class="song__details">{details.join(" · ")}</p>
            </div>
            {profile(track.prominence, yours, chosen)}
            <p class="song__score" data-score=found.score.to_string()>
                <span class="song__number">{number}</span>
                <span class="song__unit">{unit}</span>
            </p>
        </li>
    }
}

/// Both songs' shares, side by side.
fn profile(
    theirs: PerSource<f32>,
    yours: PerSource<f32>,
    chosen: PerSource<bool>,
) -> impl IntoView + use<> {
    const HEIGHT: f32 = 36.0;
    const PITCH: f32 = 20.0;
    let bars = Source::ALL.map(|source| {
        let x = source.index() as f32 * PITCH;
        let height = |share: f32| 1.0 + share.clamp(0.0, 1.0) * (HEIGHT - 1.0);
        let (their_height, your_height) = (height(theirs[source]), height(yours[source]));
        let class = if chosen[source] { "profile__source" } else { "profile__source profile__source--off" };
        view! {
            <g class=class>
                <rect class=format!("fill-{source}") x=x + 1.0 width="9" y=HEIGHT - their_height height=their_height/>
                <rect class="profile__yours" x=x + 10.0 width="5" y=HEIGHT - your_height height=your_height/>
                <text class="profile__letter" x=x + 8.0 y=HEIGHT + 10.0>{&format::title(source)[..1]}</text>
            </g>
        }
    });
    let share = |(source, &share): (Source, &f32)| {
        format!(
            "{source} {} percent, yours {}",
            format::percent(share),
            format::percent(yours[source])
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

/// How like the songs are, in words. By a single source every two songs that have it point the same way, so what
/// tells them apart is the difference. Scores crowd near 100: only equality shows as such.
fn likeness(found: &Recommendation, chosen: PerSource<bool>) -> (String, &'static str) {
    if chosen.0.iter().filter(|&&is_on| is_on).count() == 1 {
        return (format!("{:.1}", found.distance * 100.0), "points apart");
    }
    let tenths = (found.score.clamp(0.0, 1.0) * 1000.0).floor() / 10.0;
    let number = match tenths {
        100.0.. => "100".to_owned(),
        _ => format!("{tenths:.1}"),
    };
    (number, "% alike")
}
