//! The GPU backend of an engine: burn runs the networks from the engine's own thread.

use std::rc::Rc;

use js_sys::Uint8Array;

use super::{
    engine::model_failure,
    pool::{Pool, Weights},
    processor::Processor,
};
use crate::{
    compute::{self, ComputeDevice},
    model::{ModelCard, weights},
    separate::LocalEstimator,
    web::{
        platform::gpu,
        worker::{
            engine_kind::EngineKind,
            protocol::{Failure, FailureKind},
        },
    },
};

impl Processor for LocalEstimator {
    const PROGRAM: EngineKind = EngineKind::Gpu;
    const FAILURE: FailureKind = FailureKind::Device;

    async fn open(networks: Weights<'_>, _pool: &Rc<Pool>) -> Result<(Self, String), Failure> {
        let name = gpu::find_adapter().await.name();
        let opened = compute::open_gpu().await;
        let ComputeDevice { device, .. } =
            opened.map_err(|error| Failure::new(FailureKind::Device, format!("{error}.")))?;
        let bytes = Uint8Array::new(networks.bytes).to_vec();
        let card = ModelCard::from_json(networks.card).map_err(|error| model_failure(&error))?;
        let network =
            weights::load(&card, bytes, &device).map_err(|error| model_failure(&error))?;
        let estimator = Self::new(network, device);
        Ok((estimator, format!("{} (WebGPU)", name.unwrap_or_default())))
    }
}
