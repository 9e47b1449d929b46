//! The names of mixes of some sources and of loops, for their files.

use super::{LoopSound, NORMAL_PERCENT, Pitch};
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

/// A loop by its name, or else by where it begins, and by how it differs from the song: "Solo, 70 %, 2 semitones down,
/// without guitar, click".
pub fn loop_name(sound: &LoopSound, name: Option<&str>) -> String {
    let from_secs = sound.region.from_secs as u64;
    let unnamed = || format!("loop at {}m{:02}s", from_secs / 60, from_secs % 60);
    let mut words = vec![name.map_or_else(unnamed, str::to_owned)];
    match sound.rounds_percent()[..] {
        [NORMAL_PERCENT] => {}
        [first, .., last] => words.push(format!("{first} to {last} %")),
        _ => words.push(format!("{} %", sound.speed_percent)),
    }
    let Pitch {
        semitones, cents, ..
    } = sound.practising.pitch;
    for (amount, unit) in [(semitones, "semitone"), (cents, "cent")] {
        let way = if amount > 0 { "up" } else { "down" };
        match amount.abs() {
            0 => {}
            1 => words.push(format!("1 {unit} {way}")),
            many => words.push(format!("{many} {unit}s {way}")),
        }
    }
    let mix = mix_name(&sound.gains);
    words.extend(Some(mix).filter(|mix| mix != "mix"));
    let has_click = sound.practising.grid.is_some() && sound.practising.clicks;
    words.extend(has_click.then(|| "click".to_owned()));
    words.join(", ")
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
    use crate::{
        music::BeatGrid,
        playback::{LoopRegion, PracticeSettings, Ramp},
    };

    #[test]
    fn a_loop_is_called_by_how_it_sounds() {
        let mut sound = LoopSound {
            region: LoopRegion {
                from_secs: 62.5,
                to_secs: 70.0,
            },
            speed_percent: NORMAL_PERCENT,
            gains: PerSource([1.0; 5]),
            practising: PracticeSettings::default(),
        };
        assert_eq!(loop_name(&sound, None), "loop at 1m02s");
        sound.speed_percent = 70;
        sound.gains = PerSource([0.0, 1.0, 1.0, 1.0, 1.0]);
        sound.practising.pitch.semitones = -2;
        sound.practising.pitch.cents = 1;
        sound.practising.clicks = true;
        let changed = "Solo, 70 %, 2 semitones down, 1 cent up, without guitar";
        assert_eq!(loop_name(&sound, Some("Solo")), changed);
        sound.practising.grid = BeatGrid::even(120.0, 0.0, 90.0).ok().map(Into::into);
        sound.practising.ramp = Some(Ramp::default());
        let rising = "Solo, 70 to 100 %, 2 semitones down, 1 cent up, without guitar, click";
        assert_eq!(loop_name(&sound, Some("Solo")), rising);
    }

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
