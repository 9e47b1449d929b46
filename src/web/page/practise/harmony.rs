//! The chord of the moment with its shape on a guitar, the next one, the key, and a capo.

use leptos::{ev, prelude::*};

use super::{
    controls::{Choice, Row},
    names::{ChordNames, MAX_CAPO},
    state::Practice,
};
use crate::{
    music::{self, Chord, STRINGS, Shape, Span},
    web::page::player::PlayerState,
};

/// Frets that a drawing shows.
const DRAWN_FRETS: u8 = 4;

#[component]
pub fn Harmony() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let has_chords = Memo::new(move |_| practice.chords.with(|chords| !chords.is_empty()));
    view! {
        <Show when=move || has_chords.get()>
            <Row title="Chords">
                <Now/>
                <KeyAndCapo/>
            </Row>
        </Show>
    }
}

/// The chord under the playhead and the next one.
#[component]
fn Now() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let names = ChordNames::of_page();
    let place = Memo::new(move |_| practice.chord_at(player.playback.get().position_secs));
    let span = move |after: usize| -> Option<Span> {
        let place = place.get()? + after;
        practice.chords.with(|chords| chords.get(place).copied())
    };
    let fingered = Memo::new(move |_| Some(names.get().moved(span(0)?.chord?)));
    let now = move || match names.get().of(span(0).and_then(|span| span.chord)) {
        name if name.is_empty() => "–".to_owned(),
        name => name,
    };
    let next = move || {
        let name = names.get().of(span(1)?.chord);
        (!name.is_empty()).then(|| format!("then {name}"))
    };
    view! {
        <span class="chord">
            <span class="chord__name" id="chord-now">{now}</span>
            {move || fingered.get().map(|chord| view! { <Drawing chord=chord/> })}
            <span class="chord__next" id="chord-next">{next}</span>
        </span>
        <Correction place=place/>
    }
}

/// The chord under the playhead, to be corrected.
#[component]
fn Correction(place: Memo<Option<usize>>) -> impl IntoView {
    let practice = expect_context::<Practice>();
    let names = ChordNames::of_page();
    let input = NodeRef::<leptos::html::Input>::new();
    let on_change = move |event: ev::Event| {
        let text = event_target_value(&event);
        let chord: Option<Chord> = text.parse().ok();
        if let (Some(place), Some(chord)) = (place.get_untracked(), chord) {
            practice.correct_chord(place, chord.transposed(-names.get_untracked().semitones));
        }
        if let Some(input) = input.get_untracked() {
            input.set_value("");
        }
    };
    view! {
        <label class="practise__field">
            "Another chord here "
            <input
                class="practise__moment" type="text" id="chord-here" autocomplete="off" autocapitalize="off"
                spellcheck="false" placeholder="F#m7" node_ref=input on:change=on_change
            />
        </label>
    }
}

#[component]
fn KeyAndCapo() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let key = move || {
        let key = practice.music()?.key?.key;
        let semitones = player
            .practising
            .with(|practising| practising.pitch.semitones);
        let key = key.transposed(semitones);
        Some(format!("Key: {key}, or else {}", key.relative()))
    };
    let capo = |fret: i32| match fret {
        0 => (fret, "none".to_owned()),
        _ => (fret, format!("fret {fret}")),
    };
    let options = (0..=MAX_CAPO).map(capo).collect();
    view! {
        <Choice
            id="capo" label="Capo" options=options chosen=practice.capo is_disabled=false
            on_change=move |fret| practice.capo.set(fret)
        />
        <span class="practise__hint" id="key">{key}</span>
    }
}

/// A chord's shape on the neck: strings from left to right, the lowest first.
#[component]
fn Drawing(chord: Chord) -> impl IntoView {
    let shape = music::shape(chord);
    let first = first_fret(&shape);
    let x = |string: usize| 6 + 8 * string as i32;
    let y = |fret: u8| 12 + 10 * i32::from(fret);
    let strings = (0..STRINGS).map(|string| {
        view! {
            <line class="chord__line" x1=x(string) x2=x(string) y1=y(0) y2=y(DRAWN_FRETS)/>
        }
    });
    let frets = (0..=DRAWN_FRETS).map(|fret| {
        view! {
            <line
                class="chord__line" class:chord__line--nut=fret == 0 && first == 1
                x1=x(0) x2=x(STRINGS - 1) y1=y(fret) y2=y(fret)
            />
        }
    });
    let marks = shape
        .into_iter()
        .enumerate()
        .map(|(string, fret)| match fret {
            None => view! { <text class="chord__text" x=x(string) y="9">"×"</text> }.into_any(),
            Some(0) => {
                view! { <circle class="chord__open" cx=x(string) cy="6" r="2.4"/> }.into_any()
            }
            Some(fret) => {
                let middle = y(fret - first) + 5;
                view! { <circle class="chord__finger" cx=x(string) cy=middle r="3.4"/> }.into_any()
            }
        });
    let position =
        (first > 1).then(|| view! { <text class="chord__text" x="56" y="20">{first}</text> });
    view! {
        <svg class="chord__shape" viewBox="0 0 64 56" role="img" aria-label=spoken(&shape)>
            {strings.collect::<Vec<_>>()} {frets.collect::<Vec<_>>()} {marks.collect::<Vec<_>>()} {position}
        </svg>
    }
}

/// The fret that the drawing begins with.
fn first_fret(shape: &Shape) -> u8 {
    let frets = || shape.iter().flatten().copied().filter(|fret| *fret > 0);
    match frets().max() {
        Some(high) if high > DRAWN_FRETS => frets().min().unwrap_or(1),
        _ => 1,
    }
}

/// "Frets from the lowest string: not struck, 3, 2, open, 1, open".
fn spoken(shape: &Shape) -> String {
    let frets = shape.iter().map(|fret| match fret {
        None => "not struck".to_owned(),
        Some(0) => "open".to_owned(),
        Some(fret) => fret.to_string(),
    });
    let frets: Vec<_> = frets.collect();
    format!("Frets from the lowest string: {}", frets.join(", "))
}
