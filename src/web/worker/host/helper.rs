//! L7: a nested worker of the engine: holds the networks on the processor and says what is in tiles.

use std::{cell::RefCell, rc::Rc};

use js_sys::{ArrayBuffer, Float32Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;

use super::{engine::model_failure, scope};
use crate::{
    compute::{self, ComputeDevice},
    model::{ModelCard, weights},
    separate::{LocalEstimator, TileEstimator},
    web::worker::protocol::{self, Delivery, Failure, FailureKind, Order},
};

type Network = Rc<RefCell<Option<Rc<LocalEstimator>>>>;

/// Answers orders, one after the other.
pub(super) fn run() {
    let network = Network::default();
    scope::listen(move |message| {
        let network = Rc::clone(&network);
        spawn_local(async move {
            match obey(&message, &network).await {
                Ok((delivery, attachments)) => scope::say(&delivery, &attachments),
                Err(failure) => scope::say(&Delivery::Failed(failure), &[]),
            }
        });
    });
    scope::say(&Delivery::Started, &[]);
}

async fn obey(message: &JsValue, network: &Network) -> Result<(Delivery, Vec<JsValue>), Failure> {
    let (order, attachments) =
        protocol::unpack::<Order>(message).map_err(|error| broken(&error.to_string()))?;
    let attachment = attachments.into_iter().next().unwrap_or_default();
    match order {
        Order::Load { card } => {
            let loaded = load(&card, &attachment.unchecked_into())?;
            network.replace(Some(Rc::new(loaded)));
            Ok((Delivery::Loaded, Vec::new()))
        }
        Order::Estimate => {
            let tile = attachment.unchecked_into::<Float32Array>().to_vec();
            let estimator = network
                .borrow()
                .clone()
                .ok_or_else(|| broken("there is no network yet"))?;
            let estimate = estimator
                .estimate(tile)
                .await
                .map_err(|error| broken(&error.to_string()))?;
            Ok((
                Delivery::Estimate,
                vec![Float32Array::from(estimate.values()).into()],
            ))
        }
    }
}

fn load(card: &str, weights: &ArrayBuffer) -> Result<LocalEstimator, Failure> {
    let card = ModelCard::from_json(card).map_err(|error| model_failure(&error))?;
    let ComputeDevice { device, .. } = compute::open_cpu();
    let bytes = Uint8Array::new(weights).to_vec();
    let network = weights::load(&card, bytes, &device).map_err(|error| model_failure(&error))?;
    Ok(LocalEstimator::new(network, device))
}

fn broken(cause: &str) -> Failure {
    Failure::new(FailureKind::Engine, cause)
}
