//! Analysis of one song: separates it and measures when each source plays.

mod report;

pub use report::{AnalysisReport, to_csv};

use serde::{Deserialize, Serialize};

use crate::audio::Waveform;
use crate::model::{Interval, ModelCard, PredictionIntervals};
use crate::music::{self, Key, Music, Sound};
use crate::prominence::{
    Evidence, LevelMeter, estimate_activity, level_curve, level_curves, prominence, ranges_secs,
    rms_frames,
};
use crate::separate::{MaskSink, ModelBand, Observer, SeparateError, Separator, TileEstimator};
use crate::source::{PerSource, Source};

/// Shortest song that can be analysed.
pub const MIN_DURATION_SECS: f32 = 1.0;

/// Longest song that can be analysed: its stems must fit a browser's memory.
pub const MAX_DURATION_SECS: f32 = 3600.0;

/// RMS below which a song counts as silent (-80 dB of full scale: under the noise of 16-bit recordings).
pub const SILENCE_RMS: f32 = 1e-4;

/// Points of a level curve.
pub const LEVEL_POINTS: usize = 240;

/// The result of an analysis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Seconds.
    pub duration_secs: f32,
    /// Share of the song in which each source plays, in [0, 1].
    pub prominence: PerSource<f32>,
    /// For each of them an interval in which the truth lies in most songs, where the model's card tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prominence_intervals: Option<PerSource<Interval>>,
    /// When and how loud each source plays.
    pub parts: PerSource<SourceActivity>,
    /// [`LEVEL_POINTS`] levels of the song as a whole, in [0, 1], 1 at its loudest.
    #[serde(default)]
    pub levels: Vec<f32>,
    /// The model's id.
    pub model_id: String,
    /// Beats, key, chords and sections, where they were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub music: Option<Box<Music>>,
}

impl Analysis {
    /// The interval around the prominence of `source`, where the model's card tells.
    pub fn interval(&self, source: Source) -> Option<Interval> {
        Some(self.prominence_intervals.as_ref()?[source])
    }

    /// Tempo, beats a minute, where it is known.
    pub fn tempo_bpm(&self) -> Option<f32> {
        let grid = self.music.as_ref()?.grid.as_ref()?;
        Some(grid.bpm as f32)
    }

    /// The key, where it is known.
    pub fn key(&self) -> Option<Key> {
        Some(self.music.as_ref()?.key?.key)
    }
}

/// The activity and level of one source.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SourceActivity {
    /// Start and end of each passage in which it plays, seconds.
    pub ranges_secs: Vec<[f32; 2]>,
    /// [`LEVEL_POINTS`] levels over the song, in [0, 1], 1 at the loudest point of the loudest source.
    pub levels: Vec<f32>,
}

/// Why a song can't be analysed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum InputError {
    /// Too short.
    #[error(
        "the song is only {duration_secs:.1} s long: at least {MIN_DURATION_SECS} s are needed"
    )]
    TooShort {
        /// Seconds.
        duration_secs: f32,
    },
    /// Too long.
    #[error("the song is {:.0} minutes long: at most {:.0} can be analysed, so cut it first", duration_secs / 60.0, MAX_DURATION_SECS / 60.0)]
    TooLong {
        /// Seconds.
        duration_secs: f32,
    },
    /// No sound.
    #[error("the song is silent: there is nothing to analyse")]
    Silent,
    /// Samples that are NaN or infinite.
    #[error("the file is damaged: it decodes to values that are not finite numbers")]
    NotFinite,
}

/// Checks that a song can be analysed.
///
/// # Errors
/// When the song is too short, too long, silent or damaged.
pub fn check_input(song: &Waveform) -> Result<(), InputError> {
    let duration_secs = song.duration_secs();
    if duration_secs < MIN_DURATION_SECS {
        return Err(InputError::TooShort { duration_secs });
    }
    if duration_secs > MAX_DURATION_SECS {
        return Err(InputError::TooLong { duration_secs });
    }
    let energy: f64 = song
        .samples
        .iter()
        .map(|&sample| f64::from(sample).powi(2))
        .sum();
    if !energy.is_finite() {
        return Err(InputError::NotFinite);
    }
    if (energy / song.samples.len() as f64).sqrt() < f64::from(SILENCE_RMS) {
        return Err(InputError::Silent);
    }
    Ok(())
}

/// Separates `song`, which is at the model's sample rate, and measures its stems.
///
/// # Errors
/// When cancelled by the observer, or when the network fails.
pub async fn analyse<E: TileEstimator>(
    separator: &Separator<E>,
    song: &Waveform,
    card: &ModelCard,
    observer: &mut impl Observer,
) -> Result<Analysis, SeparateError> {
    analyse_into((), separator, song, card, observer).await
}

/// [`analyse`], which also passes the masks to `stems`.
///
/// # Errors
/// As [`analyse`], and when `stems` fails.
pub async fn analyse_into<E: TileEstimator>(
    stems: impl MaskSink,
    separator: &Separator<E>,
    song: &Waveform,
    card: &ModelCard,
    observer: &mut impl Observer,
) -> Result<Analysis, SeparateError> {
    measure_stems(stems, separator, song, card, observer, |_, _: &[f32]| {}).await
}

/// [`analyse_into`], which also keeps what [`Rhythm::describe`] needs.
///
/// # Errors
/// As [`analyse_into`].
pub async fn analyse_keeping<E: TileEstimator>(
    stems: impl MaskSink,
    separator: &Separator<E>,
    song: &Waveform,
    card: &ModelCard,
    observer: &mut impl Observer,
) -> Result<(Analysis, Rhythm), SeparateError> {
    let mut rhythm = Rhythm::default();
    let keep = |source, block: &[f32]| rhythm.push(source, block);
    let analysis = measure_stems(stems, separator, song, card, observer, keep).await?;
    Ok((analysis, rhythm))
}

async fn measure_stems<E: TileEstimator>(
    stems: impl MaskSink,
    separator: &Separator<E>,
    song: &Waveform,
    card: &ModelCard,
    observer: &mut impl Observer,
    mut keep: impl FnMut(Source, &[f32]),
) -> Result<Analysis, SeparateError> {
    let mut meters = PerSource::from_fn(|_| LevelMeter::new(song.samples.len(), LEVEL_POINTS));
    let measuring = ModelBand::new(song, |source, block: &[f32]| {
        meters[source].push(block);
        keep(source, block);
    });
    let activity_logits = separator
        .run(song, &mut (measuring, stems), observer)
        .await?;
    Ok(measure(song, &meters, &activity_logits, card))
}

/// The separated drums and bass of a song, in which its music is found: apart from the analysis, so that the
/// recommendations need not wait for it.
#[derive(Clone, Debug, Default)]
pub struct Rhythm {
    drums: Vec<f32>,
    bass: Vec<f32>,
}

impl Rhythm {
    fn push(&mut self, source: Source, block: &[f32]) {
        match source {
            Source::Drums => self.drums.extend_from_slice(block),
            Source::Bass => self.bass.extend_from_slice(block),
            _ => {}
        }
    }

    /// Beats, key, chords and sections of the song that was analysed.
    pub fn describe(&self, song: &Waveform, analysis: &Analysis) -> Music {
        music::describe(&Sound {
            mixture: &song.samples,
            drums: &self.drums,
            bass: &self.bass,
            playing_secs: &PerSource::from_fn(|source| analysis.parts[source].ranges_secs.clone()),
        })
    }
}

fn measure(
    song: &Waveform,
    stems: &PerSource<LevelMeter>,
    activity_logits: &PerSource<Vec<f32>>,
    card: &ModelCard,
) -> Analysis {
    let duration_secs = song.duration_secs();
    let mixture_rms = rms_frames(&song.samples);
    let activity = PerSource::from_fn(|source| {
        let evidence = Evidence {
            stem_rms: &stems[source].rms_frames(),
            mixture_rms: &mixture_rms,
            activity_logits: &activity_logits[source],
        };
        estimate_activity(&evidence, source, &card.thresholds)
    });
    let mut levels = level_curves(stems);
    let mut song_levels = level_curve(&song.samples, LEVEL_POINTS);
    let loudest = song_levels
        .iter()
        .copied()
        .fold(f32::MIN_POSITIVE, f32::max);
    song_levels.iter_mut().for_each(|level| *level /= loudest);
    let prominence = PerSource::from_fn(|source| prominence(&activity[source]));
    let intervals = card.prediction_intervals.as_ref();
    let around = |intervals: &PredictionIntervals| {
        PerSource::from_fn(|source| intervals.around(source, prominence[source]))
    };
    Analysis {
        duration_secs,
        prominence,
        prominence_intervals: intervals.map(around),
        parts: PerSource::from_fn(|source| SourceActivity {
            ranges_secs: ranges_secs(&activity[source], song.sample_rate, duration_secs),
            levels: std::mem::take(&mut levels[source]),
        }),
        levels: song_levels,
        model_id: card.id.clone(),
        music: None,
    }
}
