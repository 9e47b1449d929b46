//! The parameters of a style: tempo, feel, harmony, and the patterns and instruments to draw from.

use super::harmony::Colour;
use super::patterns::Groove;

/// A style of music.
#[derive(Debug)]
pub struct Style {
    /// Its name.
    pub name: &'static str,
    /// Slowest and fastest, quarter notes a minute.
    pub tempo: (f64, f64),
    /// Where the second eighth stands in the beat.
    pub swing: f64,
    /// Quarter notes a bar.
    pub beats: usize,
    /// Share of songs in minor.
    pub minor: f64,
    /// How chords are built.
    pub colour: Colour,
    /// Drum grooves.
    pub grooves: &'static [Groove],
    /// Bass patterns.
    pub basses: &'static [&'static str],
    /// Strumming, muting and riff rhythms for the guitar.
    pub guitars: &'static [GuitarManner],
    /// Piano accompaniment patterns.
    pub pianos: &'static [PianoManner],
    /// General MIDI programs for each.
    pub guitar_programs: &'static [u8],
    /// Programs for the lead guitar.
    pub lead_guitar_programs: &'static [u8],
    /// Programs for the piano.
    pub piano_programs: &'static [u8],
    /// Programs for the bass.
    pub bass_programs: &'static [u8],
    /// Programs for lines, pads and stabs of other instruments; empty for any.
    pub other_programs: &'static [u8],
}

/// How a rhythm guitar plays; patterns in sixteenths.
#[derive(Clone, Copy, Debug)]
pub enum GuitarManner {
    /// Strummed chords.
    Strum(&'static str),
    /// Root and fifth, palm-muted between accents.
    Power(&'static str),
    /// Chord tones one by one.
    Pick(&'static str),
    /// A riff of the scale's low notes in this rhythm.
    Riff(&'static str),
}

/// How a piano accompanies: rhythms of the left and the right hand, in sixteenths.
#[derive(Clone, Copy, Debug)]
pub enum PianoManner {
    /// Left hand plays single tones, right hand chords.
    Chords(&'static str, &'static str),
    /// Left hand plays single tones, right hand broken chords.
    Broken(&'static str, &'static str),
}
