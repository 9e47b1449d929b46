//! Why a song was not separated.

use super::EstimateError;

/// Why stems could not be stored.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct DeliveryError(pub String);

/// Why a song was not separated.
#[derive(Clone, Debug, thiserror::Error)]
pub enum SeparateError {
    /// The observer cancelled it.
    #[error("cancelled")]
    Cancelled,
    /// The network failed.
    #[error(transparent)]
    Estimate(#[from] EstimateError),
    /// The stems could not be stored.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
}
