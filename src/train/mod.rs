//! L6: training networks on folders of stems, and scoring them.

mod average;
pub mod batch;
pub mod calibrate;
mod checkpoint;
pub mod config;
mod curve;
pub mod dataset;
mod effects;
pub mod evaluate;
mod feed;
mod heard;
pub mod images;
mod loss;
mod network;
mod optimizer;
pub mod prepare;
mod run;
mod spectral;
pub mod sweep;
mod teachers;
mod temperature;
mod trained;
mod trainer;

pub use config::{Approach, LossKind, OptimizerKind, Schedule, TrainConfig, View};
pub use network::Network;
pub use run::{FINISHED_WEIGHTS, Progress, RunFolder, TrainError};
pub use temperature::calibrate_temperature;
pub use trained::{OVERLAP_FRAMES, TrainedSeparator};
pub use trainer::{TrainData, TrainObserver, TrainReport, train};
