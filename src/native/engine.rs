//! Finds, checks and loads the network that commands run songs through.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};

use super::Session;
use crate::{
    compute::{self, ComputeDevice},
    model::{ModelCard, Networks, weights},
    separate::{LocalEstimator, Separator},
};

/// The model's folder, where the user names none; see [`default_folders`].
const DEFAULT_FOLDER: &str = "model-weights";
/// The model card's file.
pub const CARD_NAME: &str = "deepmelody.json";
/// The weights' file.
pub const WEIGHTS_NAME: &str = "deepmelody.safetensors";

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
        let cpu = compute::open_cpu();
        let (card, networks) = read_model(session, &cpu)?;
        let separator = Separator::new(
            LocalEstimator::new(networks, cpu.device),
            card.front_end.overlap_frames,
        );
        Ok(Self { card, separator })
    }
}

/// The session's model: its card, and its networks on the device of `opened`.
///
/// # Errors
/// When no model is found, or it is damaged.
pub fn read_model(
    session: &Session,
    opened: &ComputeDevice,
) -> anyhow::Result<(ModelCard, Networks)> {
    let folder = find_folder(session.model_folder())?;
    let card = read_card(&folder)?;
    let path = folder.join(WEIGHTS_NAME);
    let bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    let networks = weights::load(&card, bytes, &opened.device)
        .with_context(|| format!("{} cannot be used", path.display()))?;
    Ok((card, networks))
}

/// The card of the session's model.
///
/// # Errors
/// When no model is found, or its card is damaged.
pub fn card(session: &Session) -> anyhow::Result<ModelCard> {
    read_card(&find_folder(session.model_folder())?)
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
    let places = default_folders();
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
        places.join(", ")
    )
}

/// The model's folder here, beside the program, and in the sources that it was built from, which is where a program
/// installed by `cargo install --path` finds it.
fn default_folders() -> Vec<PathBuf> {
    let here = Some(PathBuf::from(DEFAULT_FOLDER));
    let program = std::env::current_exe().ok();
    let beside_program = program.and_then(|program| Some(program.parent()?.join(DEFAULT_FOLDER)));
    let sources = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join(DEFAULT_FOLDER));
    [here, beside_program, sources]
        .into_iter()
        .flatten()
        .collect()
}
