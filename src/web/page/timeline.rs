//! The song's time under the lanes: the whole song's lane with the loop's handles, a ruler that shows the moment pointed
//! at, and the slider that moves the playhead.

use std::sync::Arc;

use leptos::{ev, prelude::*};

use super::{
    format,
    job::AnalysedSong,
    lane::Lane,
    loop_handles::LoopHandles,
    player::{PlayerState, PointedAt},
};

/// The whole song's lane, its ruler and its slider.
#[component]
pub fn Timeline(
    /// The song and its analysis.
    song: Arc<AnalysedSong>,
) -> impl IntoView {
    let duration_secs = f64::from(song.analysis.duration_secs);
    follow_playhead();
    view! {
        <div class="under-lanes">
            <div class="song-lane">
                <Lane
                    source=None ranges_secs=Vec::new() levels=song.analysis.levels.clone()
                    label="How loud the song is".to_owned() duration_secs=duration_secs
                />
                <LoopHandles/>
            </div>
            <Ruler song=song/>
            <SeekBar duration_secs=duration_secs/>
        </div>
    }
}

/// While it plays, zoomed lanes turn to where the playhead is.
fn follow_playhead() {
    let player = expect_context::<PlayerState>();
    Effect::new(move |_| {
        let playback = player.playback.get();
        if playback.is_playing {
            player.show_moment(playback.position_secs);
        }
    });
}

/// Marks at even times.
#[component]
fn Ruler(song: Arc<AnalysedSong>) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let marks = move || {
        let window = player.window.get();
        let step_secs = step_secs(window.length_secs());
        let first = (window.from_secs / step_secs).ceil() as usize;
        // No mark so near the end that its words would not fit.
        let last = ((window.from_secs + window.length_secs() * 0.94) / step_secs).floor() as usize;
        let mark = |index: usize| {
            let at_secs = index as f64 * step_secs;
            view! {
                <span class="ruler__mark" style:left=format!("{}%", window.share_of(at_secs) * 100.0)>
                    {format::clock(at_secs)}
                </span>
            }
        };
        (first..=last).map(mark).collect::<Vec<_>>()
    };
    let words = move || {
        let pointed = player.pointed.get()?;
        Some(pointed_words(&song, pointed))
    };
    let share = move || {
        let pointed = player.pointed.get();
        pointed.map_or(0.0, |pointed| player.window.get().share_of(pointed.at_secs))
    };
    let is_late = move || share() > 0.5;
    view! {
        <div class="ruler" aria-hidden="true">
            {marks}
            <Show when=move || player.pointed.get().is_some()>
                <span
                    class="ruler__pointed" class:ruler__pointed--late=is_late
                    style:left=move || format!("{:.2}%", share() * 100.0) id="pointed"
                >
                    {words.clone()}
                </span>
            </Show>
        </div>
    }
}

/// "0:12, guitar 0:08–0:31".
fn pointed_words(song: &AnalysedSong, pointed: PointedAt) -> String {
    let time = format::clock(pointed.at_secs);
    let passage = pointed.source.and_then(|source| {
        let at_secs = pointed.at_secs as f32;
        let mut ranges = song.analysis.parts[source].ranges_secs.iter();
        let range = ranges.find(|[from, to]| (*from..=*to).contains(&at_secs))?;
        Some((source, *range))
    });
    match passage {
        Some((source, range)) => format!("{time}, {source} {}", format::ranges(&[range])),
        None => time,
    }
}

/// The smallest round step that gives at most six marks.
fn step_secs(length_secs: f64) -> f64 {
    const STEPS_SECS: [f64; 11] = [
        1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0,
    ];
    STEPS_SECS
        .into_iter()
        .find(|step| length_secs / step <= 6.0)
        .unwrap_or(1800.0)
}

/// The playhead as a slider; while it has the focus, the ruler shows its time.
#[component]
fn SeekBar(duration_secs: f64) -> impl IntoView {
    let player = expect_context::<PlayerState>();
    let position_secs = move || player.playback.get().position_secs;
    let point = move |at_secs: f64| {
        player.pointed.set(Some(PointedAt {
            at_secs,
            source: None,
        }));
    };
    let on_input = move |event: ev::Event| {
        if let Ok(position_secs) = event_target_value(&event).parse() {
            player.seek(position_secs);
            player.show_moment(position_secs);
            point(position_secs);
        }
    };
    view! {
        <input
            class="seek" id="seek" type="range" min="0" step="0.1" max=duration_secs aria-label="Position in the song"
            aria-valuetext=move || format!("{} of {}", format::clock(position_secs()), format::clock(duration_secs))
            prop:value=move || position_secs().to_string() on:input=on_input
            on:focus=move |_| point(player.playback.get_untracked().position_secs)
            on:blur=move |_| player.pointed.set(None)
        />
    }
}
