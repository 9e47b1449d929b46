//! The trait of an engine's backend, which computes tiles: CPU or GPU, one in each of the two programs.

use std::rc::Rc;

use super::pool::{Pool, Weights};
use crate::{
    separate::TileEstimator,
    web::worker::{
        engine_kind::EngineKind,
        protocol::{Failure, FailureKind},
    },
};

/// An estimator of tiles that can be opened.
pub(super) trait Processor: TileEstimator + Sized + 'static {
    /// The program that has it.
    const PROGRAM: EngineKind;
    /// Whose fault it is when it stops computing.
    const FAILURE: FailureKind;

    /// Opens it, and says what it is.
    async fn open(networks: Weights<'_>, pool: &Rc<Pool>) -> Result<(Self, String), Failure>;
}
