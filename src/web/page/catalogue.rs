//! The catalogue to recommend from, a static file of the site.

use std::sync::Arc;

use leptos::prelude::*;

use super::words;
use crate::{
    catalogue::{Catalogue, CatalogueError, SPLIT_FORMAT, SplitCatalogue, SplitHead},
    digest::sha256_hex,
    model::ModelCard,
    source::PerSource,
    web::platform::{fetch, site},
};

const CATALOGUE: &str = "catalogue.json";
const CARD: &str = "model-weights/deepmelody.json";

/// The page's one catalogue; a cheap copy of handles.
#[derive(Clone, Copy)]
pub struct CatalogueStore {
    /// How far it is.
    pub state: ReadSignal<CatalogueState>,
    /// The mean absolute error of this page's prominences, from its model card; zeros until that is loaded.
    pub prominence_error: ReadSignal<PerSource<f32>>,
    set_state: WriteSignal<CatalogueState>,
    set_prominence_error: WriteSignal<PerSource<f32>>,
}

impl CatalogueStore {
    /// A catalogue that is still to be loaded.
    pub fn new() -> Self {
        let (state, set_state) = signal(CatalogueState::Loading);
        let (prominence_error, set_prominence_error) = signal(PerSource::default());
        Self {
            state,
            prominence_error,
            set_state,
            set_prominence_error,
        }
    }

    /// Fetches the catalogue and checks that this page's network made it.
    pub async fn load(self) {
        let state = match card().await {
            Ok(card) => {
                self.set_prominence_error.set(card.prominence_error());
                load(&card.id).await
            }
            Err(reason) => CatalogueState::Unavailable(reason),
        };
        self.set_state.set(state);
    }
}

impl Default for CatalogueStore {
    fn default() -> Self {
        Self::new()
    }
}

/// How far the catalogue is.
#[derive(Clone, Debug)]
pub enum CatalogueState {
    /// Being fetched.
    Loading,
    /// Loaded.
    Ready(LoadedCatalogue),
    /// It cannot be used, and why.
    Unavailable(String),
}

/// A catalogue's songs.
#[derive(Clone, Debug)]
pub enum LoadedCatalogue {
    /// All of them.
    Whole(Arc<Catalogue>),
    /// So many that only what a search needs is loaded.
    Split(Arc<SplitCatalogue>),
}

impl LoadedCatalogue {
    /// Id of the network that described the songs.
    pub fn model_id(&self) -> &str {
        match self {
            Self::Whole(catalogue) => &catalogue.model_id,
            Self::Split(catalogue) => &catalogue.head().model_id,
        }
    }
}

async fn load(model_id: &str) -> CatalogueState {
    let text = match fetch::fetch_text(CATALOGUE).await {
        Ok(text) => text,
        Err(error) => {
            return CatalogueState::Unavailable(format!(
                "the catalogue could not be loaded ({error})"
            ));
        }
    };
    match read(&text, model_id).await {
        Ok(_) if !is_intact(&text) => CatalogueState::Unavailable(
            "the catalogue is not the one that this site was made with: it is damaged, or was replaced without \
             running scripts/finish_site.sh"
                .to_owned(),
        ),
        Ok(collection) => CatalogueState::Ready(collection),
        Err(reason) => CatalogueState::Unavailable(reason),
    }
}

async fn read(text: &str, model_id: &str) -> Result<LoadedCatalogue, String> {
    match Catalogue::from_json(text, model_id) {
        Ok(catalogue) => Ok(LoadedCatalogue::Whole(Arc::new(catalogue))),
        Err(CatalogueError::Format { got }) if got == SPLIT_FORMAT => {
            read_split(text, model_id).await
        }
        Err(error) => Err(in_plain_words(&error)),
    }
}

/// Why a catalogue cannot be used, without a parser's position and expectation.
pub fn in_plain_words(error: &CatalogueError) -> String {
    match error {
        CatalogueError::NotJson(_) | CatalogueError::Fields(_) => {
            "the file is damaged or incomplete".to_owned()
        }
        CatalogueError::Format { .. } => "this is not a catalogue of DeepMelody".to_owned(),
        error => error.to_string(),
    }
}

async fn read_split(head: &str, model_id: &str) -> Result<LoadedCatalogue, String> {
    let head = SplitHead::from_json(head, model_id).map_err(|error| error.to_string())?;
    let vectors = fetch::fetch_bytes(&head.vectors_path()).await;
    let vectors =
        vectors.map_err(|error| format!("{} is missing ({error})", words::PART_MISSING))?;
    let catalogue = SplitCatalogue::new(head, &vectors).map_err(|error| error.to_string())?;
    Ok(LoadedCatalogue::Split(Arc::new(catalogue)))
}

/// Whether the catalogue is the one whose hash the build wrote into the page, if it wrote one.
fn is_intact(text: &str) -> bool {
    site::meta("catalogue-sha256").is_none_or(|expected| expected == sha256_hex(text.as_bytes()))
}

/// The id of this page's model, or why it is not known.
pub async fn model_id() -> Result<String, String> {
    Ok(card().await?.id)
}

async fn card() -> Result<ModelCard, String> {
    let card = fetch::fetch_text(CARD).await;
    let card = card.map_err(|error| format!("the model card could not be loaded ({error})"))?;
    ModelCard::from_json(&card).map_err(|error| error.to_string())
}
