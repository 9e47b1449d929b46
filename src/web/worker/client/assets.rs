//! L7: what an engine needs, fetched once.

use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::EngineStatus;
use crate::web::{
    platform::{
        fetch,
        loader::{LoadError, Loader},
    },
    worker::protocol::{Failure, FailureKind},
};

/// The engine's wasm, as wasm-bindgen names it.
const PROGRAM: &str = "worker_bg.wasm";
const CARD: &str = "model-weights/deepmelody.json";
const WEIGHTS: &str = "model-weights/deepmelody.safetensors";

/// Compiled program, model card and weights.
pub(super) struct Assets {
    pub(super) program: JsValue,
    pub(super) card: String,
    pub(super) weights: Blob,
}

impl Assets {
    /// Fetches everything, one after the other, reporting how far it is.
    pub(super) async fn fetch(report: &dyn Fn(EngineStatus)) -> Result<Self, Failure> {
        let mut loader = Loader::start().map_err(super::broken)?;
        let program = loader.program(PROGRAM, |loaded| {
            report(EngineStatus::LoadingProgram(loaded));
        });
        let program = program
            .await
            .map_err(|error| missing(FailureKind::Engine, &error))?;
        let card = fetch::fetch_text(CARD)
            .await
            .map_err(|error| missing(FailureKind::Model, &error.into()))?;
        let weights = loader.file(WEIGHTS, |loaded| {
            report(EngineStatus::LoadingWeights(loaded));
        });
        let weights = weights
            .await
            .map_err(|error| missing(FailureKind::Model, &error))?;
        Ok(Self {
            program,
            card,
            weights,
        })
    }
}

fn missing(kind: FailureKind, error: &LoadError) -> Failure {
    let what = match (kind, error) {
        (_, LoadError::Damaged(_)) => "The engine's program is damaged",
        (FailureKind::Model, _) => "The network's weights are missing",
        _ => "The engine is missing",
    };
    Failure::new(kind, format!("{what}: {error}."))
}
