//! The model card: a JSON description beside the weights.

use serde::{Deserialize, Serialize};

use super::{DetectorConfig, PredictionIntervals, UNetConfig};
use crate::audio::SAMPLE_RATE;
use crate::dsp::{BINS, HOP_LENGTH, TILE_FRAMES, WINDOW_LENGTH};
use crate::source::{PerSource, Source};

/// Version of the card's format; other versions are rejected.
pub const CARD_VERSION: u32 = 3;

/// Everything needed to run the networks, and their training and scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    /// Version of the card's format.
    pub version: u32,
    /// Id of the model; catalogues refer to it.
    pub id: String,
    /// SHA-256 of the weights file, lower-case hexadecimal.
    pub sha256: String,
    /// Sizes of the separator.
    pub architecture: UNetConfig,
    /// Sizes of the detector.
    pub detector: DetectorConfig,
    /// Parameters of the spectrogram.
    pub front_end: FrontEnd,
    /// Names of the sources, in the masks' order.
    pub sources: [String; Source::COUNT],
    /// Thresholds of activity.
    pub thresholds: Thresholds,
    /// How far the true prominence may lie from the estimate; older cards do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prediction_intervals: Option<PredictionIntervals>,
    /// Provenance: configuration and data of the training, of its teachers and of averaged runs; free-form.
    pub training: serde_json::Value,
    /// Scores on each split; free-form.
    pub scores: serde_json::Value,
}

/// Parameters of the spectrogram that a network was trained on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrontEnd {
    /// Hertz.
    pub sample_rate: u32,
    /// Samples a window.
    pub window_length: usize,
    /// Samples from one frame to the next.
    pub hop_length: usize,
    /// Frames a tile.
    pub tile_frames: usize,
    /// Frames that neighbouring tiles share.
    pub overlap_frames: usize,
}

impl FrontEnd {
    /// What differs from this program's spectrograms, if anything.
    fn problem(&self) -> Option<String> {
        let expected = Self {
            sample_rate: SAMPLE_RATE,
            window_length: WINDOW_LENGTH,
            hop_length: HOP_LENGTH,
            tile_frames: TILE_FRAMES,
            overlap_frames: self.overlap_frames,
        };
        if *self != expected {
            Some(format!(
                "trained on {self:?}, this program has {expected:?}"
            ))
        } else if self.overlap_frames > self.tile_frames / 2 {
            Some("tiles overlap by more than a half".to_owned())
        } else {
            None
        }
    }
}

/// Thresholds above which a separated source counts as playing, calibrated on the validation split.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Minimum level of a frame, in dB relative to the song's.
    pub relative_to_song_db: PerSource<f32>,
    /// Weight of the detector's logit: dB added to the level for each unit. With 0 the level alone decides.
    pub db_per_logit: f32,
    /// Width of the majority filter in frames; odd.
    pub smooth_frames: usize,
}

/// Why a model card can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// It can't be read.
    #[error("the model card is damaged ({0}); fetch it again from where you got the weights")]
    Json(#[from] serde_json::Error),
    /// It is of another version.
    #[error(
        "the model card has version {found}, this program reads version {CARD_VERSION}: update the program or the model"
    )]
    Version {
        /// The card's version.
        found: u32,
    },
    /// Its contents are inconsistent.
    #[error("the model card is inconsistent: {0}")]
    Invalid(String),
}

impl ModelCard {
    /// Reads and checks a card.
    ///
    /// # Errors
    /// Damaged JSON, another version, other sources than this program's, or impossible sizes.
    pub fn from_json(json: &str) -> Result<Self, CardError> {
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let Head { version: found } = serde_json::from_str(json)?;
        if found != CARD_VERSION {
            return Err(CardError::Version { found });
        }
        let card: Self = serde_json::from_str(json)?;
        match card.problem() {
            Some(problem) => Err(CardError::Invalid(problem)),
            None => Ok(card),
        }
    }

    /// Mean absolute error of each prominence, in [0, 1], on the test split; 0 where it was not scored.
    pub fn prominence_error(&self) -> PerSource<f32> {
        let sources = &self.scores["test"]["sources"];
        PerSource::from_fn(|source| {
            let points = sources[source.index()]["prominence_error_points"].as_f64();
            points.unwrap_or_default().clamp(0.0, 100.0) as f32 / 100.0
        })
    }

    fn problem(&self) -> Option<String> {
        let sources = Source::ALL.map(Source::name);
        if self.sources != sources {
            return Some(format!("sources {:?}, expected {sources:?}", self.sources));
        }
        if self.architecture.masks != Source::COUNT {
            return Some(format!(
                "{} masks for {} sources",
                self.architecture.masks,
                Source::COUNT
            ));
        }
        if let Some(problem) = self.front_end.problem() {
            return Some(problem);
        }
        if self.architecture.bins != BINS {
            return Some(format!(
                "a network of {} bins for spectra of {BINS}",
                self.architecture.bins
            ));
        }
        if self.detector.sources != Source::COUNT {
            return Some(format!(
                "a detector of {} sources for {}",
                self.detector.sources,
                Source::COUNT
            ));
        }
        self.architecture
            .problem()
            .or_else(|| self.detector.problem())
            .or_else(|| self.prediction_intervals.as_ref()?.problem())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn card() -> serde_json::Value {
        json!({
            "version": CARD_VERSION,
            "id": "test",
            "sha256": "",
            "architecture": UNetConfig::paper(16, BINS, Source::COUNT),
            "detector": { "bands": 96, "channels": [8, 8, 8], "hidden": 8, "sources": Source::COUNT },
            "front_end": {
                "sample_rate": SAMPLE_RATE,
                "window_length": WINDOW_LENGTH,
                "hop_length": HOP_LENGTH,
                "tile_frames": TILE_FRAMES,
                "overlap_frames": 64
            },
            "sources": Source::ALL,
            "thresholds": {
                "relative_to_song_db": [-20, -20, -20, -20, -20],
                "db_per_logit": 5,
                "smooth_frames": 1
            },
            "prediction_intervals": null,
            "training": null,
            "scores": null
        })
    }

    fn message(card: &serde_json::Value) -> String {
        let error = ModelCard::from_json(&card.to_string()).expect_err("refused");
        error.to_string()
    }

    #[test]
    fn a_card_of_this_programs_kind_is_taken() {
        assert!(ModelCard::from_json(&card().to_string()).is_ok());
    }

    #[test]
    fn the_error_of_prominences_is_read_from_the_scores() {
        let mut card = card();
        let read = |card: &serde_json::Value| {
            ModelCard::from_json(&card.to_string())
                .expect("a card")
                .prominence_error()
        };
        assert_eq!(read(&card), PerSource::default());
        let scores = [10, 20, 30, 40, 50].map(|points| json!({"prominence_error_points": points}));
        card["scores"] = json!({"test": {"sources": scores}});
        assert_eq!(read(&card), PerSource([0.1, 0.2, 0.3, 0.4, 0.5]));
    }

    #[test]
    fn prediction_intervals_are_kept_and_may_be_missing() {
        let mut card = card();
        let read =
            |card: &serde_json::Value| ModelCard::from_json(&card.to_string()).expect("a card");
        card.as_object_mut()
            .and_then(|fields| fields.remove("prediction_intervals"))
            .expect("the field");
        let without = read(&card);
        assert_eq!(without.prediction_intervals, None);
        let written = serde_json::to_value(without).expect("JSON");
        assert!(written.get("prediction_intervals").is_none());
        card["prediction_intervals"] = json!({
            "coverage_percent": 80.0,
            "at_estimates": [[[0.0, 0.25], [0.75, 1.0]], [[0, 1]], [[0, 1]], [[0, 1]], [[0, 1]]]
        });
        let with = read(&card);
        let intervals = with.prediction_intervals.as_ref().expect("intervals");
        let guitar = intervals.around(Source::Guitar, 1.0);
        assert_eq!([guitar.from, guitar.to], [0.75, 1.0]);
        let written = serde_json::to_string(&with).expect("JSON");
        assert_eq!(ModelCard::from_json(&written).expect("a card"), with);
    }

    #[test]
    fn cards_that_do_not_fit_are_refused_with_the_reason() {
        for (field, value, reason) in [
            ("/version", json!(1), "version 1"),
            ("/sources/0", json!("violin"), "violin"),
            ("/architecture/masks", json!(4), "4 masks"),
            ("/architecture/bins", json!(256), "256 bins"),
            ("/detector/sources", json!(4), "4 sources"),
            ("/detector/bands", json!(50), "50 bands"),
            ("/front_end/sample_rate", json!(44_100), "44100"),
            ("/front_end/hop_length", json!(256), "hop_length: 256"),
            ("/front_end/overlap_frames", json!(300), "overlap"),
            // Twice that is 0 in 64 bits.
            ("/front_end/overlap_frames", json!(1_u64 << 63), "overlap"),
            ("/thresholds", json!(null), "damaged"),
            (
                "/prediction_intervals",
                json!({ "coverage_percent": 80, "at_estimates": [[], [], [], [], []] }),
                "intervals of guitar",
            ),
        ] {
            let mut card = card();
            *card.pointer_mut(field).expect(field) = value;
            let message = message(&card);
            assert!(message.contains(reason), "{field}: {message}");
        }
    }
}
