//! L7: the songs to recommend from, as a static file of the site.

use std::sync::Arc;

use crate::{
    catalogue::Catalogue,
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
    Ready(Arc<Catalogue>),
    /// Not to be had, and why.
    Unavailable(String),
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
    match Catalogue::from_json(&text, &model_id) {
        Ok(_) if !is_intact(&text) => Library::Unavailable(
            "the catalogue is not the one that this site was made with: it is damaged, or was replaced without \
             being listed"
                .to_owned(),
        ),
        Ok(catalogue) => Library::Ready(Arc::new(catalogue)),
        Err(error) => Library::Unavailable(error.to_string()),
    }
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
