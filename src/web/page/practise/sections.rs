//! The song's sections: letters, the same for similar ones; buttons jump to one or repeat it.

use leptos::prelude::*;

use super::{
    controls::{Row, Tool},
    state::Practice,
};
use crate::{
    music::Section,
    playback::LoopRegion,
    web::page::{format, player::PlayerState},
};

#[component]
pub fn Form() -> impl IntoView {
    let practice = expect_context::<Practice>();
    let player = expect_context::<PlayerState>();
    let has_sections = Memo::new(move |_| practice.sections().len() > 1);
    let here = Memo::new(move |_| {
        let section = practice.section_at(player.playback.get().position_secs);
        section.map(|section| (section.start_secs, section.end_secs))
    });
    let go_there = move |section: Section| {
        let words = format!("{} {}", section.label, format::clock(section.start_secs));
        let is_here = move || {
            here.get()
                .is_some_and(|(start, _)| start == section.start_secs)
        };
        view! {
            <button
                class="tool section" type="button" title="Go to this section"
                aria-current=move || is_here().then_some("true") on:click=move |_| player.seek(section.start_secs)
            >
                {words}
            </button>
        }
    };
    let sections = move || {
        practice
            .sections()
            .into_iter()
            .map(go_there)
            .collect::<Vec<_>>()
    };
    let repeat = move || {
        if let Some((from_secs, to_secs)) = here.get_untracked() {
            player.set_loop(LoopRegion::between(from_secs, to_secs));
        }
    };
    view! {
        <Show when=move || has_sections.get()>
            <Row title="Sections">
                <span class="sections" id="sections">{sections}</span>
                <Tool
                    id="loop-section" words="Repeat this section" hint="Repeat the section under the playhead"
                    is_disabled=false on_click=repeat
                />
            </Row>
        </Show>
    }
}
