//! How well beats, chords and keys are found, on songs whose MIDI files give the ground truth.

mod truth;

use std::path::Path;

use serde::Serialize;

pub use truth::MusicTruth;

use crate::audio::SAMPLE_RATE;
use crate::music::{Music, score};
use crate::render::midi;
use crate::source::Source;

/// The file in a song's folder that holds its notes.
const MIDI_FILE: &str = "all_src.mid";
/// Songs with at least so many drum beats count as songs with drums.
const FEWEST_DRUM_NOTES: usize = 40;

/// The truth about a song, from its MIDI file.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownSong {
    /// Beats, chords and key.
    pub truth: MusicTruth,
    /// When its last note ends, seconds: beats after it do not count.
    pub end_secs: f64,
    /// Whether drums play.
    pub has_drums: bool,
}

impl KnownSong {
    /// Reads the MIDI file in the folder `track` of a song of `samples` samples.
    ///
    /// # Errors
    /// When there is none, or it has no notes.
    pub fn read(track: &Path, samples: usize) -> Result<Self, String> {
        let path = track.join(MIDI_FILE);
        let failure = |problem: String| format!("{}: {problem}", path.display());
        let bytes = std::fs::read(&path).map_err(|error| failure(error.to_string()))?;
        let score = midi::parse(&bytes).map_err(failure)?;
        let duration_secs = samples as f64 / f64::from(SAMPLE_RATE);
        let end_secs = score.end_secs().min(duration_secs);
        let drums = score
            .parts
            .iter()
            .filter(|part| Source::from_general_midi(part.program) == Source::Drums);
        Ok(Self {
            truth: MusicTruth::of(&score, end_secs),
            has_drums: drums.map(|part| part.notes.len()).sum::<usize>() >= FEWEST_DRUM_NOTES,
            end_secs,
        })
    }
}

/// How well one song's music was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MusicScores {
    /// The song's folder.
    pub name: String,
    /// Whether drums play.
    pub has_drums: bool,
    /// F-measure of the beats within 70 ms.
    pub beats: f64,
    /// Tempo found, and the true one, beats a minute; `None` without beats.
    pub bpm: [Option<f64>; 2],
    /// Weighted chord symbol recall, major and minor; `None` where no chord is clear.
    pub chords: Option<f64>,
    /// The same of the roots alone.
    pub roots: Option<f64>,
    /// Score of the key (MIREX), and whether it is the right one; `None` where no key is known.
    pub key: Option<(f64, bool)>,
}

impl MusicScores {
    /// Compares what was found with the truth.
    pub fn of(name: String, found: &Music, known: &KnownSong) -> Self {
        let truth = &known.truth;
        let beats = found.grid.iter().flat_map(|grid| &grid.beats_secs).copied();
        let beats: Vec<f64> = beats.take_while(|&at| at < known.end_secs).collect();
        let key = truth.key.map(|true_key| match found.key {
            Some(found) => (score::key_score(found.key, true_key), found.key == true_key),
            None => (0.0, false),
        });
        Self {
            name,
            has_drums: known.has_drums,
            beats: score::beat_f_measure(&beats, &truth.beats_secs),
            bpm: [&beats, &truth.beats_secs].map(|beats| bpm(beats)),
            chords: score::chord_recall(&found.chords, &truth.chords),
            roots: score::root_recall(&found.chords, &truth.chords),
            key,
        }
    }
}

fn bpm(beats: &[f64]) -> Option<f64> {
    let [first, .., last] = beats else {
        return None;
    };
    Some(60.0 * (beats.len() - 1) as f64 / (last - first))
}

/// Means over songs; `None` where no song has the value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct MusicSummary {
    /// Songs, and those with drums.
    pub songs: [usize; 2],
    /// F-measure of the beats, of all songs and of those with drums.
    pub beats: [Option<f64>; 2],
    /// Weighted chord symbol recall.
    pub chords: Option<f64>,
    /// Recall of the roots.
    pub roots: Option<f64>,
    /// MIREX's score of the keys.
    pub keys: Option<f64>,
    /// Share of the keys that are right.
    pub exact_keys: Option<f64>,
}

impl MusicSummary {
    /// Of these songs.
    pub fn of(songs: &[MusicScores]) -> Self {
        let with_drums: Vec<f64> = songs
            .iter()
            .filter(|song| song.has_drums)
            .map(|song| song.beats)
            .collect();
        let beats = songs.iter().map(|song| song.beats).collect::<Vec<_>>();
        let each = |value: fn(&MusicScores) -> Option<f64>| {
            mean(&songs.iter().filter_map(value).collect::<Vec<_>>())
        };
        Self {
            songs: [songs.len(), with_drums.len()],
            beats: [mean(&beats), mean(&with_drums)],
            chords: each(|song| song.chords),
            roots: each(|song| song.roots),
            keys: each(|song| song.key.map(|(score, _)| score)),
            exact_keys: each(|song| song.key.map(|(_, is_right)| f64::from(u8::from(is_right)))),
        }
    }
}

fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}
