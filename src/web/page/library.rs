//! L7: the songs to recommend from, as a static file of the site.

use std::sync::Arc;

use crate::{
    catalogue::{Catalogue, CatalogueError, SPLIT_FORMAT, SplitCatalogue, SplitHead},
    digest::sha256_hex,
    model::ModelCard,
    web::platform::{fetch, page},
};

const CATALOGUE: &str = "catalogue.json";
const CARD: &str = "model-weights/deepmelody.json";

/// The songs to recommend from.
#[derive(Clone, Debug)]
pub enum Library {
    /// On its way.
    Loading,
    /// At hand.
    Ready(Collection),
    /// Not to be had, and why.
    Unavailable(String),
}

/// The catalogue's songs.
#[derive(Clone, Debug)]
pub enum Collection {
    /// All here.
    Whole(Arc<Catalogue>),
    /// So many that only what a search needs is here.
    Split(Arc<SplitCatalogue>),
}

impl Collection {
    /// Id of the network that described the songs.
    pub fn model_id(&self) -> &str {
        match self {
            Self::Whole(catalogue) => &catalogue.model_id,
            Self::Split(catalogue) => &catalogue.head().model_id,
        }
    }
}

/// Fetches the catalogue and checks that this page's network made it.
pub async fn load() -> Library {
    let model_id = match model_id().await {
        Ok(model_id) => model_id,
        Err(reason) => return Library::Unavailable(reason),
    };
    let text = match fetch::fetch_text(CATALOGUE).await {
        Ok(text) => text,
        Err(error) => return Library::Unavailable(format!("the catalogue is missing ({error})")),
    };
    match read(&text, &model_id).await {
        Ok(_) if !is_intact(&text) => Library::Unavailable(
            "the catalogue is not the one that this site was made with: it is damaged, or was replaced without \
             being listed"
                .to_owned(),
        ),
        Ok(collection) => Library::Ready(collection),
        Err(reason) => Library::Unavailable(reason),
    }
}

async fn read(text: &str, model_id: &str) -> Result<Collection, String> {
    match Catalogue::from_json(text, model_id) {
        Ok(catalogue) => Ok(Collection::Whole(Arc::new(catalogue))),
        Err(CatalogueError::Format { got }) if got == SPLIT_FORMAT => {
            read_split(text, model_id).await
        }
        Err(error) => Err(error.to_string()),
    }
}

async fn read_split(head: &str, model_id: &str) -> Result<Collection, String> {
    let head = SplitHead::from_json(head, model_id).map_err(|error| error.to_string())?;
    let vectors = fetch::fetch_bytes(&head.vectors_path()).await;
    let vectors =
        vectors.map_err(|error| format!("a part of the catalogue is missing ({error})"))?;
    let catalogue = SplitCatalogue::new(head, &vectors).map_err(|error| error.to_string())?;
    Ok(Collection::Split(Arc::new(catalogue)))
}

/// Whether the catalogue is the one whose hash the build wrote into the page, if it wrote one.
fn is_intact(text: &str) -> bool {
    page::meta("catalogue-sha256").is_none_or(|expected| expected == sha256_hex(text.as_bytes()))
}

/// The id of this page's network, or why it is not known.
pub async fn model_id() -> Result<String, String> {
    let card = fetch::fetch_text(CARD).await;
    let card = card.map_err(|error| format!("the model card is missing ({error})"))?;
    let card = ModelCard::from_json(&card).map_err(|error| error.to_string())?;
    Ok(card.id)
}
