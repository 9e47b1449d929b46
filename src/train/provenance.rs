//! Where a run's weights come from: its own training, that of its teachers, and that of the runs in a weight average.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::config::TrainConfig;
use super::network::Network;
use super::run::{RunFolder, RunProgress, TrainError, TrainingDataSummary};

const TEACHERS: &str = "teachers.json";
const AVERAGED: &str = "averaged.json";

/// The training of one run, as model cards keep it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Its configuration; folders by their names alone.
    pub config: TrainConfig,
    /// How far it was trained.
    pub progress: RunProgress,
    /// Its training songs; `None` where the run has no record of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<TrainingDataSummary>,
    /// The training of each teacher, in the configuration's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teachers: Vec<RunRecord>,
    /// The training of each run whose weights were averaged; empty for a run that was trained itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub averaged: Vec<RunRecord>,
}

impl RunFolder {
    /// The record of this run.
    ///
    /// # Errors
    /// When one of its files can't be read.
    pub fn record(&self) -> Result<RunRecord, TrainError> {
        let config: TrainConfig = self.read_json("config.json")?;
        Ok(RunRecord {
            config: config.without_places(),
            progress: self.read_json("progress.json")?,
            data: self.read_json_if_there("data.json")?,
            teachers: self.read_json_if_there(TEACHERS)?.unwrap_or_default(),
            averaged: self.read_json_if_there(AVERAGED)?.unwrap_or_default(),
        })
    }

    /// Records the teachers of `config`, as they are now.
    ///
    /// # Errors
    /// When a teacher's files can't be read, or the record can't be written.
    pub fn record_teachers(&self, config: &TrainConfig) -> Result<(), TrainError> {
        if config.teachers.is_empty() {
            return Ok(());
        }
        let record = |path: &PathBuf| RunFolder::at(path).record();
        let records: Vec<RunRecord> = config
            .teachers
            .iter()
            .map(record)
            .collect::<Result<_, _>>()?;
        self.write_json(TEACHERS, &records)
    }

    /// Writes a finished run of `config` with the training of `record`, to be fine-tuned or packaged.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn restore(
        path: &Path,
        config: &TrainConfig,
        record: &RunRecord,
        network: &Network,
    ) -> Result<Self, TrainError> {
        let folder = Self::create(path, config)?;
        folder.write_json("progress.json", &record.progress)?;
        if let Some(data) = &record.data {
            folder.write_json("data.json", data)?;
        }
        for (name, records) in [(TEACHERS, &record.teachers), (AVERAGED, &record.averaged)] {
            if !records.is_empty() {
                folder.write_json(name, records)?;
            }
        }
        folder.save_finished(network)?;
        Ok(folder)
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::source::PerSource;

    fn data(songs: usize) -> Option<TrainingDataSummary> {
        Some(TrainingDataSummary {
            songs,
            hours: 1.5,
            mean_prominence: PerSource([0.5; 5]),
        })
    }

    fn record(seed: u64) -> RunRecord {
        let mut config = TrainConfig {
            seed,
            train: vec!["songs".into()],
            ..TrainConfig::default()
        };
        config.network.channels = vec![2, 3];
        RunRecord {
            config,
            progress: RunProgress::default(),
            data: data(seed as usize),
            teachers: Vec::new(),
            averaged: Vec::new(),
        }
    }

    #[test]
    fn averages_and_teachers_survive_a_folder_and_a_card() {
        let taught = RunRecord {
            teachers: vec![record(1)],
            ..record(2)
        };
        let mean = RunRecord {
            averaged: vec![taught, record(3)],
            ..record(4)
        };
        let folder = tempfile::tempdir().expect("a folder");
        let network = Network::init_training(&mean.config, &Device::flex());
        let run = RunFolder::restore(&folder.path().join("mean"), &mean.config, &mean, &network);
        let found = run.expect("a run").record().expect("its record");
        assert_eq!(found, mean);
        let card = serde_json::to_value(&found).expect("JSON");
        assert_eq!(card["averaged"][0]["teachers"][0]["config"]["seed"], 1);
        let read: RunRecord = serde_json::from_value(card).expect("a record");
        assert_eq!(read, mean);
    }

    #[test]
    fn a_run_records_its_teachers() {
        let folder = tempfile::tempdir().expect("a folder");
        let teacher = folder.path().join("teacher");
        RunFolder::create(&teacher, &record(1).config).expect("a teacher");
        let config = TrainConfig {
            teachers: vec![teacher],
            ..record(2).config
        };
        let run = RunFolder::create(&folder.path().join("run"), &config).expect("a run");
        run.record_teachers(&config).expect("recorded");
        let found = run.record().expect("a record");
        assert_eq!(found.config.teachers, [PathBuf::from("teacher")]);
        assert_eq!(found.teachers[0].config.seed, 1);
        assert_eq!(found.teachers[0].data, None, "it has not begun");
    }
}
