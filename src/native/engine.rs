//! Finds, checks and loads the network that commands run songs through.

use std::{
    fs,
    num::NonZeroUsize,
    path::{Path, PathBuf},
    thread,
};

use anyhow::{Context, bail};

use super::CommandContext;
use crate::{
    compute::ComputeDevice,
    kernels::Network,
    model::{ModelCard, Networks, weights},
    separate::{Separator, ThreadedEstimator},
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
    pub separator: Separator<ThreadedEstimator>,
}

impl Engine {
    /// Loads the context's model, to separate one song at a time on all of the processor.
    ///
    /// # Errors
    /// When no model is found, or it is damaged.
    pub fn open(context: &CommandContext) -> anyhow::Result<Self> {
        Self::open_for(context, NonZeroUsize::MIN)
    }

    /// [`Self::open`], for this many songs at the same time.
    ///
    /// # Errors
    /// When no model is found, or it is damaged.
    pub fn open_for(context: &CommandContext, songs: NonZeroUsize) -> anyhow::Result<Self> {
        let (folder, card, bytes) = read_files(context)?;
        let network = Network::load(&card, bytes).with_context(|| unusable(&folder))?;
        let network = network.prepared();
        let separator = separator(network, card.front_end.overlap_frames, songs)?;
        Ok(Self { card, separator })
    }
}

/// A packed network on all cores, for this many songs at the same time.
///
/// # Errors
/// When the system starts no threads.
pub fn separator(
    network: Network,
    overlap_frames: usize,
    songs: NonZeroUsize,
) -> anyhow::Result<Separator<ThreadedEstimator>> {
    let estimator = ThreadedEstimator::start(network, cores(), songs)
        .context("no threads to compute on could be started")?;
    Ok(Separator::new(estimator, overlap_frames))
}

/// How many cores there are.
pub fn cores() -> NonZeroUsize {
    thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)
}

/// The context's model: its card, and its networks on the device of `opened`.
///
/// # Errors
/// When no model is found, or it is damaged.
pub fn read_model(
    context: &CommandContext,
    opened: &ComputeDevice,
) -> anyhow::Result<(ModelCard, Networks)> {
    let (folder, card, bytes) = read_files(context)?;
    let networks =
        weights::load(&card, bytes, &opened.device).with_context(|| unusable(&folder))?;
    Ok((card, networks))
}

/// The model's folder, its card, and its weights' file.
fn read_files(context: &CommandContext) -> anyhow::Result<(PathBuf, ModelCard, Vec<u8>)> {
    let folder = find_folder(context.model_folder())?;
    let card = read_card(&folder)?;
    let path = folder.join(WEIGHTS_NAME);
    let bytes = fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    Ok((folder, card, bytes))
}

fn unusable(folder: &Path) -> String {
    format!("{} cannot be used", folder.join(WEIGHTS_NAME).display())
}

/// The card of the context's model.
///
/// # Errors
/// When no model is found, or its card is damaged.
pub fn card(context: &CommandContext) -> anyhow::Result<ModelCard> {
    read_card(&find_folder(context.model_folder())?)
}

/// The card of the model in a folder.
///
/// # Errors
/// When there is none, or it is damaged.
pub fn read_card(folder: &Path) -> anyhow::Result<ModelCard> {
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
