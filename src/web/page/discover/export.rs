//! Export of a search: as a link, a playlist, a table or JSON.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{Discovery, results::Results};
use crate::{
    catalogue::{
        self, ExportRow, Recommendation, RecommendationReport, links_page, playlist, table,
    },
    web::platform::{PlatformError, save, share},
};

/// A kind of file that the list can be saved as.
#[derive(Clone, Copy)]
enum FileKind {
    /// The songs that have a preview: only those can be played from a file.
    Playlist,
    Links,
    Table,
    Json,
}

/// The disclosure with link and files.
#[component]
pub fn ListExport(
    /// The list.
    results: Results,
    /// The model's id.
    model_id: String,
) -> impl IntoView {
    view! {
        <details class="refine" id="take">
            <summary class="refine__summary">"Share or save"</summary>
            <div class="refine__groups">
                <fieldset class="refine__group">
                    <legend>"A link to this search"</legend>
                    <Link model_id=model_id.clone()/>
                </fieldset>
                <fieldset class="refine__group">
                    <legend>"The list as a file"</legend>
                    <Files results=results model_id=model_id/>
                </fieldset>
            </div>
        </details>
    }
}

#[component]
fn Link(model_id: String) -> impl IntoView {
    let discovery = expect_context::<Discovery>();
    let keeps_name = RwSignal::new(false);
    let copied = RwSignal::new(String::new());
    let fragment = Memo::new(move |_| {
        let name = discovery
            .examples
            .with(|examples| catalogue::name(examples));
        let name = keeps_name.get().then_some(name);
        let shared = discovery.shared(&model_id, name)?;
        Some(shared.to_fragment())
    });
    Effect::new(move |_| {
        fragment.track();
        copied.set(String::new());
    });
    let address = move || fragment.get().as_deref().map(share::address_with);
    let on_copy = move |_| {
        if let Some(fragment) = fragment.get() {
            share::set_fragment(&fragment);
            spawn_local(async move { copied.set(copy(&fragment).await) });
        }
    };
    view! {
        <label class="field">
            <span class="field__name">"The link"</span>
            <input class="field__input" id="link" type="text" readonly prop:value=move || address().unwrap_or_default()/>
        </label>
        <p class="field__note">"The link holds shares and weights: no audio, and no name unless you want it."</p>
        <KeepName keeps_name=keeps_name/>
        <div class="choices">
            <button
                class="button button--small" id="copy-link" type="button" disabled=move || fragment.get().is_none()
                on:click=on_copy
            >
                "Copy the link"
            </button>
        </div>
        <p class="field__note" id="copied" role="status">{copied}</p>
    }
}

/// Copies the link to the clipboard; says how that went.
async fn copy(fragment: &str) -> String {
    match share::copy_text(&share::address_with(fragment)).await {
        Ok(()) => "Copied.".to_owned(),
        Err(error) => {
            format!("The link could not be copied ({error}): copy it from the field above.")
        }
    }
}

#[component]
fn KeepName(keeps_name: RwSignal<bool>) -> impl IntoView {
    view! {
        <label class="check">
            <input
                id="keep-name" type="checkbox" prop:checked=move || keeps_name.get()
                on:change=move |_| keeps_name.update(|keeps| *keeps = !*keeps)
            />
            "With the name"
        </label>
    }
}

#[component]
fn Files(results: Results, model_id: String) -> impl IntoView {
    const KINDS: [(FileKind, &str, &str); 4] = [
        (FileKind::Links, "save-links", "Links (HTML)"),
        (
            FileKind::Playlist,
            "save-playlist",
            "Previews as a playlist (M3U8)",
        ),
        (FileKind::Table, "save-table", "Table (CSV)"),
        (FileKind::Json, "save-json", "JSON"),
    ];
    let discovery = expect_context::<Discovery>();
    let trouble = RwSignal::new(None);
    let model_id = StoredValue::new(model_id);
    let buttons = KINDS.map(|(kind, id, label)| {
        let on_click = move |_| {
            let saved = model_id.with_value(|model_id| save_as(kind, discovery, results, model_id));
            trouble.set(
                saved
                    .err()
                    .map(|error| format!("The file could not be saved: {error}.")),
            );
        };
        let is_empty = move || match kind {
            FileKind::Playlist => preview_count(results) == 0,
            _ => results.shown.with(Vec::is_empty),
        };
        view! {
            <button
                class="button button--quiet button--small" id=id type="button" disabled=is_empty on:click=on_click
            >
                {label}
            </button>
        }
    });
    view! {
        <div class="choices">{buttons}</div>
        <p class="field__note" id="playlist-note">{move || playlist_note(results)}</p>
        <p class="field__note" role="status">{trouble}</p>
    }
}

fn preview_count(results: Results) -> usize {
    let has_preview = |found: &Recommendation| {
        results.pool.with(|pool| {
            pool.get(found.index)
                .is_some_and(|track| track.preview.is_some())
        })
    };
    results
        .shown
        .with(|shown| shown.iter().filter(|found| has_preview(found)).count())
}

/// What a playlist would hold.
fn playlist_note(results: Results) -> String {
    match (preview_count(results), results.shown.with(Vec::len)) {
        (_, 0) => String::new(),
        (0, _) => "None of these songs has a preview, so there is nothing to put in a playlist. Links lead to where the \
                   songs come from; your own songs are listed by name."
            .to_owned(),
        (previews, all) if previews == all => String::new(),
        (previews, all) => format!(
            "{previews} of these {all} songs have a preview, and only those can be in a playlist. Links lead to where \
             the songs come from; your own songs are listed by name."
        ),
    }
}

fn save_as(
    kind: FileKind,
    discovery: Discovery,
    results: Results,
    model_id: &str,
) -> Result<(), PlatformError> {
    let pool = results.pool.get_untracked();
    let shown = results.shown.get_untracked();
    let rows = ExportRow::list(&shown, |index| pool.get(index));
    match kind {
        FileKind::Playlist => {
            let previews: Vec<_> = rows
                .into_iter()
                .filter(|row| row.track.preview.is_some())
                .collect();
            let text = playlist(&previews, &share::folder_address());
            save::offer_text("similar-songs.m3u8", "audio/x-mpegurl", &text)
        }
        FileKind::Links => save::offer_text("similar-songs.html", "text/html", &links_page(&rows)),
        FileKind::Table => save::offer_text("similar-songs.csv", "text/csv", &table(&rows)),
        FileKind::Json => {
            let Some(query) = untrack(|| discovery.query()) else {
                return Ok(());
            };
            let file = discovery
                .examples
                .with_untracked(|examples| catalogue::name(examples));
            let report = RecommendationReport::new(file, &query, model_id, rows);
            let text = serde_json::to_string_pretty(&report)
                .map_err(|error| PlatformError::new(error.to_string()))?;
            save::offer_text("similar-songs.json", "application/json", &text)
        }
    }
}
