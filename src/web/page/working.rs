//! L7: the view of a song under way, and the page's voice for those who cannot see it.

use leptos::prelude::*;

use super::{
    format,
    intake::EngineLine,
    job::Step,
    stave::Stave,
    studio::{Phase, Studio},
};
use crate::web::{
    platform::{clock, page},
    worker::{client::Progress, protocol::Stage},
};

const TITLE_ID: &str = "working-title";

/// How much of the stave decoding inks; the engine inks the rest.
const DECODING_SHARE: f32 = 0.04;
/// How much measuring inks, at the end.
const MEASURING_SHARE: f32 = 0.04;

/// Progress by stage, time left, and the way out.
#[component]
pub fn Working() -> impl IntoView {
    let studio = expect_context::<Studio>();
    let working = Memo::new(move |_| match studio.phase.get() {
        Phase::Working { name, step } => Some((name, step)),
        _ => None,
    });
    let step = Memo::new(move |_| working.get().map_or(Step::Decoding, |(_, step)| step));
    let inked = Memo::new(move |_| inked(step.get()));
    // The button that began this is gone: the reader goes on at the title.
    clock::after_millis(0, || page::focus(TITLE_ID));
    let percent = move || format::percent(inked.get());
    view! {
        <section class="working" aria-labelledby=TITLE_ID>
            <p class="eyebrow">"Listening to"</p>
            <h1 id=TITLE_ID tabindex="-1">{move || working.get().map(|(name, _)| name)}</h1>
            <div class="working__stave">
                <Stave inked=inked/>
            </div>
            <div
                class="meter" role="progressbar" aria-label="Analysis" aria-valuemin="0" aria-valuemax="100"
                aria-valuenow=percent
            >
                <div class="meter__fill" style:width=move || format!("{}%", inked.get() * 100.0)></div>
            </div>
            <div class="working__line">
                <p class="working__stage" id="stage">{move || stage_line(step.get())}</p>
                <p class="working__left" id="left">{move || time_left(step.get())}</p>
                <button class="button button--quiet" id="cancel" type="button" on:click=move |_| studio.cancel()>
                    "Cancel"
                </button>
            </div>
            <Show when=move || step.get() == Step::Engine(None)>
                <EngineLine/>
            </Show>
        </section>
    }
}

/// How far a song is, 0 to 1, over all stages.
pub fn inked(step: Step) -> f32 {
    match step {
        Step::Decoding => DECODING_SHARE / 2.0,
        Step::Engine(None) => DECODING_SHARE,
        Step::Engine(Some(progress)) => match progress.stage {
            Stage::Preparing => DECODING_SHARE,
            Stage::Separating => {
                DECODING_SHARE + progress.fraction * (1.0 - DECODING_SHARE - MEASURING_SHARE)
            }
            Stage::Measuring => 1.0 - MEASURING_SHARE * (1.0 - progress.fraction),
        },
    }
}

fn stage_line(step: Step) -> &'static str {
    match step {
        Step::Decoding => "Decoding the file",
        Step::Engine(None) => "Waiting for the engine",
        Step::Engine(Some(progress)) => match progress.stage {
            Stage::Preparing => "Preparing the sound",
            Stage::Separating => "Separating the instruments",
            Stage::Measuring => "Measuring what plays when",
        },
    }
}

fn time_left(step: Step) -> String {
    match step {
        Step::Engine(Some(Progress {
            secs_left: Some(secs),
            ..
        })) => format::time_left(secs),
        _ => String::new(),
    }
}

/// Says every change of view, stage and quarter aloud, and nothing in between.
#[component]
pub fn Announcer() -> impl IntoView {
    let studio = expect_context::<Studio>();
    let words = Memo::new(move |_| match studio.phase.get() {
        Phase::Idle | Phase::Failed { .. } => String::new(),
        Phase::Working { step, .. } => {
            let quarter = (inked(step) * 4.0).floor() * 25.0;
            format!("{}, {quarter} percent", stage_line(step))
        }
        Phase::Done(outcome) => {
            let share = |(source, &share): (_, &f32)| {
                format!("{source} {} percent", format::percent(share))
            };
            let shares: Vec<_> = outcome.analysis.prominence.iter().map(share).collect();
            format!("Done: {}", shares.join(", "))
        }
    });
    view! { <p class="unseen" role="status" aria-live="polite">{words}</p> }
}
