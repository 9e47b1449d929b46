//! L7, native: finds, checks and loads the network that commands run songs through.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

use super::Session;
use crate::{
    compute,
    model::{ModelCard, weights},
    separate::{LocalEstimator, Separator},
};

/// The model's folder, looked for in the current folder and beside the program.
const DEFAULT_FOLDER: &str = "model-weights";
const CARD_NAME: &str = "deepmelody.json";
const WEIGHTS_NAME: &str = "deepmelody.safetensors";

/// A loaded network and its card.
#[derive(Debug)]
pub struct Engine {
    /// What the network is.
    pub card: ModelCard,
    /// The network at work.
    pub separator: Separator<LocalEstimator>,
}

impl Engine {
    /// Loads the session's model on the processor.
    ///
    /// # Errors
    /// When no model is found, or it is damaged.
    pub fn open(session: &Session) -> anyhow::Result<Self> {
        let folder = find_folder(session.model_folder())?;
        let card = read_card(&folder)?;
        let path = folder.join(WEIGHTS_NAME);
        let bytes =
            fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
        let device = compute::open_cpu().device;
        let network = weights::load(&card, bytes, &device)
            .with_context(|| format!("{} cannot be used", path.display()))?;
        let separator = Separator::new(
            LocalEstimator::new(network, device),
            card.front_end.overlap_frames,
        );
        Ok(Self { card, separator })
    }
}

fn read_card(folder: &Path) -> anyhow::Result<ModelCard> {
    let path = folder.join(CARD_NAME);
    let json =
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    ModelCard::from_json(&json).with_context(|| format!("{} cannot be used", path.display()))
}

/// The folder that the user named, or the first of the default places that holds a model card.
fn find_folder(named: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(folder) = named {
        if !folder.join(CARD_NAME).is_file() {
            bail!(
                "no model in {}: expected {CARD_NAME} and {WEIGHTS_NAME} there",
                folder.display()
            );
        }
        return Ok(folder.to_path_buf());
    }
    let beside_program = std::env::current_exe()
        .ok()
        .and_then(|program| program.parent().map(|folder| folder.join(DEFAULT_FOLDER)));
    let places: Vec<_> = [Some(PathBuf::from(DEFAULT_FOLDER)), beside_program]
        .into_iter()
        .flatten()
        .collect();
    if let Some(folder) = places
        .iter()
        .find(|folder| folder.join(CARD_NAME).is_file())
    {
        return Ok(folder.clone());
    }
    let places: Vec<_> = places
        .iter()
        .map(|folder| folder.display().to_string())
        .collect();
    bail!(
        "no model found: looked for {CARD_NAME} in {}; name its folder with --model DIR",
        places.join(" and ")
    )
}
