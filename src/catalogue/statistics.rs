//! Statistics of a catalogue.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::Catalogue;
use crate::source::PerSource;

/// The reported quantiles.
pub const QUANTILES: [f64; 5] = [0.1, 0.25, 0.5, 0.75, 0.9];

/// Label of tracks without a licence.
const UNKNOWN: &str = "unknown";

/// Statistics of a catalogue.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Statistics {
    /// The model's id.
    pub model_id: String,
    /// Number of tracks.
    pub track_count: usize,
    /// Number of artists.
    pub artist_count: usize,
    /// Tracks with a preview.
    pub preview_count: usize,
    /// Total duration in seconds.
    pub duration_secs: f64,
    /// Distribution of each source's prominence.
    pub prominence: PerSource<Distribution>,
    /// Tracks of each licence.
    pub licences: BTreeMap<String, usize>,
}

/// Distribution of values; zeros without values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Distribution {
    /// Arithmetic mean.
    pub mean: f64,
    /// Values at [`QUANTILES`], linearly interpolated.
    pub quantiles: [f64; QUANTILES.len()],
}

impl Statistics {
    /// Computes the statistics.
    pub fn of(catalogue: &Catalogue) -> Self {
        let tracks = &catalogue.tracks;
        let artists: HashSet<&str> = tracks.iter().map(|track| track.artist.as_str()).collect();
        let mut licences = BTreeMap::new();
        for track in tracks {
            let licence = track.licence.as_deref().unwrap_or(UNKNOWN);
            *licences.entry(licence.to_owned()).or_default() += 1;
        }
        Self {
            model_id: catalogue.model_id.clone(),
            track_count: tracks.len(),
            artist_count: artists.len(),
            preview_count: tracks
                .iter()
                .filter(|track| track.preview.is_some())
                .count(),
            duration_secs: tracks
                .iter()
                .map(|track| f64::from(track.duration_secs))
                .sum(),
            prominence: PerSource::from_fn(|source| {
                let values = tracks
                    .iter()
                    .map(|track| f64::from(track.prominence[source]));
                Distribution::of(values.collect())
            }),
            licences,
        }
    }
}

impl Distribution {
    /// Of finite values in any order.
    pub fn of(mut values: Vec<f64>) -> Self {
        if values.is_empty() {
            return Self::default();
        }
        values.sort_by(f64::total_cmp);
        let last = (values.len() - 1) as f64;
        let quantile = |share: f64| {
            let at = share * last;
            let (low, high) = (values[at.floor() as usize], values[at.ceil() as usize]);
            low + (high - low) * at.fract()
        };
        Self {
            mean: values.iter().sum::<f64>() / values.len() as f64,
            quantiles: QUANTILES.map(quantile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Track;

    #[test]
    fn quantiles_are_interpolated() {
        let distribution = Distribution::of(vec![4.0, 0.0, 1.0, 2.0, 3.0]);
        assert_eq!(distribution.mean, 2.0);
        let expected = [0.4, 1.0, 2.0, 3.0, 3.6];
        for (got, expected) in distribution.quantiles.into_iter().zip(expected) {
            assert!((got - expected).abs() < 1e-12, "{got} {expected}");
        }
        assert_eq!(Distribution::of(Vec::new()), Distribution::default());
        assert_eq!(Distribution::of(vec![0.5]).quantiles, [0.5; 5]);
    }

    #[test]
    fn everything_is_counted() {
        let track = |artist: &str, licence: Option<&str>| Track {
            artist: artist.to_owned(),
            licence: licence.map(str::to_owned),
            duration_secs: 60.0,
            prominence: PerSource([0.5, 0.0, 0.0, 0.0, 1.0]),
            ..Track::default()
        };
        let catalogue = Catalogue {
            tracks: vec![
                track("A", Some("CC0")),
                track("A", None),
                track("B", Some("CC0")),
            ],
            ..Catalogue::new("m")
        };
        let statistics = Statistics::of(&catalogue);
        assert_eq!((statistics.track_count, statistics.artist_count), (3, 2));
        assert_eq!(statistics.duration_secs, 180.0);
        assert_eq!(statistics.licences["CC0"], 2);
        assert_eq!(statistics.licences[UNKNOWN], 1);
        assert_eq!(
            statistics
                .prominence
                .0
                .map(|distribution| distribution.mean),
            [0.5, 0.0, 0.0, 0.0, 1.0]
        );
    }
}
