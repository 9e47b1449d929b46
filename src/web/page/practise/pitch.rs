//! Transposing: pitch in semitones and cents, with or without the drums.

use leptos::prelude::*;

use super::controls::{Check, Number, Row, Tool};
use crate::{
    dsp::{MAX_CENTS, MAX_SEMITONES},
    playback::Pitch,
    web::page::player::PlayerState,
};

#[component]
pub fn PitchRow() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let pitch = Memo::new(move |_| player.practising.with(|practising| practising.pitch));
    let change = move |change: &dyn Fn(&mut Pitch)| {
        player.change_practice(|practising| change(&mut practising.pitch))
    };
    let semitones = Signal::derive(move || pitch.get().semitones.to_string());
    let cents = Signal::derive(move || pitch.get().cents.to_string());
    let semitone_bounds = [-f64::from(MAX_SEMITONES), f64::from(MAX_SEMITONES), 1.0];
    let cent_bounds = [-f64::from(MAX_CENTS), f64::from(MAX_CENTS), 1.0];
    let is_lowest = Memo::new(move |_| pitch.get().semitones <= -MAX_SEMITONES);
    let is_highest = Memo::new(move |_| pitch.get().semitones >= MAX_SEMITONES);
    let keeps_drums = Memo::new(move |_| pitch.get().keeps_drums);
    view! {
        <Row title="Pitch">
            <Tool
                id="pitch-down" words="Lower" hint="One semitone lower" is_disabled=is_lowest
                on_click=move || player.transpose(-1)
            />
            <Tool
                id="pitch-up" words="Higher" hint="One semitone higher" is_disabled=is_highest
                on_click=move || player.transpose(1)
            />
            <Number
                id="semitones" before="" after="semitones" bounds=semitone_bounds shown=semitones
                on_change=move |number| change(&|pitch| pitch.semitones = number as i32)
            />
            <Number
                id="cents" before="and" after="hundredths" bounds=cent_bounds shown=cents
                on_change=move |number| change(&|pitch| pitch.cents = number as i32)
            />
            <Check
                id="keep-drums" words="Leave the drums as they are" is_on=keeps_drums
                on_change=move |keeps| change(&|pitch| pitch.keeps_drums = keeps)
            />
        </Row>
    }
}
