//! A nested worker of the engine: holds the networks, where the processor computes, and runs them on tiles; makes
//! stems.

use js_sys::{ArrayBuffer, Float32Array};
use wasm_bindgen::{JsCast, JsValue};

use super::{engine::model_failure, scope, stems};
use crate::{
    dsp::TILE_FRAMES,
    kernels::{Network, Workspace},
    model::ModelCard,
    separate::TileEstimate,
    web::{
        platform::memory,
        worker::protocol::{self, Delivery, Failure, FailureKind, Order},
    },
};

/// The networks, and what computing a tile of theirs needs.
struct Loaded {
    network: Network,
    workspace: Workspace,
}

/// Answers orders, one after the other.
pub(super) fn run() {
    let mut loaded = None;
    scope::listen(move |message| match obey(&message, &mut loaded) {
        Ok((delivery, attachments)) => scope::say(&delivery, &attachments),
        Err(failure) => scope::say(&Delivery::Failed(failure), &[]),
    });
    scope::say(&Delivery::Started, &[]);
}

fn obey(
    message: &JsValue,
    loaded: &mut Option<Loaded>,
) -> Result<(Delivery, Vec<JsValue>), Failure> {
    let (order, attachments) =
        protocol::unpack::<Order>(message).map_err(|error| broken(&error.to_string()))?;
    let attachment = attachments.first().cloned().unwrap_or_default();
    match order {
        Order::Load { card } => {
            *loaded = Some(load(&card, &attachment.unchecked_into())?);
            Ok((Delivery::Loaded, Vec::new()))
        }
        Order::Estimate => {
            let tile = memory::take_samples(attachment.unchecked_ref());
            let Loaded { network, workspace } = loaded
                .as_mut()
                .ok_or_else(|| broken("there is no network yet"))?;
            let estimate = TileEstimate::from_values(network.run(&tile, workspace))
                .map_err(|error| broken(&error.to_string()))?;
            Ok((
                Delivery::Estimate,
                vec![Float32Array::from(estimate.values()).into()],
            ))
        }
        Order::Stems { part, layout } => {
            // The heap never shrinks: stems find room where tiles were computed.
            if let Some(loaded) = loaded {
                loaded.workspace.release();
            }
            let files = stems::make(&part, layout, &attachments)
                .map_err(|error| broken(&error.to_string()))?;
            Ok((Delivery::Stems, files))
        }
    }
}

fn load(card: &str, weights: &ArrayBuffer) -> Result<Loaded, Failure> {
    let card = ModelCard::from_json(card).map_err(|error| model_failure(&error))?;
    let bytes = memory::take_bytes(weights);
    let network = Network::load(&card, bytes).map_err(|error| model_failure(&error))?;
    let workspace = network.workspace(TILE_FRAMES);
    Ok(Loaded { network, workspace })
}

fn broken(cause: &str) -> Failure {
    Failure::new(FailureKind::Engine, cause)
}
