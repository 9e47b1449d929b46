//! How chords are fingered on a guitar in standard tuning.

use super::{Chord, Quality};

/// Strings of a guitar.
pub const STRINGS: usize = 6;

/// The fret of each string, the lowest string first; `None` for strings that are not struck.
pub type Shape = [Option<u8>; STRINGS];

/// Chords that are played with open strings.
const OPEN_SHAPES: [(&str, &str); 26] = [
    ("C", "x32010"),
    ("D", "xx0232"),
    ("E", "022100"),
    ("F", "133211"),
    ("G", "320003"),
    ("A", "x02220"),
    ("Am", "x02210"),
    ("Dm", "xx0231"),
    ("Em", "022000"),
    ("C7", "x32310"),
    ("D7", "xx0212"),
    ("E7", "020100"),
    ("G7", "320001"),
    ("A7", "x02020"),
    ("B7", "x21202"),
    ("Am7", "x02010"),
    ("Dm7", "xx0211"),
    ("Em7", "020000"),
    ("Cmaj7", "x32000"),
    ("Dmaj7", "xx0222"),
    ("Emaj7", "021100"),
    ("Fmaj7", "xx3210"),
    ("Gmaj7", "320002"),
    ("Amaj7", "x02120"),
    ("Bdim", "x2343x"),
    ("Ddim", "xx0131"),
];

/// The usual shape of a chord: with open strings where there is one, else a barre on the lowest fret that has it.
pub fn shape(chord: Chord) -> Shape {
    let name = chord.to_string();
    if let Some((_, frets)) = OPEN_SHAPES.iter().find(|(open, _)| *open == name) {
        return parsed(frets);
    }
    let barres = barres(chord.quality).map(|(frets, root)| moved(parsed(frets), root, chord.root));
    let [one, other] = barres;
    if lowest(&other) < lowest(&one) {
        other
    } else {
        one
    }
}

/// Two shapes to be moved along the neck, with the pitch class of the root that they have where they stand: on the
/// lowest string, and on the one above.
const fn barres(quality: Quality) -> [(&'static str, u8); 2] {
    let (low, high) = match quality {
        Quality::Major => ("022100", "x02220"),
        Quality::Minor => ("022000", "x02210"),
        Quality::Diminished => ("0120xx", "x0121x"),
        Quality::Seventh => ("020100", "x02020"),
        Quality::MajorSeventh => ("0x110x", "x02120"),
        Quality::MinorSeventh => ("020000", "x02010"),
    };
    [(low, 4), (high, 9)]
}

fn parsed(frets: &str) -> Shape {
    let mut shape = [None; STRINGS];
    for (fret, letter) in shape.iter_mut().zip(frets.chars()) {
        *fret = letter
            .to_digit(10)
            .and_then(|digit| u8::try_from(digit).ok());
    }
    shape
}

/// The shape so far up the neck that its root is another one.
fn moved(shape: Shape, from: u8, root: u8) -> Shape {
    let frets = (root + 12 - from) % 12;
    shape.map(|fret| fret.map(|fret| fret + frets))
}

fn lowest(shape: &Shape) -> Option<u8> {
    shape.iter().flatten().copied().min()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pitch class that a string (E A D G B E) sounds at this fret.
    fn sounds(string: usize, fret: u8) -> usize {
        usize::from(([4, 9, 2, 7, 11, 4][string] + fret) % 12)
    }

    #[test]
    fn every_chord_is_fingered_with_its_own_notes_and_its_root_lowest() {
        for quality in Quality::ALL {
            for root in 0..12 {
                let chord = Chord { root, quality };
                let struck: Vec<_> = (0..STRINGS)
                    .filter_map(|string| Some((string, shape(chord)[string]?)))
                    .collect();
                let notes: Vec<_> = struck
                    .iter()
                    .map(|&(string, fret)| sounds(string, fret))
                    .collect();
                assert_eq!(notes[0], usize::from(root), "{chord}: {notes:?}");
                assert!(
                    notes.iter().all(|note| chord.contains(*note)),
                    "{chord}: {notes:?}"
                );
                let third = quality.tones()[1];
                let has = |above: usize| notes.contains(&((usize::from(root) + above) % 12));
                assert!(has(third), "{chord} without its third");
                let frets = struck
                    .iter()
                    .map(|(_, fret)| *fret)
                    .filter(|fret| *fret > 0);
                let (low, high) = (frets.clone().min(), frets.max());
                assert!(
                    high.zip(low).is_none_or(|(high, low)| high - low <= 3),
                    "{chord}"
                );
            }
        }
    }

    #[test]
    fn common_chords_have_their_common_shapes() {
        let frets = |name: &str| {
            let shape = shape(name.parse().expect("a chord"));
            let fret = |fret: &Option<u8>| fret.map_or("x".to_owned(), |fret| fret.to_string());
            shape.iter().map(fret).collect::<String>()
        };
        for (name, expected) in [
            ("C", "x32010"),
            ("Bm", "x24432"),
            ("F#m", "244222"),
            ("Bb", "x13331"),
            ("Gm", "355333"),
        ] {
            assert_eq!(frets(name), expected, "{name}");
        }
    }
}
