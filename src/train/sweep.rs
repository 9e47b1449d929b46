//! Grid search, as in the paper: one run for each combination of hyperparameters, and one table of results. A finished
//! run has `outcome.json` in its folder and is kept; an unfinished one is resumed.

use std::path::Path;

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::config::{Approach, OptimizerKind, TrainConfig};
use super::run::{RunFolder, RunProgress, TrainError};
use super::trainer::{TrainData, TrainObserver, train};

const OUTCOME: &str = "outcome.json";

/// The hyperparameters to combine.
#[derive(Clone, Debug, PartialEq)]
pub struct Grid {
    /// Networks.
    pub approaches: Vec<Approach>,
    /// Optimisers.
    pub optimizers: Vec<OptimizerKind>,
    /// Peak learning rates.
    pub learning_rates: Vec<f64>,
    /// Weight decays.
    pub weight_decays: Vec<f64>,
}

impl Default for Grid {
    /// The paper's.
    fn default() -> Self {
        Self {
            approaches: vec![Approach::MultiTask],
            optimizers: vec![OptimizerKind::Adam, OptimizerKind::Sgd],
            learning_rates: vec![0.1, 0.01, 0.001],
            weight_decays: vec![0.1, 0.01, 0.001],
        }
    }
}

impl Grid {
    /// Every combination, on top of `base`.
    pub fn points(&self, base: &TrainConfig) -> Vec<TrainConfig> {
        let mut points = Vec::new();
        for &approach in &self.approaches {
            for &optimizer in &self.optimizers {
                for &learning_rate in &self.learning_rates {
                    points.extend(self.weight_decays.iter().map(|&weight_decay| TrainConfig {
                        approach,
                        optimizer,
                        learning_rate,
                        weight_decay,
                        ..base.clone()
                    }));
                }
            }
        }
        points
    }
}

/// The result of one run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepResult {
    /// The network.
    pub approach: Approach,
    /// The optimiser.
    pub optimizer: OptimizerKind,
    /// Peak learning rate.
    pub learning_rate: f64,
    /// Weight decay.
    pub weight_decay: f64,
    /// Steps done.
    pub steps: usize,
    /// Seconds trained.
    pub elapsed_secs: f64,
    /// Lowest validation loss; `None` if the run diverged before the first check.
    pub best_validation_loss: Option<f32>,
    /// The step at which the loss became NaN or infinite, if it did.
    pub diverged_at: Option<usize>,
}

/// The name of a combination's folder.
pub fn name(config: &TrainConfig) -> String {
    format!(
        "{}-{}-lr{}-wd{}",
        word(&config.approach),
        word(&config.optimizer),
        config.learning_rate,
        config.weight_decay
    )
}

/// A setting as configuration files spell it.
fn word(setting: &impl Serialize) -> String {
    let value = serde_json::to_value(setting).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Trains one combination in `path`, or resumes it.
///
/// # Errors
/// When the folder holds a run of other settings, files can't be written, or the observer stops the run. A run that
/// diverges is a result, no error.
pub fn run_point(
    config: &TrainConfig,
    data: &TrainData,
    path: &Path,
    device: &Device,
    observer: &mut impl TrainObserver,
) -> Result<SweepResult, TrainError> {
    let (folder, start) = if path.join("config.json").is_file() {
        let (folder, found, progress) = RunFolder::open(path)?;
        if found != *config {
            return Err(TrainError::Config(format!(
                "{} holds a run with other settings: choose another folder",
                path.display()
            )));
        }
        (folder, progress)
    } else {
        (RunFolder::create(path, config)?, RunProgress::default())
    };
    if path.join(OUTCOME).is_file() {
        return folder.read_json(OUTCOME);
    }
    let (progress, diverged_at) = match train(config, data, &folder, start, device, observer) {
        Ok(progress) => (progress, None),
        Err(TrainError::Diverged { step, .. }) => {
            let progress = RunFolder::open(path).map(|(_, _, progress)| progress);
            (progress.unwrap_or(start), Some(step))
        }
        Err(error) => return Err(error),
    };
    let row = SweepResult {
        approach: config.approach,
        optimizer: config.optimizer,
        learning_rate: config.learning_rate,
        weight_decay: config.weight_decay,
        steps: progress.step,
        elapsed_secs: progress.elapsed_secs,
        best_validation_loss: progress.best_validation_loss,
        diverged_at,
    };
    folder.write_json(OUTCOME, &row)?;
    Ok(row)
}

/// Writes `sweep.csv`, in the order of the runs, and `sweep.md`, the best first.
///
/// # Errors
/// When a file can't be written.
pub fn write_tables(out: &Path, rows: &[SweepResult]) -> Result<(), TrainError> {
    let folder = RunFolder::at(out);
    let heading =
        "approach,optimizer,learning_rate,weight_decay,steps,seconds,validation_loss,diverged_at";
    let lines: Vec<String> = rows.iter().map(|row| cells(row).join(",")).collect();
    let csv = format!("{heading}\n{}\n", lines.join("\n"));
    folder.write("sweep.csv", csv.as_bytes())?;
    folder.write("sweep.md", markdown(rows).as_bytes())
}

/// The table, the best first.
pub fn markdown(rows: &[SweepResult]) -> String {
    let mut rows = rows.to_vec();
    let rank = |row: &SweepResult| match (row.diverged_at, row.best_validation_loss) {
        (None, Some(loss)) => loss,
        _ => f32::INFINITY,
    };
    rows.sort_by(|a, b| rank(a).total_cmp(&rank(b)));
    let mut text = "| approach | optimizer | learning rate | weight decay | steps | seconds | validation loss | \
                    diverged at step |\n|---|---|---|---|---|---|---|---|\n"
        .to_owned();
    for row in &rows {
        text += &format!("| {} |\n", cells(row).join(" | "));
    }
    text
}

fn cells(row: &SweepResult) -> [String; 8] {
    let loss = row.best_validation_loss;
    [
        word(&row.approach),
        word(&row.optimizer),
        row.learning_rate.to_string(),
        row.weight_decay.to_string(),
        row.steps.to_string(),
        format!("{:.0}", row.elapsed_secs),
        loss.map_or(String::new(), |loss| format!("{loss:.6}")),
        row.diverged_at
            .map_or(String::new(), |step| step.to_string()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(
        learning_rate: f64,
        best_validation_loss: Option<f32>,
        diverged_at: Option<usize>,
    ) -> SweepResult {
        SweepResult {
            approach: Approach::MultiTask,
            optimizer: OptimizerKind::Adam,
            learning_rate,
            weight_decay: 0.01,
            steps: 30,
            elapsed_secs: 2.0,
            best_validation_loss,
            diverged_at,
        }
    }

    #[test]
    fn the_papers_grid_has_eighteen_runs_of_different_names() {
        let points = Grid::default().points(&TrainConfig::paper());
        let mut names: Vec<_> = points.iter().map(name).collect();
        names.sort();
        names.dedup();
        assert_eq!((points.len(), names.len()), (18, 18));
        assert!(
            names.contains(&"multi-task-sgd-lr0.001-wd0.1".to_owned()),
            "{names:?}"
        );
    }

    #[test]
    fn the_best_comes_first_and_the_diverged_last() {
        let rows = [
            row(0.1, Some(0.1), Some(12)),
            row(0.01, Some(0.5), None),
            row(0.001, Some(0.25), None),
        ];
        let table = markdown(&rows);
        let order: Vec<_> = table.lines().skip(2).collect();
        assert!(
            order[0].contains("| 0.001 |") && order[2].ends_with("| 12 |"),
            "{table}"
        );
        let folder = tempfile::tempdir().expect("a folder");
        write_tables(folder.path(), &rows).expect("written");
        let csv = std::fs::read_to_string(folder.path().join("sweep.csv")).expect("a table");
        assert_eq!(
            csv.lines().nth(2),
            Some("multi-task,adam,0.01,0.01,30,2,0.500000,")
        );
    }
}
