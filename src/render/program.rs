//! General MIDI: the names of programs and families as Slakh2100 writes them, and programs drawn within a class.

use rand::RngExt;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;

use crate::source::Source;

const FAMILIES: [&str; 16] = [
    "Piano",
    "Chromatic Percussion",
    "Organ",
    "Guitar",
    "Bass",
    "Strings",
    "Strings (continued)",
    "Brass",
    "Reed",
    "Pipe",
    "Synth Lead",
    "Synth Pad",
    "Synth Effects",
    "Ethnic",
    "Percussive",
    "Sound Effects",
];

const NAMES: [&str; 128] = [
    "Acoustic Grand Piano",
    "Bright Acoustic Piano",
    "Electric Grand Piano",
    "Honky-tonk Piano",
    "Electric Piano 1",
    "Electric Piano 2",
    "Harpsichord",
    "Clavinet",
    "Celesta",
    "Glockenspiel",
    "Music Box",
    "Vibraphone",
    "Marimba",
    "Xylophone",
    "Tubular Bells",
    "Dulcimer",
    "Drawbar Organ",
    "Percussive Organ",
    "Rock Organ",
    "Church Organ",
    "Reed Organ",
    "Accordion",
    "Harmonica",
    "Tango Accordion",
    "Acoustic Guitar (nylon)",
    "Acoustic Guitar (steel)",
    "Electric Guitar (jazz)",
    "Electric Guitar (clean)",
    "Electric Guitar (muted)",
    "Overdriven Guitar",
    "Distortion Guitar",
    "Guitar Harmonics",
    "Acoustic Bass",
    "Electric Bass (finger)",
    "Electric Bass (pick)",
    "Fretless Bass",
    "Slap Bass 1",
    "Slap Bass 2",
    "Synth Bass 1",
    "Synth Bass 2",
    "Violin",
    "Viola",
    "Cello",
    "Contrabass",
    "Tremolo Strings",
    "Pizzicato Strings",
    "Orchestral Harp",
    "Timpani",
    "String Ensemble 1",
    "String Ensemble 2",
    "Synth Strings 1",
    "Synth Strings 2",
    "Choir Aahs",
    "Voice Oohs",
    "Synth Voice",
    "Orchestra Hit",
    "Trumpet",
    "Trombone",
    "Tuba",
    "Muted Trumpet",
    "French Horn",
    "Brass Section",
    "Synth Brass 1",
    "Synth Brass 2",
    "Soprano Sax",
    "Alto Sax",
    "Tenor Sax",
    "Baritone Sax",
    "Oboe",
    "English Horn",
    "Bassoon",
    "Clarinet",
    "Piccolo",
    "Flute",
    "Recorder",
    "Pan Flute",
    "Blown Bottle",
    "Shakuhachi",
    "Whistle",
    "Ocarina",
    "Lead 1 (square)",
    "Lead 2 (sawtooth)",
    "Lead 3 (calliope)",
    "Lead 4 (chiff)",
    "Lead 5 (charang)",
    "Lead 6 (voice)",
    "Lead 7 (fifths)",
    "Lead 8 (bass + lead)",
    "Pad 1 (new age)",
    "Pad 2 (warm)",
    "Pad 3 (polysynth)",
    "Pad 4 (choir)",
    "Pad 5 (bowed)",
    "Pad 6 (metallic)",
    "Pad 7 (halo)",
    "Pad 8 (sweep)",
    "FX 1 (rain)",
    "FX 2 (soundtrack)",
    "FX 3 (crystal)",
    "FX 4 (atmosphere)",
    "FX 5 (brightness)",
    "FX 6 (goblins)",
    "FX 7 (echoes)",
    "FX 8 (sci-fi)",
    "Sitar",
    "Banjo",
    "Shamisen",
    "Koto",
    "Kalimba",
    "Bagpipe",
    "Fiddle",
    "Shanai",
    "Tinkle Bell",
    "Agogo",
    "Steel Drums",
    "Woodblock",
    "Taiko Drum",
    "Melodic Tom",
    "Synth Drum",
    "Reverse Cymbal",
    "Guitar Fret Noise",
    "Breath Noise",
    "Seashore",
    "Bird Tweet",
    "Telephone Ring",
    "Helicopter",
    "Applause",
    "Gunshot",
];

/// The program's name, "Drums" for drums.
pub fn name(program: Option<u8>) -> &'static str {
    program
        .and_then(|program| NAMES.get(usize::from(program)).copied())
        .unwrap_or("Drums")
}

/// The instrument family, as `inst_class` in Slakh2100's metadata.
pub fn family(program: Option<u8>) -> &'static str {
    program
        .and_then(|program| FAMILIES.get(usize::from(program / 8)).copied())
        .unwrap_or("Drums")
}

/// Another program that can stand in for this one: of the same source, and for other instruments usually of the family.
pub fn varied(program: u8, rng: &mut ChaCha8Rng) -> u8 {
    let choices: &[u8] = match Source::from_general_midi(Some(program)) {
        Source::Guitar => &[
            24, 24, 25, 25, 25, 26, 27, 27, 27, 28, 29, 29, 30, 30, 30, 31,
        ],
        Source::Piano => &[0, 0, 0, 0, 1, 1, 2, 3, 4, 4, 5, 5, 6, 7],
        Source::Bass => &[32, 32, 33, 33, 33, 34, 34, 35, 36, 37, 38, 39],
        Source::Drums | Source::Other => &[],
    };
    match choices.choose(rng) {
        Some(chosen) => *chosen,
        None if rng.random_bool(0.7) => (program / 8) * 8 + rng.random_range(0..8),
        None => other(rng),
    }
}

/// A pitched program of the source "other": organs, strings, voices, winds, synths, tuned percussion, ethnic.
pub fn other(rng: &mut ChaCha8Rng) -> u8 {
    const CHOICES: &[u8] = &[
        8, 9, 10, 11, 11, 12, 13, 14, 15, 16, 16, 17, 18, 18, 19, 20, 21, 21, 22, 23, 40, 40, 41,
        42, 42, 44, 45, 46, 48, 48, 48, 49, 49, 50, 51, 52, 52, 53, 54, 55, 56, 56, 57, 58, 59, 60,
        61, 61, 62, 63, 64, 65, 65, 66, 66, 67, 68, 69, 70, 71, 72, 73, 73, 74, 75, 76, 77, 78, 79,
        80, 80, 81, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 97, 98, 99, 100,
        104, 105, 106, 107, 108, 109, 110, 111, 114,
    ];
    CHOICES.choose(rng).copied().unwrap_or(48)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn varied_programs_stay_in_their_source() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for program in 0..128 {
            for _ in 0..20 {
                let other = varied(program, &mut rng);
                assert_eq!(
                    Source::from_general_midi(Some(other)),
                    Source::from_general_midi(Some(program))
                );
            }
        }
        assert_eq!(
            (name(Some(30)), family(Some(30))),
            ("Distortion Guitar", "Guitar")
        );
        assert_eq!((name(None), family(None)), ("Drums", "Drums"));
    }
}
