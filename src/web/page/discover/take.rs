//! L7: taking the search and its answers elsewhere: a link, a playlist, a table.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{Discovery, similar::Found};
use crate::{
    catalogue::{self, Report, Row, playlist, table},
    web::platform::{PlatformError, save, share},
};

/// A kind of file that the list can be saved as.
#[derive(Clone, Copy)]
enum FileKind {
    Playlist,
    Table,
    Json,
}

/// The disclosure with link and files.
#[component]
pub fn Take(
    /// What to take.
    found: Found,
    /// The network's id.
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
                    <Files found=found model_id=model_id/>
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
        let name = discovery.asked.with(|asked| catalogue::name(asked));
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
        <p class="field__note">"Only the shares and weights are in it: no audio, and no name unless you want."</p>
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

/// Puts the link on the clipboard; what became of it.
async fn copy(fragment: &str) -> String {
    match share::copy_text(&share::address_with(fragment)).await {
        Ok(()) => "Copied.".to_owned(),
        Err(error) => {
            format!("Not copied ({error}): take it from the field, or from the address bar.")
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
fn Files(found: Found, model_id: String) -> impl IntoView {
    const KINDS: [(FileKind, &str, &str); 3] = [
        (FileKind::Playlist, "save-playlist", "Playlist (M3U8)"),
        (FileKind::Table, "save-table", "Table (CSV)"),
        (FileKind::Json, "save-json", "JSON"),
    ];
    let discovery = expect_context::<Discovery>();
    let trouble = RwSignal::new(None);
    let model_id = StoredValue::new(model_id);
    let buttons = KINDS.map(|(kind, id, label)| {
        let on_click = move |_| {
            let saved = model_id.with_value(|model_id| save_as(kind, discovery, found, model_id));
            trouble.set(
                saved
                    .err()
                    .map(|error| format!("The file could not be saved: {error}.")),
            );
        };
        view! {
            <button
                class="button button--quiet button--small" id=id type="button"
                disabled=move || found.shown.with(Vec::is_empty) on:click=on_click
            >
                {label}
            </button>
        }
    });
    view! {
        <div class="choices">{buttons}</div>
        <p class="field__note" role="status">{trouble}</p>
    }
}

fn save_as(
    kind: FileKind,
    discovery: Discovery,
    found: Found,
    model_id: &str,
) -> Result<(), PlatformError> {
    let pool = found.pool.get_untracked();
    let shown = found.shown.get_untracked();
    let rows = Row::list(&shown, |index| pool.get(index));
    match kind {
        FileKind::Playlist => {
            let text = playlist(&rows, &share::folder_address());
            save::offer_text("songs-built-alike.m3u8", "audio/x-mpegurl", &text)
        }
        FileKind::Table => save::offer_text("songs-built-alike.csv", "text/csv", &table(&rows)),
        FileKind::Json => {
            let Some(query) = untrack(|| discovery.query()) else {
                return Ok(());
            };
            let file = discovery
                .asked
                .with_untracked(|asked| catalogue::name(asked));
            let report = Report::new(file, &query, model_id, rows);
            let text = serde_json::to_string_pretty(&report)
                .map_err(|error| PlatformError::new(error.to_string()))?;
            save::offer_text("songs-built-alike.json", "application/json", &text)
        }
    }
}
