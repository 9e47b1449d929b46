//! L6: training networks on folders of stems, and scoring them.

pub mod batch;
pub mod calibrate;
pub mod config;
pub mod dataset;
pub mod evaluate;
mod loss;
mod run;
mod spectral;
mod trainer;

pub use config::{LossKind, OptimizerKind, TrainConfig};
pub use run::{RunFolder, TrainError};
pub use trainer::{TrainData, TrainObserver, TrainReport, train};
