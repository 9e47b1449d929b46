//! Checkpoints: everything that a run needs to resume exactly.

use std::fs;
use std::path::PathBuf;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::store::ModuleRecord;
use burn::tensor::Bytes;

use super::network::Network;
use super::run::{RunFolder, RunProgress, TrainError, file_error};

/// The state that training changes.
pub struct TrainState {
    /// The trained weights, on a device with autodiff.
    pub network: Network,
    /// Their moving average, on the device without autodiff: what is evaluated and saved.
    pub average: Network,
    /// The optimiser with its moments.
    pub optimizer: ModuleOptimizer,
}

const CHECKPOINT_PARTS: [&str; 3] = ["network", "average", "optimizer"];
const CHECKPOINT_ENDING: &str = ".checkpoint";

fn checkpoint_name(part: &str, step: usize) -> String {
    format!("{part}-{step}{CHECKPOINT_ENDING}")
}

impl RunFolder {
    /// Writes a checkpoint and redraws the curve. `progress.json`, which names the valid step, is written last, so that
    /// an interruption leaves the previous checkpoint.
    ///
    /// # Errors
    /// When a file can't be written.
    pub fn save_checkpoint(
        &self,
        state: &TrainState,
        progress: &RunProgress,
    ) -> Result<(), TrainError> {
        let step = progress.step;
        let failed = |error: &dyn std::fmt::Display| file_error(self.path(), error);
        let files = [
            ("network", state.network.valid().into_record().into_bytes()),
            ("average", state.average.clone().into_record().into_bytes()),
            ("optimizer", state.optimizer.into_bytes()),
        ];
        for (part, bytes) in files {
            let bytes = bytes.map_err(|error| failed(&error))?;
            self.write(&checkpoint_name(part, step), &bytes)?;
        }
        self.write_json("progress.json", progress)?;
        self.remove_checkpoints_except(step)?;
        self.draw_curve()
    }

    /// `state` with its random weights replaced by the checkpoint of step `step`.
    ///
    /// # Errors
    /// When there is no checkpoint, or it is of another network.
    pub fn load_checkpoint(
        &self,
        state: TrainState,
        step: usize,
    ) -> Result<TrainState, TrainError> {
        let (path, bytes) = self.read_part("optimizer", step)?;
        Ok(TrainState {
            network: self.load_part(state.network, "network", step)?,
            average: self.load_part(state.average, "average", step)?,
            optimizer: state
                .optimizer
                .from_bytes(bytes)
                .map_err(|error| file_error(&path, &error))?,
        })
    }

    /// `network` with the averaged weights of the last checkpoint: to start another run from.
    ///
    /// # Errors
    /// When there is no checkpoint, or it is of another network.
    pub fn load_average(&self, network: Network) -> Result<Network, TrainError> {
        let progress: RunProgress = self.read_json("progress.json")?;
        match self
            .path()
            .join(checkpoint_name("average", progress.step))
            .exists()
        {
            true => self.load_part(network, "average", progress.step),
            false => Ok(network.with_finished(self.finished_weights()?)?),
        }
    }

    fn load_part(&self, network: Network, part: &str, step: usize) -> Result<Network, TrainError> {
        let (path, bytes) = self.read_part(part, step)?;
        ModuleRecord::from_bytes(bytes)
            .and_then(|record| network.try_load_record(record))
            .map_err(|error| file_error(&path, &error))
    }

    fn read_part(&self, part: &str, step: usize) -> Result<(PathBuf, Bytes), TrainError> {
        let name = checkpoint_name(part, step);
        let bytes = self.read(&name)?;
        Ok((self.path().join(name), Bytes::from_bytes_vec(bytes)))
    }

    fn remove_checkpoints_except(&self, step: usize) -> Result<(), TrainError> {
        let kept = CHECKPOINT_PARTS.map(|part| checkpoint_name(part, step));
        let failed = |error: std::io::Error| file_error(self.path(), &error);
        for entry in fs::read_dir(self.path()).map_err(failed)? {
            let path = entry.map_err(failed)?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.ends_with(CHECKPOINT_ENDING) && !kept.iter().any(|kept| *kept == name) {
                fs::remove_file(&path).map_err(failed)?;
            }
        }
        Ok(())
    }
}
