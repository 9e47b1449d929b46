//! Trains networks on folders of songs with stems, and scores them.

mod average;
pub mod batch;
pub mod calibrate;
mod checkpoint;
mod conditioned;
pub mod config;
mod curve;
pub mod dataset;
mod effects;
pub mod evaluate;
pub mod images;
pub mod intervals;
mod libtorch;
mod loader;
mod loss;
mod network;
mod optimizer;
pub mod prepare;
mod provenance;
mod replay;
mod run;
mod spectral;
pub mod sweep;
mod teachers;
mod temperature;
mod trained;
mod trainer;

pub use config::{Approach, InputView, LossKind, OptimizerKind, Schedule, TrainConfig};
pub use network::Network;
pub use provenance::RunRecord;
pub use run::{FINISHED_WEIGHTS, RunFolder, RunProgress, TrainError};
pub use temperature::calibrate_temperature;
pub use trained::{OVERLAP_FRAMES, TrainedSeparator};
pub use trainer::{TrainData, TrainObserver, TrainReport, train};
