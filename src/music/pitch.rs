//! Pitch classes and their names.

/// Semitones of an octave.
pub const CLASSES: usize = 12;

/// How black keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// C#, D#, F#, G#, A#.
    Sharps,
    /// Db, Eb, Gb, Ab, Bb.
    Flats,
}

const SHARPS: [&str; CLASSES] = [
    "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B",
];
const FLATS: [&str; CLASSES] = [
    "C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B",
];

/// The name of a pitch class.
pub fn name(class: u8, spelling: Spelling) -> &'static str {
    let names = match spelling {
        Spelling::Sharps => &SHARPS,
        Spelling::Flats => &FLATS,
    };
    names[usize::from(class) % CLASSES]
}

/// The pitch class some semitones higher.
pub fn transposed(class: u8, semitones: i32) -> u8 {
    (i32::from(class) + semitones).rem_euclid(CLASSES as i32) as u8
}

/// The pitch class that a text begins with, and the rest of the text. Letters of either case, # or b after them.
pub fn parse(text: &str) -> Option<(u8, &str)> {
    let mut letters = text.chars();
    let natural = match letters.next()?.to_ascii_uppercase() {
        'C' => 0,
        'D' => 2,
        'E' => 4,
        'F' => 5,
        'G' => 7,
        'A' => 9,
        'B' => 11,
        _ => return None,
    };
    let after_letter = letters.as_str();
    let (shift, rest) = match letters.next() {
        Some('#' | '♯') => (1, letters.as_str()),
        Some('b' | '♭') => (-1, letters.as_str()),
        _ => (0, after_letter),
    };
    Some((transposed(natural, shift), rest))
}
