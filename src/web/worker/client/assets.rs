//! L7: what an engine needs, fetched once.

use js_sys::WebAssembly;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;

use super::EngineStatus;
use crate::web::{
    platform::{
        PlatformError, decode,
        fetch::{self, FetchError},
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
        let program = fetch::fetch_blob(PROGRAM, "application/wasm", |loaded| {
            report(EngineStatus::LoadingProgram(loaded));
        });
        let program = program
            .await
            .map_err(|error| missing(FailureKind::Engine, &error))?;
        let card = fetch::fetch_text(CARD)
            .await
            .map_err(|error| missing(FailureKind::Model, &error))?;
        let weights = fetch::fetch_blob(WEIGHTS, "application/octet-stream", |loaded| {
            report(EngineStatus::LoadingWeights(loaded));
        });
        let weights = weights
            .await
            .map_err(|error| missing(FailureKind::Model, &error))?;
        report(EngineStatus::Opening);
        let program = compile(&program).await.map_err(|error| {
            Failure::new(
                FailureKind::Engine,
                format!("The engine's program is damaged: {error}."),
            )
        })?;
        Ok(Self {
            program,
            card,
            weights,
        })
    }
}

async fn compile(program: &Blob) -> Result<JsValue, PlatformError> {
    let bytes = decode::read_bytes(program).await?;
    Ok(JsFuture::from(WebAssembly::compile(&bytes)).await?)
}

fn missing(kind: FailureKind, error: &FetchError) -> Failure {
    let what = match kind {
        FailureKind::Model => "The network's weights are missing",
        _ => "The engine is missing",
    };
    Failure::new(kind, format!("{what}: {error}."))
}
