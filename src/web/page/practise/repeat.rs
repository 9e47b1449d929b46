//! The loop, to the bar, and its speed, which may rise with each repeat.

use leptos::{ev, prelude::*};

use super::{
    controls::{Check, Choice, Number, Row, Tool},
    loops::Loops,
    state::Practice,
};
use crate::{
    playback::{self, LoopRegion, Ramp, Unit},
    web::page::player::PlayerState,
};

/// Bounds and step of what the speed rises by, percent.
const STEP_BOUNDS: [f64; 3] = [1.0, 50.0, 1.0];
/// Bounds and step of the speed that it rises to, percent.
const GOAL_BOUNDS: [f64; 3] = [50.0, 150.0, 5.0];

#[component]
pub fn Repeat() -> impl IntoView {
    view! {
        <Row title="Repeat">
            <Ends/>
            <Snapping/>
            <Loops/>
        </Row>
        <Row title="Speed">
            <Pace/>
            <Rising/>
        </Row>
    }
}

/// Beginning and end as typed, and bars more or less.
#[component]
fn Ends() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let cannot = Memo::new(move |_| player.looped.get().is_none() || player.grid().is_none());
    let set_from = move |secs: f64| {
        let former = player.looped.get_untracked();
        player.set_loop(LoopRegion::starting_at(
            secs,
            former,
            player.duration_secs(),
        ));
    };
    let set_to = move |secs: f64| {
        let former = player.looped.get_untracked();
        let secs = secs.min(player.duration_secs());
        player.set_loop(LoopRegion::ending_at(secs, former));
    };
    view! {
        <Moment id="loop-from" label="From" of=|region| region.from_secs on_change=set_from/>
        <Moment id="loop-to" label="to" of=|region| region.to_secs on_change=set_to/>
        <Tool
            id="bar-less" words="− 1 bar" hint="Repeat one bar less" is_disabled=cannot
            on_click=move || player.lengthen_loop(-1)
        />
        <Tool
            id="bar-more" words="+ 1 bar" hint="Repeat one bar more" is_disabled=cannot
            on_click=move || player.lengthen_loop(1)
        />
    }
}

/// A typed moment: "1:02.5".
#[component]
fn Moment(
    id: &'static str,
    label: &'static str,
    of: fn(&LoopRegion) -> f64,
    on_change: impl Fn(f64) + 'static,
) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let input = NodeRef::<leptos::html::Input>::new();
    let shown = move || {
        let region = player.looped.get();
        region.map_or_else(String::new, |region| playback::timestamp(of(&region)))
    };
    let on_change = move |event: ev::Event| {
        if let Some(secs) = playback::parse_timestamp(&event_target_value(&event)) {
            on_change(secs);
        }
        // What was not understood is not left standing.
        if let Some(input) = input.get_untracked() {
            input.set_value(&untrack(shown));
        }
    };
    view! {
        <label class="practise__field">
            {label} " "
            <input
                class="practise__moment" type="text" id=id inputmode="decimal" autocomplete="off" placeholder="0:00.0"
                node_ref=input prop:value=shown on:change=on_change
            />
        </label>
    }
}

/// What the ends of loops snap to.
#[component]
fn Snapping() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let has_no_beats = Memo::new(move |_| player.grid().is_none());
    let options = [
        (Some(Unit::Bar), "on bars"),
        (Some(Unit::Beat), "on beats"),
        (None, "anywhere"),
    ];
    let options = options
        .map(|(unit, words)| (unit, words.to_owned()))
        .to_vec();
    view! {
        <Choice
            id="snap" label="Begin and end" options=options chosen=practice.unit is_disabled=has_no_beats
            on_change=move |unit| practice.unit.set(unit)
        />
        <p class="practise__hint">"Drag along a lane to choose what; with the Alt key it ends anywhere."</p>
    }
}

/// The speed, as the toolbar has it too.
#[component]
fn Pace() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let percent = player.speed_percent;
    let is_slowest = Memo::new(move |_| playback::slower(percent.get()).is_none());
    let is_fastest = Memo::new(move |_| playback::faster(percent.get()).is_none());
    view! {
        <Tool
            id="speed-down" words="Slower" hint="Slower, at the same pitch" is_disabled=is_slowest
            on_click=move || player.slower()
        />
        <Tool
            id="speed-up" words="Faster" hint="Faster, at the same pitch" is_disabled=is_fastest
            on_click=move || player.faster()
        />
        <span class="practise__now" id="speed-now">{move || format!("{} %", percent.get())}</span>
    }
}

/// Faster with each repeat.
#[component]
fn Rising() -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let chosen = RwSignal::new(
        player
            .practising
            .with_untracked(|now| now.ramp)
            .unwrap_or_default(),
    );
    let is_on = Memo::new(move |_| {
        player
            .practising
            .with(|practising| practising.ramp.is_some())
    });
    let apply = move |is_on: bool| {
        let ramp = is_on.then_some(chosen.get_untracked());
        player.change_practice(|practising| practising.ramp = ramp);
    };
    let change = move |change: &dyn Fn(&mut Ramp)| {
        chosen.update(change);
        apply(is_on.get_untracked());
    };
    let step = Signal::derive(move || chosen.get().step_percent.to_string());
    let goal = Signal::derive(move || chosen.get().goal_percent.to_string());
    let heard = move || {
        let percent = player
            .playback
            .get()
            .current_speed_percent
            .filter(|_| is_on.get());
        percent.map(|percent| format!("Now {percent} %"))
    };
    view! {
        <Check id="ramp" words="Faster with each repeat" is_on=is_on on_change=apply/>
        <Number
            id="ramp-step" before="by" after="%" bounds=STEP_BOUNDS shown=step
            on_change=move |percent| change(&|ramp| ramp.step_percent = percent as u32)
        />
        <Number
            id="ramp-goal" before="up to" after="%" bounds=GOAL_BOUNDS shown=goal
            on_change=move |percent| change(&|ramp| ramp.goal_percent = percent as u32)
        />
        <span class="practise__now" id="ramp-now">{heard}</span>
    }
}
