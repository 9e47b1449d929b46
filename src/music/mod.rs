//! Beats and bars, tuning, key, chords and sections of a song, for those who practise it.
//!
//! Everything is found in the mixture and in the separated drums and bass, at the model's rate; the functions are pure,
//! and the page and the companion share them. [`describe`] finds all of it; [`score`] measures how well.

mod bars;
mod beats;
mod chord;
mod chroma;
mod grid;
mod harmony;
mod key;
mod onsets;
mod pitch;
pub mod score;
mod sections;
mod shape;
mod tempo;

use serde::{Deserialize, Serialize};

pub use chord::{Chord, NO_CHORD, Quality, Span, UnknownChord};
pub use grid::{BPM_LIMITS, BeatGrid, GridError};
pub use key::{Key, KeyEstimate, Mode, UnknownKey, estimate as estimate_key};
pub use pitch::Spelling;
pub use sections::Section;
pub use shape::{STRINGS, Shape, shape};

use crate::audio::SAMPLE_RATE;
use crate::source::PerSource;
use bars::Evidence;
use chroma::Peaks;
use harmony::Tones;
use onsets::Onsets;
use pitch::CLASSES;
use tempo::Periods;

/// The input: a song and two of its stems, all at the model's rate and of one length.
#[derive(Clone, Copy, Debug)]
pub struct Sound<'a> {
    /// The song.
    pub mixture: &'a [f32],
    /// Its drums as separated.
    pub drums: &'a [f32],
    /// Its bass as separated.
    pub bass: &'a [f32],
    /// When each source plays: start and end of each stretch, seconds.
    pub playing_secs: &'a PerSource<Vec<[f32; 2]>>,
}

/// Beats and bars, tuning, key, chords and sections.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Music {
    /// Beats and bars; `None` where nothing pulses.
    pub grid: Option<BeatGrid>,
    /// How far the recording is tuned above 440 Hz, cents.
    pub tuning_cents: f32,
    /// The key; `None` where nothing has a pitch.
    pub key: Option<KeyEstimate>,
    /// The chords, one after the other without gaps.
    pub chords: Vec<Span>,
    /// The form, one section after the other without gaps.
    pub sections: Vec<Section>,
}

/// Chords and sections of songs without a pulse are found in stretches this long.
const STRETCH_SECS: f64 = 0.5;
/// How much the onsets of low drums count beside those of all drums, and the mixture's.
const LOW_SHARE: f32 = 0.3;
/// See [`LOW_SHARE`].
const MIXTURE_SHARE: f32 = 0.3;
/// How much what plays counts for the form, beside the harmony.
const ACTIVITY_WEIGHT: f32 = 0.5;

/// Finds all of it.
///
/// # Panics
/// Unless mixture, drums and bass are of one length.
pub fn describe(sound: &Sound<'_>) -> Music {
    let length = sound.mixture.len();
    assert!(
        sound.drums.len() == length && sound.bass.len() == length,
        "stems of one length"
    );
    let pitched: Vec<f32> = less(sound.mixture, sound.drums);
    let without_bass = less(&pitched, sound.bass);
    let chord_peaks = Peaks::of(&without_bass, chroma::CHORDS);
    let bass_peaks = Peaks::of(sound.bass, chroma::BASS);
    let tuning_cents = chord_peaks.tuning_cents();
    let chords = chord_peaks.chroma(tuning_cents);
    let bass = bass_peaks.chroma(tuning_cents);
    let grid = grid(sound, &chords, &bass);
    let duration_secs = length as f64 / f64::from(SAMPLE_RATE);
    let ruler = Ruler::new(grid.as_ref(), duration_secs);
    let tones = harmony::tones(&chords, &bass, &ruler.bounds_secs);
    Music {
        key: key::estimate(&key_shares(&tones)),
        chords: harmony::lane(&tones, &ruler.bounds_secs, &ruler.begins_bar),
        sections: form(&tones, &ruler, sound.playing_secs),
        tuning_cents: tuning_cents as f32,
        grid,
    }
}

fn less(from: &[f32], what: &[f32]) -> Vec<f32> {
    from.iter()
        .zip(what)
        .map(|(from, what)| from - what)
        .collect()
}

/// The beats: from the onsets of the drums and, with less weight, of the mixture.
fn grid(sound: &Sound<'_>, chords: &[[f32; CLASSES]], bass: &[[f32; CLASSES]]) -> Option<BeatGrid> {
    let drums = Onsets::of(sound.drums);
    let mixture = Onsets::of(sound.mixture);
    let envelope: Vec<f32> = drums
        .all
        .iter()
        .zip(&drums.low)
        .zip(&mixture.all)
        .map(|((all, low), mixture)| all + LOW_SHARE * low + MIXTURE_SHARE * mixture)
        .collect();
    let beats = beats::track(&envelope, &Periods::of(&envelope)?);
    let evidence = Evidence {
        drums: &drums,
        bass,
        chords,
    };
    let (beats_per_bar, first) = bars::find(&beats, &evidence);
    BeatGrid::new(beats, beats_per_bar, first).ok()
}

/// The stretches in which chords are looked for: beats, or even ones where there are none.
struct Ruler {
    bounds_secs: Vec<f64>,
    /// Of each stretch, whether it begins a bar.
    begins_bar: Vec<bool>,
}

impl Ruler {
    fn new(grid: Option<&BeatGrid>, duration_secs: f64) -> Self {
        let mut marks: Vec<(f64, bool)> = match grid {
            Some(grid) => grid.between(0.0, duration_secs).collect(),
            None => {
                let count = (duration_secs / STRETCH_SECS) as usize;
                let mark = |n: usize| (n as f64 * STRETCH_SECS, n.is_multiple_of(4));
                (0..count).map(mark).collect()
            }
        };
        // What comes before the first beat is a stretch as well.
        if marks.first().is_none_or(|mark| mark.0 > 0.0) {
            marks.insert(0, (0.0, false));
        }
        let (mut bounds_secs, begins_bar): (Vec<f64>, Vec<bool>) = marks.into_iter().unzip();
        bounds_secs.push(duration_secs);
        Self {
            bounds_secs,
            begins_bar,
        }
    }
}

/// How much each pitch class sounds in all of a song, the bass included.
fn key_shares(tones: &[Tones]) -> [f64; CLASSES] {
    let mut shares = [0.0; CLASSES];
    for tones in tones {
        for (class, share) in shares.iter_mut().enumerate() {
            *share += f64::from(tones.level * (tones.chords[class] + 0.3 * tones.bass[class]));
        }
    }
    shares
}

/// The sections, from harmony and activity bar by bar.
fn form(tones: &[Tones], ruler: &Ruler, playing_secs: &PerSource<Vec<[f32; 2]>>) -> Vec<Section> {
    let mut starts: Vec<usize> = (0..tones.len())
        .filter(|&at| ruler.begins_bar[at])
        .collect();
    if starts.first() != Some(&0) {
        starts.insert(0, 0);
    }
    starts.push(tones.len());
    let bounds_secs: Vec<f64> = starts.iter().map(|&at| ruler.bounds_secs[at]).collect();
    let bar = |at: usize| {
        let mut feature = vec![0.0; CLASSES];
        for tones in &tones[starts[at]..starts[at + 1]] {
            feature
                .iter_mut()
                .zip(&tones.chords)
                .for_each(|(sum, share)| *sum += share);
        }
        let norm = feature
            .iter()
            .map(|value| value * value)
            .sum::<f32>()
            .sqrt()
            .max(1e-9);
        feature.iter_mut().for_each(|value| *value /= norm);
        let shares = playing_secs.0.iter();
        let covered = shares.map(|ranges| covered(ranges, bounds_secs[at], bounds_secs[at + 1]));
        feature.extend(covered.map(|share| ACTIVITY_WEIGHT * share));
        feature
    };
    let features: Vec<Vec<f32>> = (0..starts.len() - 1).map(bar).collect();
    sections::find(&features, &bounds_secs)
}

/// The share of a stretch of time that lies in `ranges_secs`.
fn covered(ranges_secs: &[[f32; 2]], from_secs: f64, to_secs: f64) -> f32 {
    let (from, to) = (from_secs as f32, to_secs as f32);
    let secs = ranges_secs
        .iter()
        .map(|[start, end]| (end.min(to) - start.max(from)).max(0.0));
    secs.sum::<f32>() / (to - from).max(1e-6)
}
