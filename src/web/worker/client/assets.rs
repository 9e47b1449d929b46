//! What an engine needs, fetched once.

use wasm_bindgen::JsValue;
use web_sys::Blob;

use super::EngineStatus;
use crate::web::{
    platform::{
        fetch,
        loader::{LoadError, Loader},
        site,
    },
    worker::{
        engine_kind::EngineKind,
        protocol::{Failure, FailureKind},
    },
};

const CARD: &str = "model-weights/deepmelody.json";
const WEIGHTS: &str = "model-weights/deepmelody.safetensors";

/// Compiled program, model card and weights.
pub(super) struct Assets {
    pub(super) program: EngineKind,
    pub(super) module: JsValue,
    pub(super) card: String,
    pub(super) weights: Blob,
}

impl Assets {
    /// Fetches everything, one after the other, reporting how far it is; card and weights only if no `former` program
    /// had them.
    pub(super) async fn fetch(
        program: EngineKind,
        former: Option<&Self>,
        report: &dyn Fn(EngineStatus),
    ) -> Result<Self, Failure> {
        let mut loader = Loader::start().map_err(super::broken)?;
        let wasm = site::program_file(&program.wasm());
        let module = loader.program(&wasm, |loaded| {
            report(EngineStatus::LoadingProgram(loaded));
        });
        let module = module
            .await
            .map_err(|error| missing(FailureKind::Engine, &error))?;
        let (card, weights) = match former {
            Some(former) => (former.card.clone(), former.weights.clone()),
            None => fetch_networks(&mut loader, report).await?,
        };
        Ok(Self {
            program,
            module,
            card,
            weights,
        })
    }
}

async fn fetch_networks(
    loader: &mut Loader,
    report: &dyn Fn(EngineStatus),
) -> Result<(String, Blob), Failure> {
    let card = fetch::fetch_text(CARD)
        .await
        .map_err(|error| missing(FailureKind::Model, &error.into()))?;
    let weights = loader.file(WEIGHTS, |loaded| {
        report(EngineStatus::LoadingWeights(loaded));
    });
    let weights = weights
        .await
        .map_err(|error| missing(FailureKind::Model, &error))?;
    Ok((card, weights))
}

fn missing(kind: FailureKind, error: &LoadError) -> Failure {
    let what = match (kind, error) {
        (_, LoadError::Damaged(_)) => "The engine's program is damaged",
        (FailureKind::Model, _) => "The network's weights are missing",
        _ => "The engine is missing",
    };
    Failure::new(kind, format!("{what}: {error}."))
}
