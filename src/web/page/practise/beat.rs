//! The beat: tempo and bars to correct, click and count-in.

use leptos::prelude::*;

use super::{
    controls::{Choice, Number, Row, Switch, Tool},
    state::Practice,
};
use crate::{
    music::BPM_LIMITS,
    web::page::{format, player::PlayerState},
};

/// Beats that a bar may have.
const METERS: std::ops::RangeInclusive<usize> = 2..=7;
/// Most bars that are counted in.
const MAX_COUNT_IN_BARS: usize = 4;

#[component]
pub fn Beat() -> impl IntoView {
    view! {
        <Row title="Click">
            <Clicks/>
        </Row>
        <Row title="Beat">
            <Tempo/>
            <Bars/>
        </Row>
    }
}

/// How fast, and ways to correct it.
#[component]
fn Tempo() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let has_no_beats = Memo::new(move |_| player.grid().is_none());
    let shown = Signal::derive(move || {
        let grid = player.grid();
        grid.map_or_else(String::new, |grid| format::bpm(grid.bpm))
    });
    let bounds = [BPM_LIMITS[0], BPM_LIMITS[1], 0.1];
    let half = move || practice.correct(|grid| grid.halved());
    let double = move || practice.correct(|grid| grid.doubled());
    view! {
        <Number
            id="bpm" before="" after="beats a minute" bounds=bounds shown=shown
            on_change=move |bpm| practice.set_bpm(bpm)
        />
        <Tool id="bpm-half" words="÷ 2" hint="Half as many beats" is_disabled=has_no_beats on_click=half/>
        <Tool id="bpm-double" words="× 2" hint="Twice as many beats" is_disabled=has_no_beats on_click=double/>
        <Tool
            id="tap" words="Tap" hint="Tap along with the beat while the song plays" is_disabled=false
            on_click=move || practice.tap()
        />
    }
}

/// Where bars begin, and the way back.
#[component]
fn Bars() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let has_no_beats = Memo::new(move |_| player.grid().is_none());
    let meters = METERS
        .map(|beats| (beats, format!("{beats} beats")))
        .collect();
    let meter = Memo::new(move |_| player.grid().map_or(4, |grid| grid.beats_per_bar));
    let is_corrected = Memo::new(move |_| practice.is_corrected());
    let later = move || practice.correct(|grid| Ok(grid.shifted_bars(1)));
    view! {
        <Choice
            id="meter" label="Bars of" options=meters chosen=meter is_disabled=has_no_beats
            on_change=move |beats| practice.correct(|grid| Ok(grid.with_beats_per_bar(beats)))
        />
        <Tool
            id="bar-later" words="Bars one beat later" hint="Bars begin one beat later" is_disabled=has_no_beats
            on_click=later
        />
        <Show when=move || is_corrected.get()>
            <Tool
                id="as-found" words="As found" hint="Back to the beats that the page found" is_disabled=false
                on_click=move || practice.undo_corrections()
            />
        </Show>
        {move || practice.trouble.get().map(|words| view! { <p class="practise__trouble" role="alert">{words}</p> })}
    }
}

/// A click along with the song and before it.
#[component]
fn Clicks() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let has_no_beats = Memo::new(move |_| player.grid().is_none());
    let clicks = Memo::new(move |_| player.practising.with(|practising| practising.clicks));
    let count_in = Memo::new(move |_| {
        player
            .practising
            .with(|practising| practising.count_in_bars)
    });
    let bars = |bars: usize| match bars {
        0 => (bars, "nothing".to_owned()),
        1 => (bars, "1 bar".to_owned()),
        _ => (bars, format!("{bars} bars")),
    };
    let options = (0..=MAX_COUNT_IN_BARS).map(bars).collect();
    view! {
        <Switch
            id="click" words="Click along" is_on=clicks is_disabled=has_no_beats
            on_click=move || practice.toggle_click()
        />
        <Choice
            id="count-in" label="Count in" options=options chosen=count_in is_disabled=has_no_beats
            on_change=move |bars| player.change_practice(|practising| practising.count_in_bars = bars)
        />
    }
}
