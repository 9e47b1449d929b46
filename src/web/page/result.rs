//! The result: a row for each source with its share, its lane and its buttons, and the player under them.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    format,
    icons::NextSign,
    job::AnalysedSong,
    lane::Lane,
    mixer::{Mixer, MuteButton, SoloButton},
    player::PlayerState,
    practise::Practise,
    shortcuts::{self, Keys},
    spectrogram::Spectrograms,
    start::FilePicker,
    stem_progress::StemsMade,
    timeline::Timeline,
    toolbar::Toolbar,
    words,
};
use crate::{
    source::Source,
    web::platform::{clock, page},
};

const TITLE_ID: &str = "result-title";

/// The song's composition.
#[component]
pub fn Composition(
    /// The song and its analysis.
    song: Arc<AnalysedSong>,
) -> impl IntoView {
    shortcuts::listen(Arc::clone(&song));
    let parts = Source::ALL.map(|source| view! { <Part song=Arc::clone(&song) source=source/> });
    // Once it is in the document, the keyboard focus goes to the result.
    clock::after_millis(0, || page::focus(TITLE_ID));
    view! {
        <section class="composition" aria-labelledby=TITLE_ID>
            <Head song=Arc::clone(&song)/>
            <div class="player">
                <ul class="parts">{parts}</ul>
                <Timeline song=Arc::clone(&song)/>
                <StemsMade/>
                <Practise/>
                <Toolbar song=Arc::clone(&song)/>
            </div>
            <div class="folds">
                <Mixer/>
                <Spectrograms/>
                <Keys/>
                <InWords song=song/>
            </div>
        </section>
    }
}

/// Title and artist, the file's name, and what the visitor should know about the result.
#[component]
fn Head(song: Arc<AnalysedSong>) -> impl IntoView {
    let duration_secs = f64::from(song.analysis.duration_secs);
    let artist = song.names.artist.clone();
    view! {
        <div class="composition__head">
            <div>
                <h1 id=TITLE_ID tabindex="-1">{song.names.title.clone()}</h1>
                {artist.map(|artist| view! { <p class="composition__artist">{artist}</p> })}
                <p class="composition__file" id="file-name">{song.name.clone()}</p>
            </div>
            <FilePicker id="file" label="Another song" class="button button--quiet"/>
        </div>
        {song.is_cut_off.then(|| view! {
            <p class="notice" id="cut-off">
                {words::CUT_OFF} ". This is what could be read of it: "
                {format::clock(duration_secs)} " of sound."
            </p>
        })}
        {song.opened.notice.clone().map(|notice| view! { <p class="notice" id="device-notice">{notice}</p> })}
        {song.is_restored.then(|| view! {
            <p class="notice" id="restored">
                "This is the analysis from your last visit. The page keeps no sound: to listen, choose the file again."
            </p>
        })}
    }
}

#[component]
fn Part(song: Arc<AnalysedSong>, source: Source) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let share = song.analysis.prominence[source];
    let is_silent = move || player.gains()[source] == 0.0;
    let part = &song.analysis.parts[source];
    let ranges_secs = part.ranges_secs.clone();
    let label = format!(
        "When you can hear the {}: {}",
        format::spoken(source),
        format::ranges(&ranges_secs)
    );
    let duration_secs = f64::from(song.analysis.duration_secs);
    view! {
        <li
            class=format!("part part--{source}") id=format!("part-{source}") class:part--silent=is_silent
        >
            <div class="part__buttons">
                <SoloButton source=source ranges_secs=ranges_secs.clone()/>
                <MuteButton source=source/>
            </div>
            <h2 class="part__name">{format::title(source)}</h2>
            <NextPassage source=source ranges_secs=ranges_secs.clone()/>
            <p class="part__share" data-prominence=share.to_string()>
                {format::percent(share)}<span class="part__unit">"%"</span>
            </p>
            <div class="bar" aria-hidden="true">
                <div class="bar__fill" style:width=format!("{}%", share * 100.0)></div>
            </div>
            <Lane
                source=Some(source) ranges_secs=ranges_secs levels=part.levels.clone() label=label
                duration_secs=duration_secs
            />
        </li>
    }
}

/// Moves the playhead to where the source plays next, if it ever plays.
#[component]
fn NextPassage(source: Source, ranges_secs: Vec<[f32; 2]>) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let label = format!(
        "Jump to where the {} next starts playing",
        format::spoken(source)
    );
    let has_any = !ranges_secs.is_empty();
    has_any.then(|| view! {
        <button
            class="next" type="button" id=format!("next-{source}") aria-label=label.clone() title=label
            on:click=move |_| player.seek_next(&ranges_secs)
        >
            <NextSign/>
        </button>
    })
}

/// The timeline as a table.
#[component]
fn InWords(song: Arc<AnalysedSong>) -> impl IntoView {
    let rows = Source::ALL.map(|source| {
        let part = &song.analysis.parts[source];
        view! {
            <tr>
                <th scope="row">{format::title(source)}</th>
                <td>{format::percent(song.analysis.prominence[source])} " %"</td>
                <td>{format::ranges(&part.ranges_secs)}</td>
            </tr>
        }
    });
    view! {
        <details class="fold words">
            <summary>"As a table"</summary>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"Instrument"</th>
                        <th scope="col">"Share of the song"</th>
                        <th scope="col">"Plays"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </details>
    }
}
