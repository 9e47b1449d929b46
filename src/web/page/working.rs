//! The view of a song that is being analysed, and the live region that screen readers read.

use leptos::prelude::*;

use super::{
    format,
    job::Step,
    session::{Phase, Session},
    start::EngineLine,
    waveform::Waveform,
    words,
};
use crate::{
    model::{Certainty, Interval},
    web::{
        platform::{clock, page},
        worker::{client::AnalysisProgress, protocol::Stage},
    },
};

const TITLE_ID: &str = "working-title";

/// Decoding's share of the progress; the engine has the rest.
const DECODING_SHARE: f32 = 0.04;
/// Measuring's share, at the end.
const MEASURING_SHARE: f32 = 0.04;

/// Progress by stage, time left, and the button to cancel.
#[component]
pub fn Working() -> impl IntoView {
    let session = expect_context::<Session>();
    let working = Memo::new(move |_| match session.phase.get() {
        Phase::Working { name, step } => Some((name, step)),
        _ => None,
    });
    let step = Memo::new(move |_| working.get().map_or(Step::Decoding, |(_, step)| step));
    let progress_share = Memo::new(move |_| progress_share(step.get()));
    // The button that began this is gone: the keyboard focus goes to the title.
    clock::after_millis(0, || page::focus(TITLE_ID));
    let percent = move || format::percent(progress_share.get());
    view! {
        <section class="working" aria-labelledby=TITLE_ID>
            <p class="eyebrow">"Analysing"</p>
            <h1 id=TITLE_ID tabindex="-1">{move || working.get().map(|(name, _)| name)}</h1>
            <div class="working__stave">
                <Waveform levels=session.waveform filled=progress_share/>
            </div>
            <div
                class="meter" role="progressbar" aria-label="Analysis" aria-valuemin="0" aria-valuemax="100"
                aria-valuenow=percent
            >
                <div class="meter__fill" style:width=move || format!("{}%", progress_share.get() * 100.0)></div>
            </div>
            <div class="working__line">
                <p class="working__stage" id="stage">{move || stage_line(step.get())}</p>
                <p class="working__left" id="left">{move || time_left(step.get())}</p>
                <button class="button button--quiet" id="cancel" type="button" on:click=move |_| session.cancel()>
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
pub fn progress_share(step: Step) -> f32 {
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
            Stage::Preparing => "Preparing the audio",
            Stage::Separating => words::SEPARATING,
            Stage::Measuring => "Finding out which instruments play when",
        },
    }
}

fn time_left(step: Step) -> String {
    match step {
        Step::Engine(Some(AnalysisProgress {
            secs_left: Some(secs),
            ..
        })) => format::time_left(secs),
        _ => String::new(),
    }
}

/// Announces every change of view, stage and quarter to screen readers, and nothing in between.
#[component]
pub fn Announcer() -> impl IntoView {
    let session = expect_context::<Session>();
    let words = Memo::new(move |_| match session.phase.get() {
        Phase::Idle | Phase::Failed { .. } => String::new(),
        Phase::Working { step, .. } => {
            let quarter = (progress_share(step) * 4.0).floor() * 25.0;
            format!("{}, {quarter} percent", stage_line(step))
        }
        Phase::Done(song) => {
            let share = |(source, &share): (_, &f32)| {
                let certainty = song.analysis.interval(source).map(Interval::certainty);
                let about = match certainty {
                    Some(Certainty::Unsure) => "perhaps ",
                    _ => "",
                };
                format!("{source} {about}{} percent", format::percent(share))
            };
            let shares: Vec<_> = song.analysis.prominence.iter().map(share).collect();
            format!("{}: {}", words::DONE, shares.join(", "))
        }
    });
    view! { <p class="unseen" role="status" aria-live="polite">{words}</p> }
}
