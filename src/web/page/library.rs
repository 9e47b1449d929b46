//! L7: the songs to recommend from, as a static file of the site.

use std::sync::Arc;

use crate::{catalogue::Catalogue, model::ModelCard, web::platform::fetch};

const CATALOGUE: &str = "catalogue.json";
const CARD: &str = "model-weights/deepmelody.json";

/// The songs to recommend from.
#[derive(Clone, Debug)]
pub enum Library {
    /// On its way.
    Loading,
    /// At hand.
    Ready(Arc<Catalogue>),
    /// Not to be had, and why.
    Unavailable(String),
}

/// Fetches the catalogue and checks that this page's network made it.
pub async fn load() -> Library {
    let card = match fetch::fetch_text(CARD).await {
        Ok(card) => card,
        Err(error) => return Library::Unavailable(format!("the model card is missing ({error})")),
    };
    let model_id = match ModelCard::from_json(&card) {
        Ok(card) => card.id,
        Err(error) => return Library::Unavailable(error.to_string()),
    };
    let text = match fetch::fetch_text(CATALOGUE).await {
        Ok(text) => text,
        Err(error) => return Library::Unavailable(format!("the catalogue is missing ({error})")),
    };
    match Catalogue::from_json(&text, &model_id) {
        Ok(catalogue) => Library::Ready(Arc::new(catalogue)),
        Err(error) => Library::Unavailable(error.to_string()),
    }
}
