//! Spectrograms of the song and of its stems, drawn on demand: time to the right, pitch upwards, brighter where louder.

use std::{ops::Range, rc::Rc};

use leptos::{ev, html::Canvas, prelude::*};
use wasm_bindgen_futures::spawn_local;
use web_sys::HtmlCanvasElement;

use super::{
    format,
    player::PlayerState,
    session::Session,
    spectrum::{self, COLUMNS, ROWS, WINDOW_LENGTH},
};
use crate::{
    source::Source,
    web::platform::{picture, stems::StemFiles},
};

/// State and actions; a cheap copy of handles.
#[derive(Clone, Copy)]
struct SpectrogramView {
    player: PlayerState,
    session: Session,
    /// The source shown; `None` for the whole song.
    shown: RwSignal<Option<Source>>,
    /// Progress, or why there is no picture.
    words: RwSignal<String>,
    canvas: NodeRef<Canvas>,
    /// Counts the drawings, so that an earlier one does not paint over a later one.
    latest: StoredValue<u32>,
}

impl SpectrogramView {
    fn new() -> Self {
        Self {
            player: expect_context(),
            session: expect_context(),
            shown: RwSignal::new(None),
            words: RwSignal::default(),
            canvas: NodeRef::new(),
            latest: StoredValue::new(0),
        }
    }

    fn draw(self) {
        self.latest.update_value(|latest| *latest += 1);
        if let (Some(stems), Some(canvas)) = (self.player.stems(), self.canvas.get_untracked()) {
            self.words.set("Drawing".to_owned());
            let drawing = self.latest.get_value();
            spawn_local(self.draw_all(stems, canvas, drawing));
        }
    }

    async fn draw_all(self, stems: Rc<StemFiles>, canvas: HtmlCanvasElement, drawing: u32) {
        let source = self.shown.get_untracked();
        for begin in (0..COLUMNS).step_by(spectrum::COLUMNS_AT_ONCE) {
            let columns = begin..COLUMNS.min(begin + spectrum::COLUMNS_AT_ONCE);
            let drawn = self.draw_columns(&stems, &canvas, source, columns).await;
            match drawn {
                _ if self.latest.try_get_value() != Some(drawing) => return,
                Ok(()) => {}
                Err(message) => return self.words.set(message),
            }
        }
        self.words.set(String::new());
    }

    /// Draws some columns, or says why not.
    async fn draw_columns(
        self,
        stems: &StemFiles,
        canvas: &HtmlCanvasElement,
        source: Option<Source>,
        columns: Range<usize>,
    ) -> Result<(), String> {
        let (left, width) = (columns.start, columns.len());
        let windows = spectrum::windows(stems, source, columns).await;
        let windows = windows.map_err(|error| {
            format!("The parts cannot be read any more ({error}): please analyse the song again.")
        })?;
        let engine = self.session.engine();
        let powers = engine.spectra(&windows, WINDOW_LENGTH).await;
        let pixels = spectrum::pixels(stems, &powers.map_err(|failure| failure.message)?);
        picture::put(canvas, left, width, &pixels)
            .map_err(|error| format!("The picture cannot be drawn: {error}."))
    }
}

/// A choice between the song and its stems, and the picture.
#[component]
pub fn Spectrograms() -> impl IntoView {
    let spectrogram = SpectrogramView::new();
    let player = spectrogram.player;
    let on_change = move |event: ev::Event| {
        spectrogram
            .shown
            .set(event_target_value(&event).parse().ok());
        spectrogram.draw();
    };
    let on_toggle = move |event: ev::Event| {
        if event_target::<web_sys::Element>(&event).has_attribute("open") {
            spectrogram.draw();
        }
    };
    let options = Source::ALL
        .map(|source| view! { <option value=source.name()>{format::title(source)}</option> });
    let highest_khz = player
        .stems()
        .map_or(0.0, |stems| spectrum::highest_hz(&stems) / 1000.0);
    let axes = format!(
        "From {} Hz at the bottom to {highest_khz:.0} kHz at the top, {} dB from dark to bright.",
        spectrum::LOWEST_HZ,
        spectrum::RANGE_DB
    );
    view! {
        <details class="fold" id="spectrograms" on:toggle=on_toggle>
            <summary>"Spectrogram"</summary>
            <p class="spectrogram__choice">
                <label for="spectrogram-of">"Of "</label>
                <select id="spectrogram-of" on:change=on_change>
                    <option value="mix">"the whole song"</option>
                    {options}
                </select>
                <span class="spectrogram__words" id="spectrogram-words" role="status">{spectrogram.words}</span>
            </p>
            <canvas
                class="spectrogram" id="spectrogram" node_ref=spectrogram.canvas width=COLUMNS.to_string()
                height=ROWS.to_string() role="img" aria-label="Spectrogram"
            ></canvas>
            <p class="spectrogram__axes">{axes}</p>
        </details>
    }
}
