//! The name of a mix of some sources, for its file.

use crate::source::PerSource;

/// "mix" if every source is in it, "without guitar" if most are, "bass and drums" if few are, "silence" if none is.
pub fn mix_name(gains: &PerSource<f32>) -> String {
    let names = |is_in: bool| {
        let chosen = gains.iter().filter(|(_, gain)| (**gain > 0.0) == is_in);
        chosen.map(|(source, _)| source.name()).collect::<Vec<_>>()
    };
    let (present, missing) = (names(true), names(false));
    match (present.len(), missing.len()) {
        (_, 0) => "mix".to_owned(),
        (0, _) => "silence".to_owned(),
        (_, 1 | 2) => format!("without {}", missing.join(" and ")),
        _ => present.join(" and "),
    }
}

/// The name of a song in a file's name: without the characters that file systems refuse.
pub fn file_stem(song: &str) -> String {
    const REFUSED: [char; 9] = ['/', '\\', ':', '*', '?', '"', '<', '>', '|'];
    let is_refused = |letter: char| letter.is_control() || REFUSED.contains(&letter);
    let kept: String = song
        .chars()
        .map(|letter| if is_refused(letter) { ' ' } else { letter })
        .collect();
    let words: Vec<_> = kept.split_whitespace().collect();
    // A dot at the beginning hides a file, and one at the end is dropped by Windows.
    match words.join(" ").trim_matches('.').trim() {
        "" => "song".to_owned(),
        stem => stem.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mix_is_called_by_what_is_in_it_or_by_what_is_not() {
        let cases = [
            ([1.0; 5], "mix"),
            ([0.0, 0.4, 1.0, 1.0, 1.0], "without guitar"),
            ([0.0, 1.0, 0.0, 1.0, 1.0], "without guitar and bass"),
            ([0.0, 0.0, 1.0, 1.0, 0.0], "bass and drums"),
            ([1.0, 0.0, 0.0, 0.0, 0.0], "guitar"),
            ([0.0; 5], "silence"),
        ];
        for (gains, expected) in cases {
            assert_eq!(mix_name(&PerSource(gains)), expected);
        }
    }

    #[test]
    fn file_names_are_fit_for_every_file_system() {
        let cases = [
            ("A Song", "A Song"),
            ("AC/DC: Live?", "AC DC Live"),
            ("...", "song"),
            ("  ", "song"),
            ("Größe\u{7}", "Größe"),
        ];
        for (name, expected) in cases {
            assert_eq!(file_stem(name), expected);
        }
    }
}
