//! `metadata.yaml` beside a track, with the keys of Slakh2100's and the bank of each stem.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::program;

/// A track's metadata.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrackMetadata {
    /// Folder of the stems' audio.
    pub audio_dir: String,
    /// Folder of the stems' MIDI.
    pub midi_dir: String,
    /// Loudness every stem had before its level was drawn, in LUFS.
    pub normalization_factor: f64,
    /// Always true: stems are normalised.
    pub normalized: bool,
    /// Gain of the whole song that keeps the mixture's peak in range.
    pub overall_gain: f64,
    /// Peak of the mixture in dB relative to full scale.
    pub target_peak: f64,
    /// Source of the notes: a MIDI file's name, or the composer's seed.
    pub song: String,
    /// The stems by name (`S00`, ...).
    pub stems: BTreeMap<String, StemMetadata>,
}

/// One stem's metadata.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StemMetadata {
    /// Instrument family.
    pub inst_class: String,
    /// Whether it is a drum kit.
    pub is_drum: bool,
    /// General MIDI program, 0-based; 128 for drums.
    pub program_num: u8,
    /// Name of the program.
    pub midi_program_name: String,
    /// The bank, in Slakh2100's key for its plugin patches.
    pub plugin_name: String,
    /// The bank.
    pub bank: String,
    /// Whether its audio is there: always true.
    pub audio_rendered: bool,
    /// Whether its MIDI is there: always true.
    pub midi_saved: bool,
    /// Loudness as written, in LUFS.
    pub integrated_loudness: f64,
}

impl StemMetadata {
    /// Describes a stem of this program played by this bank.
    pub fn new(program: Option<u8>, bank: &str, integrated_loudness: f64) -> Self {
        Self {
            inst_class: program::family(program).to_owned(),
            is_drum: program.is_none(),
            program_num: program.unwrap_or(128),
            midi_program_name: program::name(program).to_owned(),
            plugin_name: bank.to_owned(),
            bank: bank.to_owned(),
            audio_rendered: true,
            midi_saved: true,
            integrated_loudness,
        }
    }
}
