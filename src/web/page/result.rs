//! The result: a row for each source with its share, its lane and its buttons, and the player under them.

use std::sync::Arc;

use leptos::prelude::*;

use super::{
    format,
    icons::NextSign,
    job::AnalysedSong,
    lane::Lane,
    mixer::{Mixer, MuteButton, SoloButton},
    next_task::NextTask,
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
    model::{Certainty, Interval},
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
                <NextTask><Practise/></NextTask>
                <Toolbar song=Arc::clone(&song)/>
            </div>
            <div class="folds">
                <NextTask>
                    <Mixer/>
                    <Spectrograms/>
                    <Keys/>
                    <InWords song=Arc::clone(&song)/>
                </NextTask>
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
    let interval = song.analysis.interval(source);
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
            <Share share=share interval=interval/>
            <div class="part__under-name">
                <ShareBar share=share interval=interval/>
                {format::contents(source).map(|contents| view! { <p class="part__contents">{contents}</p> })}
            </div>
            <Lane
                source=Some(source) ranges_secs=ranges_secs levels=part.levels.clone() label=label
                duration_secs=duration_secs
            />
        </li>
    }
}

/// The percentage, and the range in which the truth may lie, where that is wide.
#[component]
fn Share(share: f32, interval: Option<Interval>) -> impl IntoView {
    let range = interval.and_then(|interval| {
        let word = interval.certainty().word()?;
        let percent = interval.percent();
        let meaning = format!("In most songs with this result, the truth is {percent}");
        Some(view! {
            <span class="part__range" title=meaning>{word} " " <span>{percent.clone()}</span></span>
        })
    });
    let is_unsure = interval.is_some_and(|interval| interval.certainty() == Certainty::Unsure);
    view! {
        <p class="part__share" class:part__share--unsure=is_unsure data-prominence=share.to_string()>
            {format::percent(share)} <span class="part__unit">"%"</span> " " {range}
        </p>
    }
}

/// A bar as long as the share. Where the truth may be far from it, the bar is solid up to the range's lower end and faint up
/// to its upper one, with a mark at the share.
#[component]
fn ShareBar(share: f32, interval: Option<Interval>) -> impl IntoView {
    let range = interval.filter(|interval| interval.certainty() != Certainty::Sure);
    let percent = |share: f32| format!("{:.1}%", share * 100.0);
    let solid = range.map_or(share, |range| range.from);
    view! {
        <div class="bar" aria-hidden="true">
            <div class="bar__fill" style:width=percent(solid)></div>
            {range.map(|Interval { from, to }| view! {
                <div class="bar__range" style:left=percent(from) style:width=percent(to - from)></div>
                <div class="bar__mark" style:left=percent(share)></div>
            })}
        </div>
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
        let range = song.analysis.interval(source).and_then(Interval::words);
        view! {
            <tr>
                <th scope="row">{format::full_title(source)}</th>
                <td>
                    {format::percent(song.analysis.prominence[source])} " %"
                    {range.map(|range| format!(", {range}"))}
                </td>
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
            {song.analysis.prominence_intervals.map(|_| view! {
                <p class="words__how">
                    "Likely or unsure: in four of five songs with such a result, the instrument really plays for a share \
                     in the range that follows."
                </p>
            })}
        </details>
    }
}
