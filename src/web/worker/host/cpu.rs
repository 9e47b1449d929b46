//! The CPU backend of an engine: its helpers run the networks.

use std::rc::Rc;

use js_sys::Float32Array;
use wasm_bindgen::JsCast;

use super::{
    pool::{Pool, Weights},
    processor::Processor,
};
use crate::{
    separate::{EstimateError, TileEstimate, TileEstimator},
    web::{
        platform::memory,
        worker::{
            engine_kind::EngineKind,
            protocol::{Failure, FailureKind, Order},
        },
    },
};

/// Helpers that hold the networks.
pub(super) struct TilePool(Rc<Pool>);

impl Processor for TilePool {
    const PROGRAM: EngineKind = EngineKind::Cpu;
    const FAILURE: FailureKind = FailureKind::Engine;

    async fn open(networks: Weights<'_>, pool: &Rc<Pool>) -> Result<(Self, String), Failure> {
        pool.load(networks).await?;
        let device = match pool.helpers() {
            1 => "CPU".to_owned(),
            threads => format!("CPU, {threads} threads"),
        };
        Ok((Self(Rc::clone(pool)), device))
    }
}

impl TileEstimator for TilePool {
    fn parallelism(&self) -> usize {
        self.0.tasks()
    }

    async fn estimate(&self, tile: Vec<f32>) -> Result<TileEstimate, EstimateError> {
        let tile = [Float32Array::from(tile.as_slice()).into()];
        let answer = self.0.ask(&Order::Estimate, &tile).await;
        let attachments = answer.map_err(|failure| EstimateError(failure.message))?;
        let values = attachments
            .first()
            .and_then(|values| values.dyn_ref::<Float32Array>());
        values
            .ok_or_else(|| EstimateError("a helper sent nothing".to_owned()))
            .and_then(|values| TileEstimate::from_values(memory::take_samples(values)))
    }
}
